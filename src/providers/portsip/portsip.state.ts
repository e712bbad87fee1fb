/** Whether a call is up and how it went: PortSIP has no word for it (PortSIP reference §3.2, §7.4). */
import type { SessionPhase, SessionState } from "../../model/index.js";
import type { PortsipCall, PortsipCallLog } from "./portsip.wire.js";
import { toEndReason, type PortsipEndReason } from "./portsip.words.js";

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

/** What else is known of a logged session: it is in the live list, it is not any more, or nobody has looked. */
export type Presence = "UP" | "GONE" | "UNKNOWN";

/** Ends of a step after which the session goes on in another one. */
const HANDED_ON: ReadonlySet<PortsipEndReason> = new Set([
  "BLIND_TRANSFER_COMPLETED",
  "CONSULT_TRANSFER_COMPLETED",
  "REPLACED",
  "REFERRED",
  "REDIRECTED",
]);

/** True for the end of a step after which the session goes on in another one. */
export function isHandedOn(reason: PortsipEndReason | null): boolean {
  return reason !== null && HANDED_ON.has(reason);
}

/**
 * A session by its call logs, one per routing step, oldest first. Answered once is COMPLETED, whatever the steps around
 * it met; else the last step decides. An unanswered inbound call is NO_ANSWER, the PBX's own word, and not MISSED.
 *
 * Ended is final, and a step is written down when it is over, not when the session is (§7.4): a session that is up, or
 * that was last handed on, has not ended with its last step, and the log then says nothing of how it is doing.
 */
export function toLoggedState(logs: readonly PortsipCallLog[], presence: Presence): PortsipState {
  const answered = logs.some(wasAnswered);
  const last = logs.at(-1);
  const reason = toEndReason(last?.endReason ?? null);
  const isLastOver = last !== undefined && (last.endedAt !== null || reason !== null);
  if (presence === "GONE" || (presence === "UNKNOWN" && isLastOver && !isHandedOn(reason)))
    return { phase: "ENDED", state: answered ? "COMPLETED" : toUnansweredState(last) };
  if (isLastOver) return { phase: "UNKNOWN", state: "UNKNOWN" };
  if (answered) return { phase: "LIVE", state: "IN_PROGRESS" };
  return last?.rangAt ? { phase: "LIVE", state: "RINGING" } : { phase: "UNKNOWN", state: "UNKNOWN" };
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

/** The end of a call as an event tells it (§7.4). */
export function toEndedState(end: {
  /** `answered`, `noanswer` or `fail`. */
  status: string | null;
  reason: string | null;
  code: number | null;
}): SessionState {
  const status = end.status?.trim().toLowerCase();
  if (status === "answered") return "COMPLETED";
  if (toEndReason(end.reason) === "CANCELLED") return "CANCELLED";
  if (BUSY_CODES.has(end.code ?? 0)) return "BUSY";
  if (status === "noanswer") return "NO_ANSWER";
  return status === "fail" ? "FAILED" : "UNKNOWN";
}
