import type { SandboxHttpAnswer, SandboxHttpRequest } from "../kit/sandbox-http.js";
import { silentWav } from "../kit/silence.js";
import { readJson, type PortsipAuth } from "./portsip-auth.js";
import { PbxRefusal, refusal } from "./portsip-errors.js";
import type { Login } from "./portsip-logins.js";
import { answerRead, type PortsipReads } from "./portsip-read-routes.js";
import { answerDirectly, answerWrite } from "./portsip-write-routes.js";

export interface PortsipRoutesOptions extends PortsipReads {
  auth: PortsipAuth;
}

/** Answers every request below /api (PortSIP reference §2 to §5). Only GET and POST exist. */
export function createPortsipRoutes({ auth, ...desk }: PortsipRoutesOptions) {
  function answer(request: SandboxHttpRequest): SandboxHttpAnswer | null {
    if (!request.path.startsWith("/api/")) return null;
    const path = request.path.slice("/api".length);
    const signing = auth.answer(request, path);
    if (signing !== null) return signing;
    if (path.startsWith("/blobs/"))
      return { status: 200, headers: { "content-type": "application/octet-stream" }, body: silentWav() };
    if (request.method === "GET" && path === "/sessions/directly") return answerDirectly(desk, request.query);
    // Login endpoints of another generation do not exist here, for anybody.
    if (/^\/(auth|login)(\/|$)/.test(path)) return null;
    const login = auth.loginOf(request);
    if (login === null) throw new PbxRefusal(401, "UNAUTHORIZED", "No valid token");
    const segments = segmentsOf(path);
    if (segments === null) return null;
    if (!isAllowed(login, request.method, segments[0] ?? ""))
      throw new PbxRefusal(403, "FORBIDDEN", "Permission denied");
    if (request.method === "GET") return answerRead(desk, segments, request);
    return request.method === "POST" ? answerWrite(desk, segments, readJson(request)) : null;
  }

  return async (request: SandboxHttpRequest): Promise<SandboxHttpAnswer> => {
    try {
      return answer(request) ?? refusal(404, "NOT_FOUND", "Not found");
    } catch (error) {
      if (error instanceof PbxRefusal) return error.toAnswer();
      throw error;
    }
  };
}

/** Who may what (PortSIP reference §2.6); the shape of the refusal is undocumented. */
function isAllowed({ role, sessions, analytics }: Login, method: string, resource: string): boolean {
  switch (resource) {
    case "sessions":
      return sessions === "full" || (sessions === "view" && method === "GET");
    case "cdrs":
    case "calllogs":
    case "recordings":
      return role === "Admin" && analytics;
    case "tenant":
      return method === "GET" || role === "Admin";
    default:
      return true;
  }
}

function segmentsOf(path: string): string[] | null {
  try {
    return path.split("/").slice(1).map(decodeURIComponent);
  } catch {
    // A stray percent sign is part of no id.
    return null;
  }
}
