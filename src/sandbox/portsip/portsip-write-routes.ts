import { jsonAnswer } from "../kit/json-answer.js";
import type { SandboxHttpAnswer } from "../kit/sandbox-http.js";
import { ATTENDED, CREATE, DIRECTLY, parse, PARTY, REFER, TENANT } from "./portsip-bodies.js";
import { decimalId, type PortsipBook } from "./portsip-book.js";
import { tenantWire, type TenantSettings } from "./portsip-directory.js";
import { invalid, notFound } from "./portsip-errors.js";
import { spell, type IdSpelling } from "./portsip-serialize.js";

export interface PortsipWrites {
  book: PortsipBook;
  tenant: TenantSettings;
  spelling(): IdSpelling;
}

/**
 * Answers a POST (PortSIP reference §3.3, §3.6, §5.1, §7.1).
 * @returns null when there is nothing to be written there
 * @throws PbxRefusal
 */
export function answerWrite(
  { book, tenant, spelling }: PortsipWrites,
  segments: readonly string[],
  body: Record<string, unknown>,
): SandboxHttpAnswer | null {
  const [resource = "", id = "", action = ""] = segments;
  if (resource === "tenant" && id === "") {
    Object.assign(tenant, parse(TENANT, body));
    return jsonAnswer(200, tenantWire(tenant));
  }
  if (resource === "recordings" && action === "destroy") {
    destroyRecording(book, id);
    return { status: 204, body: null };
  }
  if (resource !== "sessions") return null;
  if (id === "") return jsonAnswer(201, { id: spell(book.create(parse(CREATE, body)).id, spelling()) });
  return control(book, action, id, body);
}

function destroyRecording(book: PortsipBook, id: string): void {
  const owner = book.sessions().find(({ recordings }) => recordings.some((one) => one.id === id));
  if (!owner) throw notFound("No such recording");
  owner.recordings = owner.recordings.filter((one) => one.id !== id);
}

function control(
  { control: calls }: PortsipBook,
  action: string,
  id: string,
  body: Record<string, unknown>,
): SandboxHttpAnswer | null {
  const decimal = decimalId(id);
  const known = (): string => {
    // "0" says "no session" in bodies and nothing in a path.
    if (decimal === null || decimal === "0") throw invalid("id: Not a session id");
    return decimal;
  };
  const done = { status: 200, body: null };
  switch (action) {
    case "hold":
    case "unhold":
      calls.hold(known(), parse(PARTY, body).extension_number, action === "hold");
      return done;
    case "refer": {
      const { extension_number, refer_to } = parse(REFER, body);
      calls.refer(known(), extension_number, refer_to);
      return done;
    }
    case "attended_refer":
      calls.attendedRefer(known(), parse(ATTENDED, body));
      return done;
    case "destroy":
      calls.destroy(known());
      return { status: 204, body: null };
    default:
      return null;
  }
}

/**
 * Places a call for whoever knows an extension's password: open by design of the vendor, and not to be reached by
 * anything but a device's speed dial (reference §3.5, Q16). The password is not checked: whoever gets here has done harm.
 */
export function answerDirectly({ book, spelling }: PortsipWrites, query: URLSearchParams): SandboxHttpAnswer {
  const {
    extension_number: _number,
    password: _password,
    domain: _domain,
    ...input
  } = parse(DIRECTLY, Object.fromEntries(query));
  return jsonAnswer(201, { id: spell(book.create(input).id, spelling()) });
}
