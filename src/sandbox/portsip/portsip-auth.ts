import type { Random } from "../kit/random.js";
import { jsonAnswer } from "../kit/json-answer.js";
import type { SandboxHttpAnswer, SandboxHttpRequest } from "../kit/sandbox-http.js";
import { refusal } from "./portsip-errors.js";

export const PBX_LOGIN = {
  username: "gateway",
  password: "sandbox-pbx-password",
  domain: "parcels.example.test",
};
/** A user whose login asks for a code by mail. */
export const TWO_FACTOR_LOGIN = { ...PBX_LOGIN, username: "careful" };
const OAUTH_CLIENT_ID = "9d806019-75b2-4b3d-bb8b-f5a3a412cc0a";

export type Generation = "22.2" | "oauth" | "login";

/** Who holds a token (PortSIP reference §2). Refreshing uses the old refresh token up. */
export interface PortsipAuth {
  answer(request: SandboxHttpRequest, path: string): SandboxHttpAnswer | null;
  isSignedIn(request: SandboxHttpRequest): boolean;
  setGeneration(generation: Generation): void;
  setExpiresIn(seconds: number): void;
  expireTokens(): void;
}

export function createPortsipAuth(random: Random, now: () => number): PortsipAuth {
  const access = new Map<string, number>();
  const refresh = new Set<string>();
  let generation: Generation = "22.2";
  let expiresIn = 3600;

  function tokens(): SandboxHttpAnswer {
    const accessToken = random.hex(48);
    const refreshToken = random.hex(48);
    access.set(accessToken, now() + expiresIn * 1000);
    refresh.add(refreshToken);
    return jsonAnswer(200, {
      token_type: "Bearer",
      access_token: accessToken,
      refresh_token: refreshToken,
      expires_in: expiresIn,
    });
  }

  function signIn(fields: Record<string, unknown>): SandboxHttpAnswer {
    const matches = (login: typeof PBX_LOGIN) =>
      fields["username"] === login.username &&
      fields["password"] === login.password &&
      fields["domain"] === login.domain;
    if (matches(TWO_FACTOR_LOGIN))
      return jsonAnswer(200, { two_factor_enabled: true, token: random.hex(24) });
    return matches(PBX_LOGIN)
      ? tokens()
      : refusal(400, "UNAUTHORIZED", "Wrong user name, password or domain");
  }

  function renew(token: unknown): SandboxHttpAnswer {
    return typeof token === "string" && refresh.delete(token)
      ? tokens()
      : refusal(400, "UNKNOWN", "Bad refresh token");
  }

  function oauth({ body, headers }: SandboxHttpRequest): SandboxHttpAnswer {
    const form = new URLSearchParams(body.toString("utf8"));
    const isForm = headers["content-type"]?.startsWith("application/x-www-form-urlencoded") === true;
    if (!isForm || form.get("client_id") !== OAUTH_CLIENT_ID)
      return refusal(400, "VALIDATE_FAILED", "Not a token request");
    if (form.get("grant_type") === "refresh_token") return renew(form.get("refresh_token"));
    return signIn(Object.fromEntries(form));
  }

  function tokenOf({ headers }: SandboxHttpRequest): string {
    return /^Bearer (.+)$/.exec(headers.authorization ?? "")?.[1] ?? "";
  }

  function isSignedIn(request: SandboxHttpRequest): boolean {
    return (access.get(tokenOf(request)) ?? 0) > now();
  }

  return {
    isSignedIn,
    setGeneration: (value) => (generation = value),
    setExpiresIn: (seconds) => (expiresIn = seconds),
    expireTokens: () => access.clear(),
    answer(request, path) {
      const route = `${request.method} ${path}`;
      if (generation === "22.2" && route === "POST /auth/sign_in") return signIn(readJson(request));
      if (generation === "22.2" && route === "POST /auth/refresh_token")
        return renew(readJson(request)["refresh_token"]);
      if (generation !== "login" && route === "POST /login/oauth/token") return oauth(request);
      if (route === "POST /login/oauth/revoke") {
        access.delete(tokenOf(request));
        return { status: 200, body: null };
      }
      if (route === "POST /login") return signIn(readJson(request));
      if (generation === "22.2" && route === "GET /auth/user") {
        if (!isSignedIn(request)) return refusal(401, "UNAUTHORIZED", "No valid token");
        return jsonAnswer(200, {
          role: "Admin",
          password_verified: true,
          password_force_reset: false,
          domain: PBX_LOGIN.domain,
        });
      }
      if (generation === "22.2" && route === "POST /auth/sign_out") {
        access.delete(tokenOf(request));
        return { status: 200, body: null };
      }
      return null;
    },
  };
}

/** The members of a JSON body; none when it is not an object. */
export function readJson({ body }: SandboxHttpRequest): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body.toString("utf8"));
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    // Whoever needs a member says that it is missing.
    return {};
  }
}
