/** The unified columns of a session, from its own fields: pure, and total over words nobody has seen yet. */
import {
  phaseOf,
  type Channel,
  type Direction,
  type PartyRecord,
  type SessionFacts,
  type SessionPhase,
  type SessionState,
} from "../../model/index.js";
import { toParty, UNKNOWN_PARTY } from "../to-party.js";
import type { SESSION_INFO } from "./evo-voice.wire.js";
import type { Values } from "./evo-voice.values.js";

export type SessionValues = Values<typeof SESSION_INFO>;

/** Every fact that a row of a list, or a stored copy of one, tells. */
export function toFacts(session: SessionValues, defaultRegion: string): SessionFacts {
  const state = toState(session);
  const { dateCreated: startedAt, dateCompleted: endedAt } = session;
  const lasted = startedAt !== null && endedAt !== null ? endedAt - startedAt : -1;
  return {
    channel: toChannel(session.channel),
    direction: toDirection(session.direction),
    phase: toPhase(session, state),
    state,
    title: session.displayName,
    from: toEnd(session.fromAddress, session.fromName, defaultRegion),
    to: toEnd(session.toAddress ?? session.destination, null, defaultRegion),
    startedAt,
    answeredAt: null,
    endedAt,
    updatedAt: session.dateLastModified,
    // Evo Voice tells no duration: this one includes the ringing.
    durationSeconds: isEnded(session) === true && lasted >= 0 ? lasted / 1000 : null,
    cost: null,
  };
}

/** Whether it has finished; a row that does not say so readably has if it carries a completion time. Null: not told. */
export function isEnded(session: Pick<SessionValues, "ended" | "dateCompleted">): boolean | null {
  return session.ended ?? (session.dateCompleted === null ? null : true);
}

/**
 * First match wins (§13). `callState` says nothing about the end: its zero value is Disconnected, so a session that
 * has only just been created has it too (§3.3).
 */
function toState(session: SessionValues): SessionState {
  const { callState, queueState, dialState } = session;
  if (isEnded(session) === true) return session.wasMissed === true ? "MISSED" : "COMPLETED";
  if (callState === "Hold" || queueState === "Hold") return "ON_HOLD";
  if (callState === "Connected") return "IN_PROGRESS";
  if (queueState === "Queued") return "QUEUED";
  if (callState === "Ringing" || queueState === "Ringing" || dialState === "Active") return "RINGING";
  return "UNKNOWN";
}

/** A session that says it has not ended is live even when its states do not say how. */
function toPhase(session: SessionValues, state: SessionState): SessionPhase {
  return state === "UNKNOWN" && session.ended === false ? "LIVE" : phaseOf(state);
}

function toChannel(word: string | null): Channel {
  switch (word) {
    case "Voice":
      return "VOICE";
    case "Chat":
      return "CHAT";
    case "Fax":
      return "FAX";
    default:
      return "UNKNOWN";
  }
}

function toDirection(word: string | null): Direction {
  switch (word) {
    case "Incoming":
      return "INBOUND";
    case "Outgoing":
      return "OUTBOUND";
    default:
      return "UNKNOWN";
  }
}

/** A caller may come with a name and no number. */
function toEnd(
  address: string | null,
  displayName: string | null,
  defaultRegion: string,
): PartyRecord | null {
  const party = toParty(address, defaultRegion, displayName);
  return party ?? (displayName === null ? null : { ...UNKNOWN_PARTY, displayName });
}
