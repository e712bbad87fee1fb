/** Calls that somebody asked the PBX for (PortSIP reference §3.3). */
import { PBX_QUEUES, PBX_STAFF, TRUNKS } from "../world/companies.js";
import type { CreateInput } from "./portsip-bodies.js";
import type { Exchange } from "./portsip-exchange.js";
import { digitsOf, nameOf } from "./portsip-parties.js";
import { currentLeg, type Session } from "./portsip-records.js";
import { newSession, sipAddress, wrapUserData } from "./portsip-sessions.js";
import { inviteHeaders } from "./portsip-sip.js";

/** The PBX rings the caller, and dials the callee once the caller has answered. Accepting is not succeeding. */
export function originate(exchange: Exchange, input: CreateInput): Session {
  const { caller, callee, trunk, rewrite_from } = input;
  const at = exchange.now();
  const outside = [caller, callee].some((number) => !isInside(number));
  const route = trunk ?? (outside ? (TRUNKS[0]?.name ?? null) : null);
  const session = newSession({ at, caller, callee, trunk: route }, exchange.random);
  const serviceNumber = PBX_QUEUES.find(({ number }) => number === callee)?.number ?? null;
  Object.assign(session, {
    direction: directionOf(caller, callee),
    userData: wrapUserData(input.user_data ?? null, serviceNumber),
    outboundCallerId: outside ? ((trunk === undefined ? null : rewrite_from) ?? didOf(route)) : null,
  });
  Object.assign(currentLeg(session), {
    callerName: input.caller_display_name ?? nameOf(caller),
    calleeName: nameOf(callee),
    serviceNumber,
    ringing: caller,
  });
  exchange.add(session, at);
  exchange.target(session, sipAddress(caller), at);
  if (route !== null && !TRUNKS.some(({ name }) => name === route)) {
    // No other trunk is tried.
    exchange.agenda.at(at, (time) => exchange.end(session, "", time, 503));
    return session;
  }
  ringCaller(exchange, session, input, at);
  return session;
}

function ringCaller(exchange: Exchange, session: Session, input: CreateInput, at: number): void {
  const leg = currentLeg(session);
  invite(exchange, session, input, "CALLER", input.caller, at);
  exchange.emit({ type: "cdr_target_ringing", session, leg, at });
  exchange.dialling.ring(input.caller, at, (statusCode, time) => {
    if (session.endedAt !== null) return;
    if (statusCode !== null) return exchange.end(session, "", time, statusCode);
    leg.ringing = null;
    exchange.emit({ type: "cdr_target_answer", session, leg, at: time });
    ringCallee(exchange, session, input, time);
  });
}

function ringCallee(exchange: Exchange, session: Session, input: CreateInput, at: number): void {
  const { callee, target, target_extension_number: extension } = input;
  const agent = agentOf(exchange, session);
  const number = agent ?? extension ?? callee;
  invite(exchange, session, input, "CALLEE", target ?? number, at);
  exchange.enqueue(session, at);
  exchange.target(session, target ?? sipAddress(number), at);
  currentLeg(session).ringing = number;
  if (agent !== null) currentLeg(session).calleeName = nameOf(agent);
  exchange.connect(session, number, at);
}

/** Somebody of the queue or ring group that was called. */
function agentOf(exchange: Exchange, session: Session): string | null {
  if (currentLeg(session).serviceNumber === null) return null;
  return exchange.random.pick(QUEUE_AGENTS);
}

/** The extensions that take calls of queues and ring groups. */
export const QUEUE_AGENTS: readonly string[] = PBX_STAFF.flatMap(({ extension }) =>
  extension?.startsWith("100") && extension !== "1000" ? [extension] : [],
);

function invite(
  exchange: Exchange,
  session: Session,
  input: CreateInput,
  party: "CALLER" | "CALLEE",
  to: string,
  at: number,
): void {
  const { caller, callee, trunk, rewrite_from } = input;
  const isCallee = party === "CALLEE";
  const shown = trunk === undefined ? caller : (rewrite_from ?? caller);
  exchange.sip.push({
    method: "INVITE",
    sessionId: session.id,
    to,
    from: isCallee ? shown : callee,
    displayName: isCallee ? (input.caller_display_name ?? null) : null,
    sdp: input.send_sdp ? "offer" : "none",
    headers: {
      ...inviteHeaders(input, session.id, party),
      ...(isCallee && input.target_instance_id !== undefined
        ? { "Accept-Contact": `*;+sip.instance="<${input.target_instance_id}>"` }
        : {}),
    },
    at,
  });
}

function isInside(number: string): boolean {
  return digitsOf(number).length <= 5;
}

function directionOf(caller: string, callee: string): Session["direction"] {
  if (isInside(caller)) return isInside(callee) ? "EXTENSION_CALL" : "OUTBOUND_CALL";
  return isInside(callee) ? "INBOUND_CALL" : "INBOUND_OUTBOUND_CALL";
}

function didOf(trunk: string | null): string | null {
  return TRUNKS.find(({ name }) => name === trunk)?.didNumbers[0] ?? null;
}
