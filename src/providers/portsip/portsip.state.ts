/** Whether a call is up and how it went: PortSIP has no word for it (PortSIP reference §3.2, §7.4). */
import type { SessionPhase, SessionState } from "../../model/index.js";
import type { PortsipCall, PortsipCallLog } from "./portsip.wire.js";
import { toEndReason } from "./portsip.words.js";

export interface PortsipState {
  phase: SessionPhase;
  state: SessionState;
}

/** SIP: the called party, or every place it could be, is busy. */
const BUSY_CODES: ReadonlySet<number> = new Set([486, 600]);

/** SIP: it rang and nobody came (408, 480), or the INVITE was taken back (487). */
const UNANSWERED_CODES: ReadonlySet<number> = new Set([408, 480, 487]);

const FIRST_FAILURE_CODE = 300;

/** A session in the live list. No talk yet cannot be told from having just been answered, and counts as ringing. */
export function toLiveState(calls: readonly PortsipCall[]): PortsipState {
  const isTalking = calls.some((call) => (call.talkingTime ?? 0) > 0);
  return { phase: "LIVE", state: isTalking ? "IN_PROGRESS" : "RINGING" };
}

/**
 * A session by its call logs, one per routing step, oldest first. Answered once is COMPLETED, whatever the steps around
 * it met; else the last step decides. An unanswered inbound call is NO_ANSWER, the PBX's own word, and not MISSED.
 * `isGone`: the session is known to have left the live list, so a log without an end is only incomplete.
 */
export function toLoggedState(logs: readonly PortsipCallLog[], isGone: boolean): PortsipState {
  const answered = logs.some(wasAnswered);
  const last = logs.at(-1);
  const ended = last !== undefined && (last.endedAt !== null || toEndReason(last.endReason) !== null);
  if (!ended && !isGone) {
    if (answered) return { phase: "LIVE", state: "IN_PROGRESS" };
    return last?.rangAt ? { phase: "LIVE", state: "RINGING" } : { phase: "UNKNOWN", state: "UNKNOWN" };
  }
  return { phase: "ENDED", state: answered ? "COMPLETED" : toUnansweredState(last) };
}

/** One routing step that was talked on. */
export function wasAnswered(log: PortsipCallLog): boolean {
  return log.answeredAt !== null || (log.duration ?? 0) > 0;
}

function toUnansweredState(log: PortsipCallLog | undefined): SessionState {
  if (log === undefined) return "UNKNOWN";
  if (toEndReason(log.endReason) === "CANCELLED") return "CANCELLED";
  const code = log.statusCode ?? 0;
  if (BUSY_CODES.has(code)) return "BUSY";
  if (code === 487 || (UNANSWERED_CODES.has(code) && log.rangAt !== null)) return "NO_ANSWER";
  return code >= FIRST_FAILURE_CODE ? "FAILED" : "NO_ANSWER";
}
