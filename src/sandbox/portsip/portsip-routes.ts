import { z } from "zod";
import type { Faults } from "../conversation.js";
import { jsonAnswer } from "../kit/json-answer.js";
import type { SandboxHttpAnswer, SandboxHttpRequest } from "../kit/sandbox-http.js";
import { silentWav } from "../kit/silence.js";
import { PBX_STAFF, TRUNKS } from "../world/companies.js";
import { readJson, type PortsipAuth } from "./portsip-auth.js";
import type { PortsipBook } from "./portsip-book.js";
import { refusal } from "./portsip-errors.js";
import { toList } from "./portsip-filters.js";
import type { Session } from "./portsip-records.js";
import {
  callLogDetailWire, callLogWire, cdrWire, recordingFileWire, recordingRowWire, sessionWire, spell, type IdSpelling,
} from "./portsip-serialize.js"; // prettier-ignore

export interface PortsipRoutesOptions {
  book: PortsipBook;
  auth: PortsipAuth;
  now(): number;
  spelling(): IdSpelling;
  faultsFor(path: string): Faults;
}

const HEADERS = [
  "ANSWER_MODE",
  "CALL_INFO",
  "ALERT_INFO_AUTO_ANSWER_DELAY0",
  "ALERT_INFO_AUTO_ANSWER",
  "ALERT_INFO_INTERCOM",
] as const;
const rewrite = z.string().min(1).max(16).optional();
const CREATE = z.object({
  caller: z.string().min(1).max(256),
  callee: z.string().min(1).max(256),
  send_sdp: z.boolean(),
  caller_display_name: z.string().max(1024).optional(),
  trunk: z.string().min(1).max(64).optional(),
  rewrite_from: rewrite,
  rewrite_pai: rewrite,
  rewrite_rpi: rewrite,
  user_data: z.string().max(128).optional(),
  target: z.string().max(128).optional(),
  target_instance_id: z.string().max(128).optional(),
  target_extension_number: z.string().max(128).optional(),
  additional_header: z.enum(HEADERS).optional(),
  header_direction: z.enum(["CALLER", "CALLEE", "ALL"]).optional(),
});
const extension = z.string().regex(/^\+?[0-9]{3,64}$/);
const PARTY = z.object({ extension_number: extension });
const REFER = PARTY.extend({ refer_to: z.string().min(1) });
const ATTENDED = PARTY.extend({
  refer_to_1: z.string(),
  refer_to_2: z.string(),
  session_1: z.string().optional(),
  session_2: z.string().optional(),
});

