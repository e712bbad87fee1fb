import type { Faults } from "../conversation.js";
import { jsonAnswer } from "../kit/json-answer.js";
import type { SandboxHttpAnswer, SandboxHttpRequest } from "../kit/sandbox-http.js";
import { decimalId, type PortsipBook } from "./portsip-book.js";
import { tenantStatusWire, tenantWire, trunkWires, userStatusWire, userWires } from "./portsip-directory.js";
import type { TenantSettings } from "./portsip-directory.js";
import { invalid, notFound } from "./portsip-errors.js";
import { toList } from "./portsip-filters.js";
import type { Session } from "./portsip-records.js";
import {
  callLogDetailWire,
  callLogWire,
  cdrWire,
  sessionWire,
  type IdSpelling,
} from "./portsip-serialize.js";
import { recordingFileWire, recordingRowWire } from "./portsip-serialize.js";

export interface PortsipReads {
  book: PortsipBook;
  tenant: TenantSettings;
  now(): number;
  spelling(): IdSpelling;
  faultsFor(path: string): Faults;
}

/**
 * Answers a GET (PortSIP reference §3 to §5).
 * @returns null when there is no such resource
 * @throws PbxRefusal
 */
export function answerRead(
  { book, tenant, now, spelling, faultsFor }: PortsipReads,
  segments: readonly string[],
  { path, query }: SandboxHttpRequest,
): SandboxHttpAnswer | null {
  const faults = faultsFor(path);
  const [resource = "", id = "", part = ""] = segments;
  const over = () => book.sessions().filter(({ endedAt }) => endedAt !== null && endedAt <= now());
  const rows = (write: typeof callLogWire) =>
    over().flatMap((session) => session.legs.map((leg, index) => write(session, leg, index, faults)));
  const recordings = () => over().flatMap((session) => session.recordings);
  const list = (items: readonly Record<string, unknown>[]): SandboxHttpAnswer => {
    const page = toList(items, query);
    if (page === null) throw invalid("A list option is not valid");
    return jsonAnswer(200, page);
  };

  switch ([resource, id && ":id", part].filter(Boolean).join("/")) {
    case "sessions": {
      const items = book.live().map((session) => sessionWire(session, now(), spelling(), faults));
      return jsonAnswer(200, { count: items.length, items });
    }
    case "sessions/:id": {
      const wanted = decimalId(id);
      const session = book.live().find((one) => one.id === wanted);
      if (!session) throw notFound("No such session");
      return jsonAnswer(200, sessionWire(session, now(), spelling(), faults));
    }
    case "calllogs":
      return list(rows(callLogWire));
    case "cdrs":
      return list(rows(cdrWire));
    case "calllogs/:id":
    case "cdrs/:id":
      return logDetail(over(), resource, id, faults);
    case "recordings":
      return list(recordings().map(recordingRowWire));
    case "recordings/:id": {
      const recording = recordings().find((one) => one.id === id);
      if (!recording) throw notFound("No such recording");
      return jsonAnswer(200, { items: [recordingFileWire(recording)] });
    }
    case "providers":
      return list(trunkWires());
    case "users":
      return list(userWires());
    case "users/:id": {
      const user = userWires().find((one) => one["id"] === id);
      if (!user) throw notFound("No such user");
      return jsonAnswer(200, user);
    }
    case "users/:id/status": {
      const status = userStatusWire(id, book.live());
      if (!status) throw notFound("No such user");
      return jsonAnswer(200, status);
    }
    case "tenant":
      return jsonAnswer(200, tenantWire(tenant));
    case "tenant/:id":
      return id === "status" ? jsonAnswer(200, tenantStatusWire(book.live())) : null;
    default:
      return null;
  }
}

/** A flat object of a call log; of a call record, one entry without an id for each routing step. */
function logDetail(sessions: Session[], resource: string, id: string, faults: Faults): SandboxHttpAnswer {
  for (const session of sessions) {
    const rows = session.legs.map((leg, index) => callLogDetailWire(session, leg, index, faults));
    const row = rows.find((candidate) => candidate["id"] === id);
    if (row === undefined) continue;
    if (resource === "calllogs") return jsonAnswer(200, row);
    return jsonAnswer(200, { items: rows.map(({ id: _id, session_id: _session, ...rest }) => rest) });
  }
  throw notFound("No such record");
}
