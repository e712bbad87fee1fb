/** PortSIP's own field names and shapes (PortSIP reference §3.2, §5.2, §5.3). Every field but the id may be unset. */
import type { EpochMs, FieldProblem, JsonObject, JsonValue } from "../../model/index.js";
import { readObject, type WireObject } from "../wire/index.js";
import { isPortsipId } from "./portsip.id.js";

/** One element of a live session's `calls`: it has no id, state or direction (§10 Q4). */
export interface PortsipCall {
  caller: string | null;
  callerDisplayName: string | null;
  callee: string | null;
  /** Null when blank; `undefined` when it could not be read, which proves nothing about the call being internal. */
  trunk: string | null | undefined;
  startedAt: EpochMs | null;
  /** Seconds of talk so far. */
  talkingTime: number | null;
}

/** `GET /sessions/{id}` and each item of `GET /sessions`. */
export interface PortsipSession {
  id: string;
  calls: PortsipCall[];
}

/** A row of `GET /calllogs`. The detail adds `cost` and `billedAccount`. */
export interface PortsipCallLog {
  id: string | null;
  sessionId: string;
  caller: string | null;
  callerDomain: string | null;
  callerDisplayName: string | null;
  callee: string | null;
  calleeDomain: string | null;
  calleeDisplayName: string | null;
  startedAt: EpochMs | null;
  rangAt: EpochMs | null;
  answeredAt: EpochMs | null;
  endedAt: EpochMs | null;
  callId: string | null;
  direction: string | null;
  endReason: string | null;
  rerouteReason: string | null;
  statusCode: number | null;
  destination: string | null;
  outboundCallerId: string | null;
  didCid: string | null;
  trunk: string | null;
  /** Seconds of talk. */
  duration: number | null;
  serviceNumber: string | null;
  userData: string | null;
  /** Exact decimal, in a currency that the PBX does not name. */
  cost: string | null;
  billedAccount: string | null;
}

/** `{count, items}`: every list. Null for other shapes. An empty list may be null (§1, empty values). */
export function parseList(json: JsonValue): { items: readonly JsonValue[]; count: number | null } | null {
  const wire = readObject(json, []);
  if (wire === null) return null;
  const given = wire.json("items");
  const isUnset = wire.has("items") && (given === null || given === "");
  const items = isUnset ? [] : wire.array("items");
  return items === null ? null : { items, count: wire.integer("count") };
}

/** Null when it has no id to be known by, or one that means something else. */
export function parseSession(json: JsonValue, problems: FieldProblem[]): PortsipSession | null {
  const wire = readObject(json, problems);
  const id = wire?.text("id", "providerId") ?? null;
  return wire === null || id === null || !isPortsipId(id)
    ? null
    : { id, calls: wire.objects("calls").map(readCall) };
}

/** Null without a session id: the row's own id is only probably the same (§10 Q2). `"0"` means none (Q11). */
export function parseCallLog(json: JsonValue, problems: FieldProblem[]): PortsipCallLog | null {
  const wire = readObject(json, problems);
  const sessionId = wire?.text("session_id", "providerId") ?? null;
  if (wire === null || sessionId === null || !isPortsipId(sessionId)) return null;
  return {
    id: wire.text("id", "callLog"),
    sessionId,
    caller: wire.text("caller", ["callLog", "from"]),
    callerDomain: wire.string("caller_domain", "callLog"),
    callerDisplayName: wire.string("caller_display_name", "callLog"),
    callee: wire.text("callee", ["callLog", "to"]),
    calleeDomain: wire.string("callee_domain", "callLog"),
    calleeDisplayName: wire.string("callee_display_name", "callLog"),
    startedAt: wire.timestamp("started_at", ["callLog", "startedAt"]),
    rangAt: wire.timestamp("rang_at", "callLog"),
    answeredAt: wire.timestamp("answered_at", ["callLog", "answeredAt"]),
    endedAt: wire.timestamp("ended_at", ["callLog", "endedAt"]),
    callId: wire.text("call_id", "callLog"),
    direction: wire.string("direction", ["callLog", "direction"]),
    endReason: wire.string("end_reason", "callLog") ?? wire.string("ended_reason", "callLog"),
    rerouteReason: wire.string("reroute_reason", "callLog"),
    statusCode: wire.integer("status_code", "callLog"),
    destination: wire.text("destination", "callLog"),
    outboundCallerId: wire.text("outbound_caller_id", "callLog"),
    didCid: wire.text("did_cid", "callLog"),
    trunk: wire.string("trunk", "callLog"),
    duration: wire.number("duration", ["callLog", "durationSeconds"]),
    serviceNumber: wire.text("service_number", ["callLog", "serviceNumber"]),
    userData: wire.text("user_data", ["callLog", "userData"]),
    cost: wire.decimal("cost", "callLog"),
    billedAccount: wire.text("billed_account", "callLog"),
  };
}

/** A call log as plain JSON, under the names of the graph. */
export function toCallLogFields(log: PortsipCallLog): JsonObject {
  return { ...log };
}

/** uint32 by the reference (§3.2). The time of the answer is counted back from it and must be a time. */
const MAX_TALKING_TIME = 2 ** 32 - 1;

function readCall(wire: WireObject): PortsipCall {
  const talkingTime = wire.integer("talking_time", "calls");
  const trunk = wire.string("trunk", "calls");
  const isUnreadable = trunk === null && wire.json("trunk") !== null && wire.json("trunk") !== "";
  return {
    caller: wire.text("caller", "calls"),
    callerDisplayName: wire.string("caller_display_name", "calls"),
    callee: wire.text("callee", "calls"),
    trunk: isUnreadable ? undefined : trunk?.trim() === "" ? null : trunk,
    startedAt: wire.timestamp("started_at", ["calls", "startedAt"]),
    talkingTime: talkingTime !== null && talkingTime <= MAX_TALKING_TIME ? talkingTime : null,
  };
}
