/** Plivo's own field names (Plivo reference §2, §3), read leniently. */
import { parseJson } from "../../http/parse-json.js";
import { parseTimestamp, type EpochMs, type FieldProblem, type JsonValue } from "../../model/index.js";
import type { WireObject } from "../wire/index.js";
import { readObject, toCamelCase } from "../wire/index.js";

/** Go's default rendering: `2024-01-03 13:35:51.12345 +0000 UTC`, fraction and zone name optional (§15 rule 1). */
const GO_TIME = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2})(\.\d{1,9})? ([+-]\d{2})(\d{2})(?: \S+)?$/;

/** Reads a time as Plivo writes it; null for anything else. */
export function parsePlivoTime(text: string): EpochMs | null {
  const match = GO_TIME.exec(text.trim());
  if (match === null) return null;
  const [, date = "", time = "", fraction = "", hours = "", minutes = ""] = match;
  return parseTimestamp(`${date}T${time}${fraction}${hours}:${minutes}`);
}

/** Fields that Plivo returns as they are, by how they are read. Their graph name is the camelCase of the wire name. */
const STRINGS = [
  "first_party", "second_party", "virtual_number", "status", "subaccount", "resource_uri", "callback_url",
  "callback_method", "record_file_format", "recording_callback_url", "recording_callback_method",
  "first_party_play_url", "second_party_play_url", "pin_prompt_play", "incorrect_pin_play", "unknown_caller_play",
] as const; // prettier-ignore
const TIMES = ["created_time", "modified_time", "expiry_time", "last_interaction_time"] as const;
const INTEGERS = [
  "session_expiry", "duration", "call_time_limit", "ring_timeout", "total_call_count", "total_call_billed_duration",
  "generate_pin_length", "pin_retry", "pin_retry_wait", "virtual_number_cooloff_period",
] as const; // prettier-ignore
const BOOLEANS = [
  "initiate_call_to_first_party", "record", "is_pin_authentication_required", "generate_pin",
  "force_pin_authentication", "create_session_with_single_party",
] as const; // prettier-ignore
const MONEY = ["amount", "total_call_amount", "total_session_amount"] as const;
/** Text that early replies carried as numbers (§2.5). */
const PINS = ["first_party_pin", "second_party_pin"] as const;

type Named<Names extends readonly string[], T> = Record<Names[number], T | null>;

/** A session as it came, read. */
export interface PlivoSessionWire
  extends
    Named<typeof STRINGS, string>,
    Named<typeof TIMES, EpochMs>,
    Named<typeof INTEGERS, number>,
    Named<typeof BOOLEANS, boolean>,
    Named<typeof MONEY, string>,
    Named<typeof PINS, string> {
  session_uuid: string;
  interactions: PlivoInteractionWire[];
}

/** One call inside a session. It has no id (§3). */
export interface PlivoInteractionWire {
  start_time: EpochMs | null;
  end_time: EpochMs | null;
  first_party_resource_url: string | null;
  second_party_resource_url: string | null;
  first_party_status: string | null;
  second_party_status: string | null;
  type: string | null;
  total_call_amount: string | null;
  call_billed_duration: number | null;
  recording_resource_url: string | null;
  auth_id: string | null;
  total_call_count: number | null;
  duration: number | null;
}

/** The unified fields that come from the same wire member, beside the member's own name in the graph. */
const ALSO: Readonly<Record<string, readonly string[]>> = {
  created_time: ["createdTime", "startedAt"],
  modified_time: ["modifiedTime", "updatedAt"],
  total_session_amount: ["totalSessionAmount", "cost"],
  first_party: ["firstParty", "from"],
  second_party: ["secondParty", "to"],
};

/** A UUID by the reference (§2.1); other spellings are Plivo's business if they can be one segment of a path. */
export function isPlivoId(id: string): boolean {
  return /^[A-Za-z0-9_-]{1,128}$/.test(id);
}

