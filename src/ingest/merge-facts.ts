/** Merging what is known of a session itself (contract, "One door in"). Pure. */
import type { EpochMs, JsonObject, MoneyRecord, PartyRecord, SessionFacts } from "../model/index.js";

/**
 * Providers that only tell how long somebody has talked make the answer time wobble by a second or two, and for as long
 * they show a call that was answered as one that rings.
 */
const ANSWER_WOBBLE_MS = 2_000;

/** The later word where there is one; a missing fact never erases a known one. */
function pick<T>(known: T | null, incoming: T | null | undefined, newer: boolean): T | null {
  if (incoming === null || incoming === undefined) return known;
  return newer || known === null ? incoming : known;
}

function earliest(one: number | null, other: number | null): number | null {
  return one === null || other === null ? (one ?? other) : Math.min(one, other);
}

/** For words whose UNKNOWN only means that this look did not tell. */
function pickWord<T extends string>(
  known: T | "UNKNOWN",
  incoming: T | "UNKNOWN",
  newer: boolean,
): T | "UNKNOWN" {
  if (incoming === "UNKNOWN") return known;
  return newer || known === "UNKNOWN" ? incoming : known;
}

/** What a look cannot know of a state. */
export interface LookKind {
  /** As the snapshot says. @default false */
  isBlindToHold?: boolean;
  /** It was pushed: such news may come in any order. @default false */
  isPush?: boolean;
  /** When it was made. @default long after everything that is known */
  observedAt?: EpochMs;
}

/**
 * Stored facts and a look at them, merged. `newer`: the look is at least as new as what is stored; an older one only
 * fills gaps (among several older ones that could fill the same gap, the first to come stays). Ended is final, in
 * whichever order the news come.
 */
export function mergeFacts(
  known: SessionFacts,
  incoming: SessionFacts,
  newer: boolean,
  kind: LookKind = {},
): SessionFacts {
  const answeredAt = pick(known.answeredAt, incoming.answeredAt, newer || isAnswer(known, incoming, kind));
  const wobbles =
    known.answeredAt !== null && Math.abs((answeredAt ?? 0) - known.answeredAt) <= ANSWER_WOBBLE_MS;
  return {
    ...mergeState(known, incoming, newer, kind),
    channel: pickWord(known.channel, incoming.channel, newer),
    direction: pickWord(known.direction, incoming.direction, newer),
    title: pick(known.title, incoming.title, newer),
    from: mergeParty(known.from, incoming.from, newer),
    to: mergeParty(known.to, incoming.to, newer),
    // A session starts once: a later start is that of one of its legs, such as a transfer's.
    startedAt: earliest(known.startedAt, incoming.startedAt),
    answeredAt: wobbles ? known.answeredAt : answeredAt,
    updatedAt: pick(known.updatedAt, incoming.updatedAt, newer),
    durationSeconds: pick(known.durationSeconds, incoming.durationSeconds, newer),
    cost: pick<MoneyRecord>(known.cost, incoming.cost, newer),
  };
}

/** A push says that somebody has picked up: no look that was made meanwhile could have seen it. */
function isAnswer(known: SessionFacts, incoming: SessionFacts, { isPush, isBlindToHold }: LookKind): boolean {
  const isBlindPush = isPush === true && isBlindToHold === true;
  return isBlindPush && known.state === "RINGING" && incoming.state === "IN_PROGRESS";
}

/**
 * Held people look like any others to a blind look, and those who have just picked up as if they still rang; events that
 * come late would have a call ring again. What was told stands.
 */
function isOutranked(
  known: SessionFacts,
  incoming: SessionFacts,
  { isBlindToHold = false, isPush = false, observedAt = Infinity }: LookKind,
): boolean {
  if (incoming.phase !== "LIVE") return false;
  if (known.state === "ON_HOLD") return isBlindToHold;
  if (known.state !== "IN_PROGRESS" || incoming.state !== "RINGING") return false;
  const isFresh = known.answeredAt !== null && observedAt - known.answeredAt <= ANSWER_WOBBLE_MS;
  return isPush || (isBlindToHold && isFresh);
}

function mergeState(
  known: SessionFacts,
  incoming: SessionFacts,
  newer: boolean,
  kind: LookKind,
): Pick<SessionFacts, "phase" | "state" | "endedAt"> {
  // A look at one section, or a word nobody has documented: it says nothing of how the session is doing.
  if (incoming.phase === "UNKNOWN" && known.phase !== "UNKNOWN") {
    return { phase: known.phase, state: known.state, endedAt: pick(known.endedAt, incoming.endedAt, newer) };
  }
  if (isOutranked(known, incoming, kind)) {
    return { phase: known.phase, state: known.state, endedAt: known.endedAt };
  }
  const wasEnded = known.phase === "ENDED";
  const isEnded = incoming.phase === "ENDED";
  if (wasEnded && !isEnded) return { phase: "ENDED", state: known.state, endedAt: known.endedAt };
  const isNews = newer || isAnswer(known, incoming, kind) || (isEnded && !wasEnded);
  const takes = isNews && !(isEnded && wasEnded && incoming.state === "UNKNOWN");
  const { phase, state } = takes ? incoming : known;
  return { phase, state, endedAt: pick(known.endedAt, incoming.endedAt, newer) };
}

/** Two looks at one end, member by member. */
export function mergeParty(
  known: PartyRecord | null,
  incoming: PartyRecord | null,
  newer: boolean,
): PartyRecord | null {
  if (known === null || incoming === null) return known ?? incoming;
  // Another address is another party: its number and name must not be mixed with the old one's.
  if (newer && incoming.address !== null && known.address !== null && incoming.address !== known.address)
    return incoming;
  return {
    address: pick(known.address, incoming.address, newer),
    number: pick(known.number, incoming.number, newer),
    displayName: pick(known.displayName, incoming.displayName, newer),
  };
}

/** Provider fields, and records of what hangs off a session: member by member, null and absent say nothing. */
export function mergeRecord<T extends object>(known: T, incoming: T, newer: boolean): T {
  const merged = { ...known } as Record<string, unknown>;
  for (const [name, value] of Object.entries(incoming)) {
    if (value === null || value === undefined) continue;
    if (newer || merged[name] === null || merged[name] === undefined) merged[name] = value;
  }
  return merged as T;
}

/** Provider fields merged. */
export function mergeFields(known: JsonObject, incoming: JsonObject, newer: boolean): JsonObject {
  return mergeRecord(known, incoming, newer);
}
