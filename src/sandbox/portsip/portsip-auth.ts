import type { Random } from "../kit/random.js";
import { jsonAnswer } from "../kit/json-answer.js";
import type { SandboxHttpAnswer, SandboxHttpRequest } from "../kit/sandbox-http.js";
import { refusal } from "./portsip-errors.js";
import { loginOf, type Login } from "./portsip-logins.js";

const OAUTH_CLIENT_ID = "9d806019-75b2-4b3d-bb8b-f5a3a412cc0a";

export type Generation = "22.2" | "oauth" | "login";

/** Who holds a token (PortSIP reference §2). Refreshing uses the old refresh token up. */
export interface PortsipAuth {
  answer(request: SandboxHttpRequest, path: string): SandboxHttpAnswer | null;
  /** Null without a token that is alive. */
  loginOf(request: SandboxHttpRequest): Login | null;
  /** The code in the last mail; null when none was sent. */
  readonly mailedCode: string | null;
  setGeneration(generation: Generation): void;
  setExpiresIn(seconds: number): void;
  expireTokens(): void;
}

export function createPortsipAuth(random: Random, now: () => number): PortsipAuth {
  const access = new Map<string, { login: Login; until: number }>();
  const refresh = new Map<string, Login>();
  /** Logins that wait for a code, by the token of their flow. */
  const flows = new Map<string, { login: Login; code: string | null }>();
  let mailedCode: string | null = null;
  let generation: Generation = "22.2";
  let expiresIn = 3600;

  function tokens(login: Login): SandboxHttpAnswer {
    const accessToken = random.hex(48);
    const refreshToken = random.hex(48);
    access.set(accessToken, { login, until: now() + expiresIn * 1000 });
    refresh.set(refreshToken, login);
    return jsonAnswer(200, {
      token_type: "Bearer",
      access_token: accessToken,
      refresh_token: refreshToken,
      expires_in: expiresIn,
    });
  }

  function signIn(fields: Record<string, unknown>): SandboxHttpAnswer {
    const login = loginOf(fields);
    if (login === null) return refusal(400, "UNAUTHORIZED", "Wrong user name, password or domain");
    if (!login.hasTwoFactors) return tokens(login);
    const token = random.hex(24);
    flows.set(token, { login, code: null });
    return jsonAnswer(200, { two_factor_enabled: true, token });
  }

  function sendCode({ token }: Record<string, unknown>): SandboxHttpAnswer {
    const flow = flows.get(String(token));
    if (!flow) return refusal(400, "UNAUTHORIZED", "No such sign-in");
    flow.code = mailedCode = random.digits(6);
    return { status: 200, body: null };
  }

  /** What a right code is answered with is undocumented: the tokens, as a login without one. */
  function verifyCode({ token, code }: Record<string, unknown>): SandboxHttpAnswer {
    const flow = flows.get(String(token));
    if (!flow || flow.code === null || flow.code !== code) return refusal(400, "UNAUTHORIZED", "Wrong code");
    flows.delete(String(token));
    return tokens(flow.login);
  }

  function renew(token: unknown): SandboxHttpAnswer {
    const login = refresh.get(String(token));
    refresh.delete(String(token));
    return login ? tokens(login) : refusal(400, "UNKNOWN", "Bad refresh token");
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

  function holderOf(request: SandboxHttpRequest): { login: Login; until: number } | null {
    const held = access.get(tokenOf(request));
    return held !== undefined && held.until > now() ? held : null;
  }

  function signOut(request: SandboxHttpRequest, status: 200 | 204): SandboxHttpAnswer {
    access.delete(tokenOf(request));
    return { status, body: null };
  }

  const nobody = (): SandboxHttpAnswer => refusal(401, "UNAUTHORIZED", "No valid token");

  function answerRecent(route: string, request: SandboxHttpRequest): SandboxHttpAnswer | null {
    switch (route) {
      case "POST /auth/sign_in":
        return signIn(readJson(request));
      case "POST /auth/send_otp":
        return sendCode(readJson(request));
      case "POST /auth/verify_otp":
        return verifyCode(readJson(request));
      case "POST /auth/refresh_token":
        return renew(readJson(request)["refresh_token"]);
      case "POST /auth/sign_out":
        return signOut(request, 200);
      case "GET /auth/user": {
        const held = holderOf(request);
        if (held === null) return nobody();
        const { role, domain } = held.login;
        const more = { role_id: role === "Admin" ? "1" : "2", role_name: role, domain };
        return jsonAnswer(200, { role, password_verified: true, password_force_reset: false, ...more });
      }
      default:
        return null;
    }
  }

  function answerOlder(route: string, request: SandboxHttpRequest): SandboxHttpAnswer | null {
    switch (route) {
      case "POST /login/oauth/revoke":
        return signOut(request, 200);
      case "POST /logout":
        return signOut(request, 204);
      case "POST /login":
        return signIn(readJson(request));
      case "GET /login": {
        const held = holderOf(request);
        if (held === null) return nobody();
        return jsonAnswer(200, {
          access_token: tokenOf(request),
          expires_at: new Date(held.until).toISOString(),
          expires_in: Math.floor((held.until - now()) / 1000),
          role: held.login.role,
        });
      }
      default:
        return null;
    }
  }

  return {
    loginOf: (request) => holderOf(request)?.login ?? null,
    get mailedCode() {
      return mailedCode;
    },
    setGeneration: (value) => (generation = value),
    setExpiresIn: (seconds) => (expiresIn = seconds),
    expireTokens: () => access.clear(),
    answer(request, path) {
      const route = `${request.method} ${path}`;
      const recent = generation === "22.2" ? answerRecent(route, request) : null;
      if (recent !== null) return recent;
      if (generation !== "login" && route === "POST /login/oauth/token") return oauth(request);
      return answerOlder(route, request);
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
