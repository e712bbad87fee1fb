/** PortSIP's records on the wire (PortSIP reference §3.2, §5.2, §5.3). */
import type { Faults } from "../conversation.js";
import { PBX_LOGIN } from "./portsip-logins.js";
import { talkSeconds, type Leg, type Recording, type Session } from "./portsip-records.js";

export type Wire = Record<string, unknown>;
export type IdSpelling = "base64" | "decimal";

/** REST spells session ids in base64 of their digits, everything else spells the digits (reference Q1). */
export function spell(id: string, spelling: IdSpelling): string {
  return spelling === "base64" ? Buffer.from(id, "latin1").toString("base64") : id;
}

/** Samples carry three or six fractional digits, and "" for what did not happen. */
function time(ms: number | null, digits: 3 | 6 = 3): string {
  if (ms === null) return "";
  const text = new Date(ms).toISOString();
  return digits === 3 ? text : text.replace("Z", "000Z");
}

export function sessionWire(session: Session, now: number, spelling: IdSpelling, faults: Faults): Wire {
  const wrong = faults.malformed === "wrong-types";
  const legs = session.legs.filter((leg) => leg.endedAt === null || leg === session.legs.at(-1));
  return {
    id: spell(session.id, spelling),
    calls: legs.map((leg) => ({
      caller: leg.caller,
      caller_display_name: leg.callerName ?? "",
      callee: leg.callee,
      trunk: leg.trunk,
      started_at: wrong ? 12 : time(leg.startedAt),
      talking_time: wrong ? { seconds: "many" } : talkSeconds(leg, now),
    })),
  };
}

/** One row per routing step. */
export function callLogWire(session: Session, leg: Leg, index: number, faults: Faults): Wire {
  const wrong = faults.malformed === "wrong-types";
  return {
    id: (BigInt(session.cdrId) + BigInt(index)).toString(),
    session_id: session.id,
    caller: leg.caller,
    caller_domain: PBX_LOGIN.domain,
    caller_display_name: leg.callerName ?? "",
    callee: leg.callee,
    callee_domain: PBX_LOGIN.domain,
    callee_display_name: leg.calleeName ?? "",
    started_at: time(leg.startedAt, 6),
    rang_at: time(leg.rangAt, 6),
    answered_at: time(leg.answeredAt, 6),
    ended_at: wrong ? { at: 1 } : time(leg.endedAt, 6),
    call_id: session.callId,
    direction: faults.unknownEnums ? "SIDEWAYS_CALL" : session.direction,
    end_reason: faults.unknownEnums ? "GOT_BORED" : leg.endReason,
    reroute_reason: leg.rerouteReason,
    status_code: leg.statusCode,
    destination: leg.destination,
    outbound_caller_id: session.outboundCallerId,
    did_cid: session.did,
    trunk: leg.trunk ?? "",
    duration: wrong ? "long" : talkSeconds(leg, leg.endedAt ?? leg.startedAt),
    service_number: leg.serviceNumber,
    user_data: session.userData ?? "",
  };
}

/** The detail adds what the call cost. */
export function callLogDetailWire(session: Session, leg: Leg, index: number, faults: Faults): Wire {
  const row = callLogWire(session, leg, index, faults);
  return {
    ...row,
    cost: Number((talkSeconds(leg, leg.endedAt ?? leg.startedAt) * 0.0005).toFixed(4)),
    billed_account: leg.caller,
  };
}

/** CDR rows are call logs that do not say which session they belong to (reference Q2). */
export function cdrWire(session: Session, leg: Leg, index: number, faults: Faults): Wire {
  const { session_id: _, ...row } = callLogWire(session, leg, index, faults);
  return row;
}

export function recordingRowWire(recording: Recording): Wire {
  const { id, caller, callee, startedAt, endedAt } = recording;
  return { id, caller, callee, started_at: time(startedAt), ended_at: time(endedAt) };
}

export function recordingFileWire(recording: Recording): Wire {
  const { caller, callee, startedAt, endedAt, fileName, digest } = recording;
  return {
    caller,
    callee,
    started_at: time(startedAt),
    ended_at: time(endedAt),
    duration: Math.round((endedAt - startedAt) / 1000),
    file_name: fileName,
    file_size: 8044,
    file_url: `/api/blobs/${digest}`,
    status: "COMPLETED",
    status_description: "transcribed",
    sentiment: "NEUTRAL",
  };
}
