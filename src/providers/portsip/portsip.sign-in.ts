/** The login endpoints of PortSIP's generations (PortSIP reference §2): how to ask each for tokens. */
import type { ProviderErrorSource } from "../../errors/index.js";
import type { HttpAnswer, HttpClient } from "../../http/http-client.js";
import type { EpochMs, JsonValue } from "../../model/index.js";
import { parseAnswer, readObject } from "../wire/index.js";
import type { PortsipConfig } from "./portsip.config.js";
import { loginRefused, secondFactorWanted, unexpectedShape } from "./portsip.errors.js";

/** What a login gives. */
export interface PortsipTokens {
  accessToken: string;
  refreshToken: string | null;
  /** Null: the answer does not say, and a 401 will. */
  expiresAt: EpochMs | null;
}

/** What the login endpoints need. */
export interface PortsipLoginContext {
  http: HttpClient;
  config: PortsipConfig;
  source: ProviderErrorSource;
  now: () => EpochMs;
}

/** One generation. Both answer null where the PBX does not have the endpoint (or has no refresh at all). */
export interface PortsipSignIn {
  signIn(context: PortsipLoginContext): Promise<PortsipTokens | null>;
  /** Throws `ProviderAuthFailedError` when the refresh token is no longer good. */
  refresh(context: PortsipLoginContext, refreshToken: string): Promise<PortsipTokens | null>;
}

/** The same for every installation, published by the vendor; not a secret (§2.4). */
const OAUTH_CLIENT_ID = "9d806019-75b2-4b3d-bb8b-f5a3a412cc0a";

/** 22.2.11 and later (§2.2, §2.3). */
const authSignIn: PortsipSignIn = {
  signIn: (context) => requestTokens(context, "/auth/sign_in", json(credentials(context.config))),
  refresh: (context, refreshToken) =>
    requestTokens(context, "/auth/refresh_token", json({ refresh_token: refreshToken }), false),
};

/** The 22.x guide (§2.4). */
const oauthToken: PortsipSignIn = {
  signIn: (context) =>
    requestTokens(
      context,
      "/login/oauth/token",
      form({ grant_type: "password", scope: "all", ...credentials(context.config) }),
    ),
  refresh: (context, refreshToken) =>
    requestTokens(
      context,
      "/login/oauth/token",
      form({ grant_type: "refresh_token", refresh_token: refreshToken }),
      false,
    ),
};

/** 16.x to 22.1: the login may answer nothing and leave a cookie, with which the token is asked for (§2.1). */
const plainLogin: PortsipSignIn = {
  async signIn(context) {
    const answer = await post(context, "/login", json(credentials(context.config)), true);
    if (answer === null) return null;
    if (answer.text.trim() !== "") return toTokens(context, parseAnswer(answer, context.source));
    const cookie = answer.cookies.map((value) => value.split(";", 1)[0]).join("; ");
    const status = await context.http.request({
      method: "GET",
      path: "/login",
      headers: { accept: "application/json", ...(cookie === "" ? {} : { cookie }) },
      accept: [401],
    });
    if (status.status === 401) throw loginRefused(401, context.source);
    return toTokens(context, parseAnswer(status, context.source));
  },
  refresh: () => Promise.resolve(null),
};

/** Newest first: the first that the PBX has is used. */
export const SIGN_INS: readonly PortsipSignIn[] = [authSignIn, oauthToken, plainLogin];

interface Body {
  type: string;
  text: string;
}

function credentials({ username, password, domain }: PortsipConfig): Record<string, string> {
  return { username, password, ...(domain === undefined ? {} : { domain }) };
}

function json(value: Record<string, string>): Body {
  return { type: "application/json", text: JSON.stringify(value) };
}

function form(fields: Record<string, string>): Body {
  const text = new URLSearchParams({ ...fields, client_id: OAUTH_CLIENT_ID }).toString();
  return { type: "application/x-www-form-urlencoded", text };
}

async function requestTokens(context: PortsipLoginContext, path: string, body: Body, repeatable = true) {
  const answer = await post(context, path, body, repeatable);
  return answer === null ? null : toTokens(context, parseAnswer(answer, context.source));
}

/** `repeatable`: a login may be sent again, a refresh may not, since its token is used up by the first. */
async function post(
  { http, source }: PortsipLoginContext,
  path: string,
  body: Body,
  repeatable: boolean,
): Promise<HttpAnswer | null> {
  const answer = await http.request({
    method: "POST",
    path,
    headers: { "content-type": body.type, accept: "application/json" },
    body: body.text,
    safe: repeatable,
    accept: [400, 401, 403, 404],
  });
  if (answer.status === 404) return null;
  if (answer.status >= 400) throw loginRefused(answer.status, source);
  return answer;
}

function toTokens({ source, now }: PortsipLoginContext, body: JsonValue): PortsipTokens {
  const wire = readObject(body, []);
  const accessToken = wire?.string("access_token") ?? null;
  if (wire === null) throw unexpectedShape("tokens", source);
  if (accessToken === null) {
    if (wire.boolean("two_factor_enabled") === true) throw secondFactorWanted(source);
    throw unexpectedShape("an access token", source);
  }
  const seconds = wire.number("expires_in");
  return {
    accessToken,
    refreshToken: wire.string("refresh_token"),
    // The seconds count from now by our clock; the time is the PBX's, which may go differently.
    expiresAt: seconds === null ? wire.timestamp("expires_at") : now() + seconds * 1000,
  };
}
