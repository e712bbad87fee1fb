import type { Random } from "../kit/random.js";
import type { SandboxHttpRequest } from "../kit/sandbox-http.js";
import { LOGINS, type Login } from "./evo-directory.js";

/** A signed-in cookie session, or a login that came with the request. */
export interface SignedIn {
  login: Login;
  /** The auth session's id; null for Basic, which has none. */
  authSessionId: string | null;
}

/** Who is signed in (Evo Voice reference §2): cookies from a login, or Basic on every request. Nothing else. */
export interface EvoLogins {
  whoIs(request: SandboxHttpRequest): SignedIn | undefined;
  /** Checks the password and gives the cookies of a new auth session. */
  signIn(
    userName: string,
    password: string,
    rememberMe: boolean,
  ): { login: Login; authSessionId: string; cookies: string[] } | undefined;
  signOut(request: SandboxHttpRequest): string[];
  /** Every cookie stops working, as after a restart of the service. */
  expireAll(): void;
}

export function createEvoLogins(random: Random): EvoLogins {
  const bySessionId = new Map<string, Login>();

  const sessionIds = (request: SandboxHttpRequest): string[] => {
    const cookies = parseCookies(request.headers.cookie ?? "");
    return [cookies.get("ss-pid"), cookies.get("ss-id")].filter((id) => id !== undefined);
  };

  return {
    whoIs(request) {
      const basic = parseBasic(request.headers.authorization);
      if (basic) {
        const login = checkPassword(basic.userName, basic.password);
        return login ? { login, authSessionId: null } : undefined;
      }
      for (const id of sessionIds(request)) {
        const login = bySessionId.get(id);
        if (login) return { login, authSessionId: id };
      }
      return undefined;
    },
    signIn(userName, password, rememberMe) {
      const login = checkPassword(userName, password);
      if (!login) return undefined;
      const temporary = random.hex(20);
      const permanent = random.hex(20);
      const authSessionId = rememberMe ? permanent : temporary;
      bySessionId.set(authSessionId, login);
      // The comma in the date is the one that trips the vendor framework's own client (§11).
      const expires = "Expires=Tue, 01-Jan-2047 00:00:00 GMT";
      return {
        login,
        authSessionId,
        cookies: [
          `ss-id=${temporary}; Path=/; HttpOnly`,
          `ss-pid=${permanent}; ${expires}; Path=/; HttpOnly`,
          `ss-opt=${rememberMe ? "perm" : "temp"}; ${expires}; Path=/; HttpOnly`,
        ],
      };
    },
    signOut(request) {
      for (const id of sessionIds(request)) bySessionId.delete(id);
      return ["ss-id", "ss-pid", "ss-opt"].map(
        (name) => `${name}=; Expires=Thu, 01-Jan-1970 00:00:00 GMT; Path=/`,
      );
    },
    expireAll: () => bySessionId.clear(),
  };
}

function checkPassword(userName: string, password: string): Login | undefined {
  return LOGINS.find(
    (login) => login.userName.toLowerCase() === userName.toLowerCase() && login.password === password,
  );
}

function parseBasic(header: string | undefined): { userName: string; password: string } | undefined {
  const encoded = /^basic (.+)$/i.exec(header ?? "")?.[1];
  if (encoded === undefined) return undefined;
  const [userName = "", ...password] = Buffer.from(encoded, "base64").toString("utf8").split(":");
  return { userName, password: password.join(":") };
}

/** Values may come back percent-encoded; what cannot be decoded or is not known is nobody's cookie. */
function parseCookies(header: string): Map<string, string> {
  const cookies = new Map<string, string>();
  for (const pair of header.split(";")) {
    const mark = pair.indexOf("=");
    if (mark > 0) cookies.set(pair.slice(0, mark).trim(), pair.slice(mark + 1).trim());
  }
  return cookies;
}
