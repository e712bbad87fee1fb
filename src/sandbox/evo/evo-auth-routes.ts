import type { SandboxHttpAnswer, SandboxHttpRequest } from "../kit/sandbox-http.js";
import type { EvoArguments } from "./evo-arguments.js";
import { AUTHENTICATE_RESPONSE, USER_INFO } from "./evo-contracts.js";
import type { Directory, Login } from "./evo-directory.js";
import { EvoRefusal } from "./evo-errors.js";
import { writeAnswer, type Format } from "./evo-formats.js";
import type { EvoLogins } from "./evo-login.js";

/** Paths and operations that work without being signed in (Evo Voice reference §2). */
export function isLoginPath(path: string): boolean {
  return /^\/auth(\/|$)/.test(path) || /\/(Authenticate|GetAuthStatus)$/i.test(path);
}

/**
 * Answers logging in, out and who am I; undefined for every other path. `GET`, and `POST` without a user name, ask
 * whether somebody is signed in; `DELETE` signs out. Those verbs are listed and no more is said about them.
 * @throws EvoRefusal 401 for a wrong password or nobody signed in, 405 for a wrong verb
 */
export function answerAuth(
  request: SandboxHttpRequest,
  path: string,
  format: Format,
  args: EvoArguments,
  logins: EvoLogins,
  directory: Directory,
): SandboxHttpAnswer | undefined {
  if (!isLoginPath(path)) return undefined;
  if (/^\/auth\/status$|\/GetAuthStatus$/i.test(path)) {
    return writeAnswer({ contract: USER_INFO, value: userInfo(request, logins, directory) }, format, {});
  }
  const isLogout = /^\/auth\/logout$/i.test(path) || args.text("provider") === "logout";
  if (isLogout || (request.method === "DELETE" && /^\/auth$/i.test(path))) {
    const answer = writeAnswer({ contract: AUTHENTICATE_RESPONSE, value: {} }, format, {});
    return { ...answer, headers: { ...answer.headers, "set-cookie": logins.signOut(request) } };
  }
  const isLogin = /^\/auth(\/credentials)?$|\/Authenticate$/i.test(path);
  if (!isLogin) throw new EvoRefusal(404, "NotFound", `No configuration was added for ${path}`);
  if (request.method !== "POST" && request.method !== "GET") {
    throw new EvoRefusal(405, "NotImplementedException", "Method not allowed");
  }
  if (request.method === "GET" || args.text("userName") === undefined) {
    const current = logins.whoIs(request);
    if (!current) throw new EvoRefusal(401, "Unauthorized", "Not Authenticated");
    const value = authenticated(current.login, current.authSessionId, directory);
    return writeAnswer({ contract: AUTHENTICATE_RESPONSE, value }, format, {});
  }
  const signedIn = logins.signIn(
    args.text("userName") ?? "",
    args.text("password") ?? "",
    args.flag("rememberMe"),
  );
  if (!signedIn) throw new EvoRefusal(401, "Unauthorized", "Invalid UserName or Password");
  const { login, authSessionId, cookies } = signedIn;
  const value = authenticated(login, authSessionId, directory);
  const answer = writeAnswer({ contract: AUTHENTICATE_RESPONSE, value }, format, {});
  return { ...answer, headers: { ...answer.headers, "set-cookie": cookies } };
}

/** @param authSessionId null for Basic, which has none */
function authenticated(login: Login, authSessionId: string | null, directory: Directory): unknown {
  return {
    userId: directory.userIdOf(login),
    sessionId: authSessionId,
    userName: login.userName,
    displayName: `${login.firstName} ${login.lastName}`,
    roles: login.roles,
    permissions: [],
    authProvider: authSessionId === null ? "basic" : "credentials",
  };
}

/** Also an answer for nobody: 200 alone does not say that somebody is signed in. */
function userInfo(request: SandboxHttpRequest, logins: EvoLogins, directory: Directory): unknown {
  const login = logins.whoIs(request)?.login;
  if (!login) return { isAuthenticated: false };
  const accountIds = directory.accountIdsOf(login);
  return {
    id: directory.userIdOf(login),
    isAuthenticated: true,
    firstName: login.firstName,
    lastName: login.lastName,
    name: `${login.firstName} ${login.lastName}`,
    emailAddress: login.userName,
    roles: login.roles,
    accountIds,
    accountNames: accountIds.map((id) => directory.tenantById(id)?.name ?? ""),
    managerAccess: login.roles.includes("Manager") ? "ReadWrite" : undefined,
    dashboardPermissions: ["ViewSessions", ...(login.roles.includes("Manager") ? ["ViewFiles"] : [])],
  };
}
