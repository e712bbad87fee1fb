/**
 * What PortSIP pushes of a call, over WSI or as a webhook: the same messages (PortSIP reference §6.3, §7.3). They tell the
 * direction, and when somebody picked up, which REST does not; who took part REST tells better, and in one spelling.
 */
import type { EpochMs, FieldProblem, JsonValue, SessionFacts, SessionSnapshot } from "../../model/index.js";
import { readObject, type WireObject } from "../wire/index.js";
import { isPortsipId, toPortsipKey } from "./portsip.id.js";
import { isHandedOn, toEndedState } from "./portsip.state.js";
import { toDirection, toEndReason, unwrapUserData } from "./portsip.words.js";

/** A message about a call. */
export interface PortsipEvent {
  /** Without the `cdr_` that some versions put before `target_…` (§10 Q8). */
  type: string;
  /** Decimal, as events spell it; REST may spell it otherwise (§10 Q1). */
  sessionId: string;
  at: EpochMs | null;
  wire: WireObject;
  problems: readonly FieldProblem[];
}

/** Reads a message; null for one that is not about a call. */
export function parseEvent(json: JsonValue): PortsipEvent | null {
  const problems: FieldProblem[] = [];
  const wire = readObject(json, problems);
  const type =
    wire
      ?.string("event_type")
      ?.trim()
      .toLowerCase()
      .replace(/^cdr_(?=target_)/, "") ?? null;
  const sessionId = wire?.text("session_id") ?? null;
  if (wire === null || type === null || sessionId === null || !isPortsipId(sessionId)) return null;
  if (!/^(?:call_(?:start|update_info|cdr)|target_\w+)$/.test(type)) return null;
  return { type, sessionId, at: seconds(wire, "time"), wire, problems };
}

/** True for the message that a call is over. A step that handed the call on is not the end of it. */
export function isEnd({ type, wire }: PortsipEvent): boolean {
  return type === "call_cdr" && !isHandedOn(toEndReason(endReason(wire)));
}

/** The sample of the vendor's page spells the key otherwise than its table (§10 Q7). */
function endReason(wire: WireObject): string | null {
  return wire.string("end_reason") ?? wire.string("ended_reason");
}

/** How a call ended, by the message that it is over. */
export function toEnd(event: PortsipEvent): Pick<SessionFacts, "phase" | "state" | "endedAt"> {
  const { at, wire } = event;
  const state = toEndedState({
    status: wire.string("call_status"),
    reason: endReason(wire),
    code: wire.integer("status_code"),
  });
  return { phase: "ENDED", state, endedAt: seconds(wire, "ended_time") ?? at };
}

/**
 * True for the message that the call is answered. A call that somebody asked the PBX for rings its caller first, whose
 * picking up is told in the same way, as that of a target that has the caller's own address (§3.3).
 */
export function isAnswer({ type, wire }: Pick<PortsipEvent, "type" | "wire">): boolean {
  if (type !== "target_answer") return false;
  const target = toUser(wire.string("destination") ?? wire.string("destiantion"));
  return target === null || target !== toUser(wire.string("caller"));
}

/** Who an address is of: `1001` of `sip:1001@pbx.example.com;transport=tls`, and of `1001`. */
function toUser(address: string | null): string | null {
  const user = address
    ?.replace(/^(?:sips?|tel):/i, "")
    .replace(/[@;?].*$/, "")
    .trim();
  return user === undefined || user === "" ? null : user;
}

/** What a message says of a call that is known under `providerId`. Its order does not matter: see the merge rules. */
export function toEventSnapshot(
  event: PortsipEvent,
  providerId: string,
  receivedAt: EpochMs,
): SessionSnapshot {
  const { type, at, wire, problems } = event;
  const { userData } = unwrapUserData(wire.string("user_data"));
  const facts: SessionFacts = {
    channel: "VOICE",
    direction: toDirection(wire.string("direction")),
    ...toState(event),
    title: null,
    from: null,
    to: null,
    startedAt: type === "call_start" ? at : seconds(wire, "start_time"),
    answeredAt: isAnswer(event) ? at : seconds(wire, "answered_time"),
    updatedAt: null,
    durationSeconds: isEnd(event) ? wire.number("talk_duration") : null,
    cost: null,
  };
  const numbers = [wire.string("did"), wire.string("did_cid"), wire.string("outbound_caller_id")];
  return {
    provider: "PORTSIP",
    providerId,
    providerKey: toPortsipKey(providerId),
    source: "PUSH",
    observedAt: receivedAt,
    version: null,
    facts,
    fields: userData === null ? {} : { userData },
    addresses: numbers.filter((number) => number !== null),
    sections: [],
    // Events never tell of a hold, and may come in any order.
    isBlindToHold: true,
    problems,
  };
}

function toState(event: PortsipEvent): Pick<SessionFacts, "phase" | "state" | "endedAt"> {
  if (isEnd(event)) return toEnd(event);
  if (isAnswer(event)) return { phase: "LIVE", state: "IN_PROGRESS", endedAt: null };
  switch (event.type) {
    case "call_start":
    case "target_ringing":
      return { phase: "LIVE", state: "RINGING", endedAt: null };
    default:
      return { phase: "UNKNOWN", state: "UNKNOWN", endedAt: null };
  }
}

/** Unix seconds in text; "0" means never (§7.3). */
export function seconds(wire: WireObject, key: string): EpochMs | null {
  const value = wire.number(key);
  return value === null || value <= 0 ? null : Math.round(value * 1000);
}
