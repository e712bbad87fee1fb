/** Whether a call is over and how it went. Its status alone cannot be trusted with either (Speko reference §5.1). */
import type { EpochMs, SessionPhase, SessionState } from "../../model/index.js";

/** What is known of a call when its state is decided. */
export interface SpekoCallSigns {
  status: string | null;
  endedAt: EpochMs | null;
  createdAt: EpochMs | null;
  /** Turns by the user; null where the answer does not carry a transcript (list rows). */
  userTurns: number | null;
  /** An event that ends a call was seen. False also when events were not asked for. */
  endEventSeen: boolean;
  /** An event after which a call cannot go on was seen. False also when events were not asked for. */
  hardFailureSeen: boolean;
  now: EpochMs;
}

export interface SpekoState {
  phase: SessionPhase;
  state: SessionState;
}

/** The longest call the vendor allows, milliseconds: a `failed` one older than this is not still talking. */
export const LONGEST_CALL_MS = 4 * 60 * 60 * 1000;

/** Words that say the call is over, even before `ended_at` is stamped. */
const OVER: ReadonlyMap<string, SessionState> = new Map([
  ["completed", "COMPLETED"],
  ["ended", "COMPLETED"],
  ["hangup", "COMPLETED"],
  ["no_answer", "NO_ANSWER"],
  ["no-answer", "NO_ANSWER"],
  ["busy", "BUSY"],
  ["canceled", "CANCELLED"],
  ["cancelled", "CANCELLED"],
]);

/** Words that can come too early: a call may be marked so while the conversation goes on. */
const FAILED_WORDS: ReadonlySet<string> = new Set(["failed", "error"]);

const RINGING_WORDS = /^(?:dialing.*|initiating|ringing)$/;

/** True when only the call's events can tell whether it is over: worth a request of its own, and no other case is. */
export function isAmbiguous(status: string | null, endedAt: EpochMs | null): boolean {
  return endedAt === null && FAILED_WORDS.has(toWord(status));
}

/**
 * Phase and state, by the first rule that fits. Two choices are ours: an event after which a call "never recovers" ends
 * it like an end event, and an ended call that nothing explains is UNKNOWN (phase ENDED) rather than COMPLETED.
 */
export function toSpekoState(signs: SpekoCallSigns): SpekoState {
  const word = toWord(signs.status);
  const over = signs.endedAt !== null || signs.endEventSeen || signs.hardFailureSeen || OVER.has(word);
  if (over) return { phase: "ENDED", state: toEndedState(word, signs) };
  if (FAILED_WORDS.has(word) && signs.createdAt !== null && signs.now - signs.createdAt > LONGEST_CALL_MS) {
    // A list row may lack `endedAt` and never tells turns: that it is over is certain, that it failed is not.
    return { phase: "ENDED", state: signs.userTurns === null ? "UNKNOWN" : "FAILED" };
  }
  return { phase: "LIVE", state: RINGING_WORDS.test(word) ? "RINGING" : "IN_PROGRESS" };
}

function toEndedState(word: string, signs: SpekoCallSigns): SessionState {
  if (signs.hardFailureSeen) return "FAILED";
  if (signs.userTurns !== null && signs.userTurns > 0) return "COMPLETED";
  if (FAILED_WORDS.has(word)) return signs.userTurns === null ? "UNKNOWN" : "FAILED";
  return OVER.get(word) ?? "UNKNOWN";
}

function toWord(status: string | null): string {
  return status?.trim().toLowerCase() ?? "";
}
