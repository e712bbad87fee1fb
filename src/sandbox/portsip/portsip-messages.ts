/** What WSI and the webhooks tell of calls and queues (PortSIP reference §6.3, §7.3). */
import { PBX_COMPANY, PBX_QUEUES } from "../world/companies.js";
import type { PbxEvent } from "./portsip-events.js";
import { PBX_LOGIN } from "./portsip-logins.js";
import { QUEUE_AGENTS } from "./portsip-originate.js";
import { callStatusOf, digitsOf } from "./portsip-parties.js";
import { currentLeg, talkSeconds, type Leg, type Session } from "./portsip-records.js";
import { TENANT_ID } from "./portsip-sessions.js";

export type Message = Record<string, unknown>;

export const seconds = (ms: number | null): string => (ms === null ? "0" : String(Math.floor(ms / 1000)));

const DIRECTIONS = {
  EXTENSION_CALL: "ext",
  INBOUND_CALL: "in",
  OUTBOUND_CALL: "out",
  INBOUND_OUTBOUND_CALL: "in2out",
} as const;

/** Numbers here, strings there: as the vendor's samples have it (reference Q13). */
export function callMessage({ type, session, leg, at }: PbxEvent): Message {
  const shared = {
    event_type: type,
    time: seconds(at),
    session_id: session.id,
    cdr_id: session.cdrId,
    tenant_id: TENANT_ID,
    direction: DIRECTIONS[session.direction],
    caller: leg.caller,
    did: session.did ?? "",
    outbound_caller_id: session.outboundCallerId ?? "",
  };
  if (type.startsWith("cdr_target")) return { ...shared, destiantion: leg.destination };
  const named = {
    ...shared,
    callee: leg.callee,
    caller_display_name: leg.callerName ?? "",
    callee_display_name: leg.calleeName ?? "",
  };
  if (type === "call_cdr") return { ...named, ...cdrMembers(session, at) };
  if (type === "call_update_info") return named;
  return { ...named, call_id: session.callId, user_data: session.userData ?? "" };
}

function cdrMembers(session: Session, at: number): Message {
  const leg = currentLeg(session);
  const wasAnswered = session.legs.some((one) => one.answeredAt !== null);
  const isMissed = [0, 408, 480, 487].includes(leg.statusCode);
  return {
    call_id: session.callId,
    tenant_name: PBX_COMPANY,
    caller_domain: PBX_LOGIN.domain,
    callee_domain: PBX_LOGIN.domain,
    // The first destination, such as the queue.
    callee: session.legs[0]?.callee ?? leg.callee,
    start_time: seconds(session.legs[0]?.startedAt ?? null),
    ring_time: seconds(leg.rangAt),
    answered_time: seconds(leg.answeredAt),
    ended_time: seconds(session.endedAt),
    ring_duration: ringSeconds(leg),
    talk_duration: session.legs.reduce((sum, one) => sum + talkSeconds(one, at), 0),
    call_status: wasAnswered ? "answered" : isMissed ? "noanswer" : "fail",
    ended_reason: reasonWord(leg.endReason),
    status_code: String(leg.statusCode),
    trunk_name: trunkName(leg),
    user_data: session.userData ?? "",
    call_targets: session.legs.map((one) => ({
      id: TENANT_ID,
      call_type: callType(one),
      caller: one.caller,
      callee: one.callee,
      destination: one.destination,
      start_time: seconds(one.startedAt),
      ring_time: seconds(one.rangAt),
      answered_time: seconds(one.answeredAt),
      ended_time: seconds(one.endedAt),
      ring_duration: ringSeconds(one),
      talk_duration: String(talkSeconds(one, at)),
      status: one.answeredAt === null ? "noanswer" : "answered",
      status_code: one.statusCode,
      end_reason: reasonWord(one.endReason),
      did: session.did ?? "",
      outbound_caller_id: session.outboundCallerId ?? "",
      trunk_name: trunkName(one),
    })),
  };
}

function ringSeconds({ rangAt, answeredAt, endedAt }: Leg): string {
  const until = answeredAt ?? endedAt;
  return rangAt === null || until === null ? "0" : String(Math.max(0, Math.floor((until - rangAt) / 1000)));
}

function callType({ serviceNumber }: Leg): string {
  const service = PBX_QUEUES.find(({ number }) => number === serviceNumber);
  if (service === undefined) return "normal_call";
  return service.kind === "queue" ? "queue_call" : "ring_group_call";
}

function trunkName({ trunk }: Leg): string {
  return trunk === null ? "" : `${trunk}:1`;
}

/** Events spell the reasons in their own way (reference Q7). */
function reasonWord(reason: string): string {
  if (reason === "") return "None";
  if (reason === "BLIND_TRANSFER_COMPLETED") return "blind_transfer_complete";
  if (reason === "CONSULT_TRANSFER_COMPLETED") return "attended_transfer_complete";
  return reason.toLowerCase();
}

/** The names of a queue, as every message about it begins. */
function queueIds(number: string): Message {
  const index = PBX_QUEUES.findIndex((queue) => queue.number === number);
  return {
    tenant_id: TENANT_ID,
    queue_id: String(index + 1),
    queue_number: number,
    queue_name: PBX_QUEUES[index]?.name ?? "",
  };
}

/** Who waits and who works, as it is now. */
export function queueStatusMessage(number: string, live: readonly Session[]): Message {
  const waiting = live
    .filter((session) => session.waitingSince !== null && currentLeg(session).serviceNumber === number)
    .sort((one, other) => Number(one.waitingSince) - Number(other.waitingSince));
  return {
    event_type: "queue_status",
    ...queueIds(number),
    waiting_list: waiting.map((session, index) => waitingWire(session, index + 1)),
    agents: QUEUE_AGENTS.map((extension) => agentWire(extension, number, live)),
  };
}

/** Somebody began or stopped to wait. */
export function queueCallerMessage({ session, reason }: PbxEvent, number: string): Message {
  return {
    event_type: "queue_caller_status",
    ...queueIds(number),
    updated_callers: [{ ...waitingWire(session, 1), reason }],
  };
}

/** An agent of the queue took a call of it, or is done with it. */
export function queueAgentMessage(extension: string, number: string, live: readonly Session[]): Message {
  return {
    event_type: "queue_agent_status",
    ...queueIds(number),
    updated_agents: [agentWire(extension, number, live)],
    removed_agents: [],
  };
}

function waitingWire(session: Session, position: number): Message {
  const leg = currentLeg(session);
  return {
    position: String(position),
    session_id: session.id,
    caller_number: leg.caller,
    caller_name: leg.callerName ?? "",
    timestamp: seconds(session.waitingSince),
    type: "normal",
  };
}

function agentWire(extension: string, number: string, live: readonly Session[]): Message {
  const session = live.find((one) => callStatusOf(one, extension) === "ON_CALL");
  const leg = session ? currentLeg(session) : null;
  const isOurs = leg?.serviceNumber === number && digitsOf(leg.destination) === extension;
  return {
    state: leg === null ? "READY" : isOurs ? "QUEUE_CALL" : "OTHER_CALL",
    agent_extension_number: extension,
    session_id: isOurs ? (session?.id ?? "") : "",
    caller_number: isOurs ? leg.caller : "",
    caller_name: isOurs ? (leg.callerName ?? "") : "",
    timestamp: seconds(leg?.answeredAt ?? null),
  };
}
