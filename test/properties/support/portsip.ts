/** PortSIP's payloads, from its reference (§3.2, §5, §10 Q1). */
import fc from "fast-check";
import { portsipModule } from "../../../src/providers/portsip/portsip.module.js";
import { NOW } from "./bench.js";
import type { Backstage, Surface } from "./surface.js";
import { address, amount, asNumberOrString, integer, isoTime, maybe, row, text, word } from "./values.js";
import { toJson, withMembers, type WireValue } from "./wire-text.js";

/** Ids are decimals of 18 digits or so, or the base64 of such a decimal's text (Q1). */
const decimalId = fc.bigInt({ min: 10n ** 17n, max: 10n ** 18n - 1n }).map(String);
const id = fc
  .tuple(decimalId, fc.boolean())
  .map(([decimal, encoded]) => (encoded ? Buffer.from(decimal).toString("base64") : decimal));

const call = row({
  caller: maybe(address()),
  caller_display_name: maybe(text()),
  callee: maybe(address()),
  trunk: maybe(text()),
  started_at: maybe(isoTime()),
  // uint32 by the reference.
  talking_time: maybe(integer(2 ** 31 - 1)),
});

const session = row({ calls: fc.array(call, { maxLength: 3 }) });

const END_REASONS = [
  "CALLER_DISCONNECTED", "CALLEE_DISCONNECTED", "BLIND_TRANSFER_COMPLETED", "CONSULT_TRANSFER_COMPLETED", "REPLACED",
  "REFERRED", "REDIRECTED", "CANCELLED", "CALLER_DISCONNECT", "caller_disconnected", "None",
] as const; // prettier-ignore

/** Detail only; fractions as fine as any price. */
const portsipCost = asNumberOrString(amount(12));

const DAY_MS = 24 * 60 * 60 * 1000;

/** The window in which call logs are asked for: shorter than a slice of the list, so that it is one request. */
const WINDOW = { since: NOW - 6 * DAY_MS, until: NOW };
const inWindow = fc
  .integer({ min: WINDOW.since, max: WINDOW.until - 1 })
  .map((ms) => new Date(ms).toISOString());

const callLog = row({
  id: maybe(id),
  caller: maybe(address()),
  callee: maybe(address()),
  caller_domain: maybe(fc.domain()),
  callee_domain: maybe(fc.domain()),
  caller_display_name: maybe(text()),
  callee_display_name: maybe(text()),
  started_at: maybe(inWindow),
  rang_at: maybe(isoTime()),
  answered_at: maybe(isoTime()),
  ended_at: maybe(isoTime()),
  call_id: maybe(text()),
  direction: maybe(
    word("INBOUND_CALL", "OUTBOUND_CALL", "EXTENSION_CALL", "INBOUND_OUTBOUND_CALL", "internal", "ext"),
  ),
  end_reason: maybe(word(...END_REASONS)),
  reroute_reason: maybe(word("TRANSFER", "OVERFLOW", "QUEUE_EXIT")),
  status_code: maybe(integer(699)),
  destination: maybe(address()),
  outbound_caller_id: maybe(address()),
  did_cid: maybe(address()),
  trunk: maybe(text()),
  duration: maybe(integer()),
  service_number: maybe(fc.constant("8000")),
  user_data: maybe(fc.oneof(text(), fc.constant("user-data=crm-4711;service-number=8000"))),
  cost: maybe(portsipCost),
  billed_account: maybe(text()),
});

const recording = row({
  caller: maybe(address()),
  callee: maybe(address()),
  started_at: maybe(isoTime()),
  ended_at: maybe(isoTime()),
  duration: maybe(integer()),
  file_name: maybe(text()),
  file_size: maybe(integer()),
  file_url: maybe(fc.constant("/api/blobs/0123abcd")),
  status: maybe(text()),
  status_description: maybe(text()),
  sentiment: maybe(text()),
});

const LOGIN = JSON.stringify({
  token_type: "Bearer",
  access_token: "a",
  refresh_token: "r",
  expires_in: 3600,
});
const EMPTY = JSON.stringify({ count: 0, items: [] });