/** Reads a session. Null when it is no object or has no usable id: such a row cannot be kept. */
export function parseSession(json: JsonValue | undefined, problems: FieldProblem[]): PlivoSessionWire | null {
  const wire = readObject(json, problems);
  const id = wire?.text("session_uuid", "providerId") ?? null;
  if (wire === null || id === null || !isPlivoId(id)) return null;
  const each = <Names extends readonly string[], T>(names: Names, read: (name: string) => T | null) =>
    Object.fromEntries(names.map((name) => [name, read(name)])) as Named<Names, T>;
  return {
    session_uuid: id,
    ...each(STRINGS, (name) => wire.string(keyOf(wire, name), ALSO[name] ?? toCamelCase(name))),
    ...each(TIMES, (name) => wire.timestamp(name, ALSO[name], parsePlivoTime)),
    ...each(INTEGERS, (name) => wire.integer(name)),
    ...each(BOOLEANS, (name) => wire.boolean(keyOf(wire, name), toCamelCase(name))),
    ...each(MONEY, (name) => wire.decimal(name, ALSO[name])),
    ...each(PINS, (name) => wire.text(name)),
    // Null, an array, and, defensively, a single object (§15 rule 6).
    interactions: wire.objects("interaction", "interactions").map(parseInteraction),
  };
}

/** Three members have been met in another spelling (§16 Q14, Q15, Q16). */
const OTHER_SPELLINGS: Readonly<Record<string, string>> = {
  pin_prompt_play: "pin_ prompt_play",
  is_pin_authentication_required: "is_pin_authentication",
  create_session_with_single_party: "create_session_with_single_Party",
};

function keyOf(wire: WireObject, name: string): string {
  const other = OTHER_SPELLINGS[name];
  // Absent, null and "" all mean unset (§2.5).
  const value = wire.json(name);
  return other !== undefined && (value === null || value === "") && wire.has(other) ? other : name;
}

function parseInteraction(wire: WireObject): PlivoInteractionWire {
  return {
    start_time: wire.timestamp("start_time", ["startTime", "startedAt"], parsePlivoTime),
    end_time: wire.timestamp("end_time", ["endTime", "endedAt"], parsePlivoTime),
    first_party_resource_url: wire.string("first_party_resource_url"),
    second_party_resource_url: wire.string("second_party_resource_url"),
    first_party_status: wire.string("first_party_status"),
    second_party_status: wire.string("second_party_status"),
    type: wire.string("type"),
    total_call_amount: wire.decimal("total_call_amount", ["totalCallAmount", "cost"]),
    call_billed_duration: wire.integer("call_billed_duration", ["callBilledDuration", "billedSeconds"]),
    recording_resource_url: wire.string("recording_resource_url"),
    auth_id: wire.text("auth_id"),
    total_call_count: wire.integer("total_call_count", ["totalCallCount", "callCount"]),
    duration: wire.number("duration", ["duration", "durationSeconds"]),
  };
}

/** A list page: rows as they came, how many there are in all, and whether more follow. */
export interface PlivoPage {
  rows: readonly JsonValue[];
  total: number | null;
  hasMore: boolean;
}

/** Reads `{response: {meta, objects}}`; null when it is not that. */
export function parsePage(json: JsonValue): PlivoPage | null {
  const problems: FieldProblem[] = [];
  const response = readObject(json, problems)?.object("response");
  const rows = response?.array("objects");
  if (!response || !rows) return null;
  const meta = response.object("meta");
  const total = meta?.integer("total_count") ?? null;
  const offset = meta?.integer("offset") ?? 0;
  const next = meta?.string("next") ?? null;
  // Without a count there is only one way to know the end: a page with nothing on it.
  const hasMore = rows.length > 0 && (next !== null || total === null || offset + rows.length < total);
  return { rows, total, hasMore };
}

/** The session in `{response: {…}}`; undefined when there is none. */
export function parseRetrieved(json: JsonValue): JsonValue | undefined {
  return readObject(json, [])?.json("response") ?? undefined;
}

/**
 * What the answer to a create or an update tells (§4): the session under `session`, and the id that stands beside it.
 * Each is null where it is missing or, for the id, cannot be one.
 */
export function parseWritten(json: JsonValue): { id: string | null; session: JsonValue } {
  const wire = readObject(json, []);
  const id = wire?.text("session_uuid") ?? null;
  return { id: id !== null && isPlivoId(id) ? id : null, session: wire?.json("session") ?? null };
}

/** JSON, or null where the text is none: for answers that may be without. */
export function tryParse(text: string): JsonValue {
  try {
    return parseJson(text);
  } catch {
    return null;
  }
}