/** Answers every request below /api (PortSIP reference §2 to §5). Only GET and POST exist. */
export function createPortsipRoutes({ book, auth, now, spelling, faultsFor }: PortsipRoutesOptions) {
  const live = (): Session[] => book.sessions().filter((session) => session.endedAt === null);
  const ended = (): Session[] =>
    book.sessions().filter((session) => session.endedAt !== null && session.endedAt <= now());
  const decimal = (id: string): string =>
    /^\d+$/.test(id) ? id : Buffer.from(id, "base64").toString("latin1");
  const findLive = (id: string): Session | undefined => {
    const session = book.find(decimal(id));
    return session?.endedAt === null ? session : undefined;
  };
  const logs = (faults: Faults) =>
    ended().flatMap((session) => session.legs.map((leg, index) => callLogWire(session, leg, index, faults)));
  const recordings = () => ended().flatMap((session) => session.recordings);
  const list = (rows: readonly Record<string, unknown>[], query: URLSearchParams): SandboxHttpAnswer => {
    const page = toList(rows, query);
    return page === null
      ? refusal(400, "VALIDATE_FAILED", "A list option is not valid")
      : jsonAnswer(200, page);
  };

  function read(path: string, request: SandboxHttpRequest): SandboxHttpAnswer | null {
    const { query } = request;
    const faults = faultsFor(request.path);
    const [, resource = "", id = ""] = path.split("/").map(decodeURIComponent);
    switch (`${resource}${id === "" ? "" : "/:id"}`) {
      case "sessions": {
        const items = live().map((session) => sessionWire(session, now(), spelling(), faults));
        return jsonAnswer(200, { count: items.length, items });
      }
      case "sessions/:id": {
        const session = findLive(id);
        if (!session) return refusal(404, "NOT_FOUND", "No such session");
        return jsonAnswer(200, sessionWire(session, now(), spelling(), faults));
      }
      case "calllogs":
        return list(logs(faults), query);
      case "calllogs/:id":
      case "cdrs/:id":
        return logDetail(resource, id, faults);
      case "cdrs":
        return list(
          ended().flatMap((session) =>
            session.legs.map((leg, index) => cdrWire(session, leg, index, faults)),
          ),
          query,
        );
      case "recordings":
        return list(recordings().map(recordingRowWire), query);
      case "recordings/:id": {
        const recording = recordings().find((one) => one.id === id);
        if (!recording) return refusal(404, "NOT_FOUND", "No such recording");
        return jsonAnswer(200, { items: [recordingFileWire(recording)] });
      }
      case "providers":
        return list(
          TRUNKS.map(({ name, didNumbers }, index) => ({
            id: String(index + 1),
            name,
            enabled: true,
            brand: "Generic",
            hostname: "sip.example.test",
            port: 5060,
            did_numbers: didNumbers,
            shared: false,
          })),
          query,
        );
      case "users":
        return list(
          PBX_STAFF.map((person, index) => ({
            id: String(index + 1),
            name: person.email ?? person.name,
            enabled: true,
            email: person.email,
            display_name: person.name,
            role: "StandardUser",
            extension_number: person.extension,
          })),
          query,
        );
      case "tenant/:id":
        return jsonAnswer(200, {
          current_calls: live().length,
          online_users: PBX_STAFF.length,
          current_users: PBX_STAFF.length,
          version: "22.2.20",
        });
      default:
        return null;
    }
  }

  function logDetail(resource: string, id: string, faults: Faults): SandboxHttpAnswer {
    for (const session of ended()) {
      const rows = session.legs.map((leg, index) => callLogDetailWire(session, leg, index, faults));
      const row = rows.find((candidate) => candidate["id"] === id);
      if (row === undefined) continue;
      if (resource === "calllogs") return jsonAnswer(200, row);
      return jsonAnswer(200, { items: rows.map(({ id: _id, session_id: _session, ...rest }) => rest) });
    }
    return refusal(404, "NOT_FOUND", "No such record");
  }

  function write(path: string, request: SandboxHttpRequest): SandboxHttpAnswer | null {
    const [, resource = "", id = "", action = ""] = path.split("/").map(decodeURIComponent);
    if (resource !== "sessions") return null;
    const body = readJson(request);
    if (id === "") {
      const input = CREATE.safeParse(body);
      if (!input.success) return invalid(input.error);
      const {
        caller,
        callee,
        caller_display_name: name = null,
        trunk = null,
        user_data: userData = null,
      } = input.data;
      return jsonAnswer(201, {
        id: spell(book.create(caller, callee, { name, trunk, userData }).id, spelling()),
      });
    }
    const schema = {
      hold: PARTY,
      unhold: PARTY,
      refer: REFER,
      attended_refer: ATTENDED,
      destroy: z.object({}),
    }[action];
    if (schema === undefined) return null;
    const input = schema.safeParse(body);
    if (!input.success) return invalid(input.error);
    if (!/^[\w+/=-]{1,64}$/.test(id)) return refusal(400, "VALIDATE_FAILED", "Not a session id");
    const session = action === "attended_refer" ? sessionOf(ATTENDED.parse(body)) : findLive(id);
    if (!session) return refusal(404, "NOT_FOUND", "No such session");
    if (action === "refer") book.transfer(session, REFER.parse(body).refer_to, now());
    if (action === "attended_refer") book.transfer(session, ATTENDED.parse(body).refer_to_2, now());
    if (action === "destroy") book.end(session, "CALLER_DISCONNECTED", now());
    return { status: action === "destroy" ? 204 : 200, body: null };
  }

  /** A call by its session id, else by the number at its far end. */
  function sessionOf({
    session_1: id = "0",
    refer_to_1: number,
  }: z.infer<typeof ATTENDED>): Session | undefined {
    if (id !== "0") return findLive(id);
    return live().find(({ legs }) => legs.some((leg) => leg.caller === number || leg.callee === number));
  }

  return async (request: SandboxHttpRequest): Promise<SandboxHttpAnswer> => {
    const path = request.path.replace(/^\/api/, "");
    if (!request.path.startsWith("/api/")) return refusal(404, "NOT_FOUND", "Not found");
    const signing = auth.answer(request, path);
    if (signing !== null) return signing;
    if (path.startsWith("/blobs/"))
      return { status: 200, headers: { "content-type": "application/octet-stream" }, body: silentWav() };
    // Open by design of the vendor, and not to be reached by anything but a device's speed dial (reference Q16).
    if (request.method === "GET" && path === "/sessions/directly") {
      const [caller, callee] = [request.query.get("caller"), request.query.get("callee")];
      if (!caller || !callee || !request.query.get("password"))
        return refusal(400, "VALIDATE_FAILED", "Missing parameters");
      return jsonAnswer(201, {
        id: spell(book.create(caller, callee, { name: null, trunk: null, userData: null }).id, spelling()),
      });
    }
    // Login endpoints of another generation do not exist here, for anybody.
    if (/^\/(auth|login)(\/|$)/.test(path)) return refusal(404, "NOT_FOUND", "Not found");
    if (!auth.isSignedIn(request)) return refusal(401, "UNAUTHORIZED", "No valid token");
    const answer =
      request.method === "GET"
        ? read(path, request)
        : request.method === "POST"
          ? write(path, request)
          : null;
    return answer ?? refusal(404, "NOT_FOUND", "Not found");
  };
}

function invalid(error: z.ZodError): SandboxHttpAnswer {
  const [issue] = error.issues;
  return refusal(400, "VALIDATE_FAILED", `${issue?.path.join(".") ?? ""}: ${issue?.message ?? "not valid"}`);
}