const backstage: Backstage = {
  module: portsipModule,
  config: (url) => ({
    baseUrl: `${url}/api`,
    username: "gateway",
    password: "secret",
    domain: "example.test",
  }),
  reply: ({ path }) => {
    if (path.endsWith("/auth/sign_in")) return { body: LOGIN };
    return path === "/api/sessions" || path === "/api/calllogs"
      ? { body: EMPTY }
      : { status: 404, body: "{}" };
  },
};

function toList(rows: readonly WireValue[], style: number): string {
  const count = [rows.length, String(rows.length), undefined][style % 3];
  return toJson(withMembers({ items: [...rows] }, { count }));
}

const live = { calls: [{ caller: "1001", callee: "1002", talking_time: 3 }] };
function spellings(given: string): readonly string[] {
  const decimal = /^\d+$/.test(given) ? given : Buffer.from(given, "base64").toString();
  return [decimal, Buffer.from(decimal).toString("base64")];
}

const shared = { ...backstage, id, spellings, contentType: "application/json", toBody: toList };

export const portsipLive: Surface = {
  ...shared,
  name: "PortSIP's live sessions",
  row: session,
  idKey: "id",
  // In the list is live; over is only what the call log says.
  phases: { live: fc.constantFrom({}, live), ended: fc.constant({}) },
  canEnd: false,
  isSingle: false,
  serves: ({ path }) => path === "/api/sessions",
  read: { by: "list", pages: (connection) => connection.listLive() },
};

export const portsipRead: Surface = {
  ...shared,
  name: "a PortSIP session",
  row: session,
  idKey: "id",
  phases: { live: fc.constantFrom({}, live), ended: fc.constant({}) },
  canEnd: false,
  toBody: ([only = null]) => toJson(only),
  isSingle: true,
  serves: ({ path }) => /^\/api\/sessions\/[^/]+$/.test(path),
  read: { by: "id" },
};

export const portsipLogs: Surface = {
  ...shared,
  name: "PortSIP's call logs",
  row: callLog,
  idKey: "session_id",
  phases: {
    live: fc.record({
      ended_at: fc.constantFrom(null, ""),
      end_reason: fc.constantFrom(null, "", "None"),
      answered_at: isoTime(),
    }),
    // After a transfer a further step follows.
    ended: fc.record({
      ended_at: isoTime(),
      end_reason: fc.constantFrom("CALLER_DISCONNECTED", "CALLEE_DISCONNECT", "CANCELLED", "None", ""),
    }),
  },
  isSingle: false,
  serves: ({ path }) => path === "/api/calllogs",
  read: { by: "list", pages: (connection) => connection.listSessions(WINDOW) },
};

/** A session's log, asked for by its id. */
export const portsipDetail: Surface = {
  ...portsipLogs,
  name: "a PortSIP session's call log",
  read: { by: "section", section: "detail" },
};

const LOGGED = "812345678901234567";

/** Recordings found for one answered call: the search for them and the files of each. */
export const portsipRecordings: Surface = {
  ...shared,
  name: "a PortSIP session's recordings",
  id: fc.constant(LOGGED),
  idKey: "id",
  row: recording.map((file) => ({ file_name: `t_${LOGGED}_1001.wav`, ...file })),
  isSingle: false,
  serves: ({ path }) => path.startsWith("/api/recordings/"),
  reply: (request) => {
    if (request.path === "/api/calllogs") return { body: JSON.stringify({ items: [LOG] }) };
    if (request.path === "/api/recordings")
      return { body: JSON.stringify({ items: [{ id: "r-1", caller: "1001" }] }) };
    return backstage.reply(request);
  },
  read: { by: "section", section: "recordings" },
};

const LOG = {
  session_id: LOGGED,
  caller: "1001",
  callee: "1002",
  answered_at: "2026-03-01T10:00:00Z",
  ended_at: "2026-03-01T10:01:00Z",
};
