/** Whether two sessions are one conversation, why, and how sure that is (ADR 0025). Pure, and the same both ways. */
import type { EpochMs, JoinKind, SessionJoin } from "../model/index.js";
import type { SessionRow } from "../store/store.js";

export type RelationReason =
  "SAME_CALL_ID" | "SAME_PARTIES" | "TRANSFER_TARGET" | "VIRTUAL_NUMBER" | "USER_DATA";

/** What is compared of a session. */
export interface Traced {
  row: SessionRow;
  joins: readonly SessionJoin[];
}

export interface Match {
  reason: RelationReason;
  /** 0 to 1. */
  confidence: number;
  /** How far apart in time what they share happened, milliseconds: the nearest partner is the likeliest. */
  distanceMs: number;
  /**
   * `none`: whoever shares this belongs together. `both`: not when either end has a better partner and so has the
   * other. `either`: only for the best partner of both, since one transfer or one masked call makes one call.
   */
  exclusive: "none" | "both" | "either";
  /** The transfer, or the call through a virtual number, that this is about: its session may have several. */
  event: { owner: number; name: string } | null;
}

/**
 * How sure each finding is: about the share of such pairs that are one conversation, told by what else could have
 * brought it about. The documentation repeats this table (docs/related.md).
 */
export const CONFIDENCE = {
  /** Ids are made to be unique. */
  callId: 0.99,
  /** One names the other's own id. */
  namesId: 0.98,
  /** The same value is attached to both, they overlap, and they share a number, too. */
  dataAndNumber: 0.96,
  data: 0.75,
  /** A call through the virtual number, and the real number behind it on the other side. */
  virtualAndParty: 0.95,
  virtual: 0.75,
  /** The target was called right after the transfer, by one of the numbers in the transferred call. */
  transferAndCaller: 0.92,
  /** The same, with one of the callers unknown. */
  transfer: 0.75,
  /** The transferring call's number rang there right after the transfer; whom it called is not known. */
  transferByCaller: 0.65,
  /** The target was called right after the transfer, by somebody else: trunks may show numbers of their own. */
  transferOtherCaller: 0.5,
  parties: 0.9,
  /** The same caller, and a callee of the same name. */
  partiesByName: 0.85,
  /** The same two numbers, but only touching, within the tolerance. */
  partiesNearby: 0.7,
} as const;

/** How far two providers' clocks, and what each calls the beginning and the end of a call, may be apart. */
const CLOCKS_MS = 30_000;
/** A transferred call rings so long after the transfer at most; before it, only as far as clocks may differ. */
const TRANSFER_AFTER_MS = 60_000;
const TRANSFER_BEFORE_MS = 15_000;
/** A masked call's second leg may have to wait for the first one to be answered. */
const VIRTUAL_MS = 120_000;
/** With a number that is not its own, a call must follow its transfer at once. */
const OTHER_CALLER_MS = 10_000;
/** No call is longer: one that nobody saw end is not going on for ever. */
const LONGEST_CALL_MS = 12 * 60 * 60 * 1000;

/** Every reason to take two sessions for one conversation, the best first. */
export function relate(a: Traced, b: Traced, now: EpochMs): Match[] {
  const matches = [
    ...[sameCallId(a, b), sharedData(a, b, now), sameParties(a, b, now)],
    ...[namesId(a, b), transferred(a, b), masked(a, b)],
    ...[namesId(b, a), transferred(b, a), masked(b, a)],
  ].filter((match) => match !== null);
  return matches.sort(byStrength);
}

/** The surer first, then the nearer. */
export function byStrength(a: Match, b: Match): number {
  return b.confidence - a.confidence || a.distanceMs - b.distanceMs;
}

function sameCallId(a: Traced, b: Traced): Match | null {
  const shared = sharedValues(a, "CALL_ID", b, "CALL_ID");
  if (shared.length === 0) return null;
  return match("SAME_CALL_ID", CONFIDENCE.callId, startDistance(a, b), "none");
}

function namesId(a: Traced, b: Traced): Match | null {
  if (sharedValues(a, "DATA", b, "SELF").length === 0) return null;
  return match("USER_DATA", CONFIDENCE.namesId, startDistance(a, b), "none");
}

function sharedData(a: Traced, b: Traced, now: EpochMs): Match | null {
  if (sharedValues(a, "DATA", b, "DATA").length === 0 || gap(a, b, now) > CLOCKS_MS) return null;
  const numbers = numbersOf(a);
  const isKnown = [...numbersOf(b)].some((number) => numbers.has(number));
  const confidence = isKnown ? CONFIDENCE.dataAndNumber : CONFIDENCE.data;
  return match("USER_DATA", confidence, startDistance(a, b), "either");
}

function sameParties(a: Traced, b: Traced, now: EpochMs): Match | null {
  const apart = gap(a, b, now);
  const shared = sharedValues(a, "PARTIES", b, "PARTIES");
  if (shared.length === 0 || apart > CLOCKS_MS) return null;
  const isByNumber = shared.some((pair) => /^\+\d+ \+\d+$/.test(pair));
  // A call that was passed on shares its end with the rest of it, one that was seen twice its beginning.
  const distance = Math.min(startDistance(a, b), Math.abs(endOf(a, now) - endOf(b, now)));
  return apart > 0
    ? match("SAME_PARTIES", CONFIDENCE.partiesNearby, apart + distance, "either")
    : match("SAME_PARTIES", isByNumber ? CONFIDENCE.parties : CONFIDENCE.partiesByName, distance, "both");
}

/** Whether `b` is where `a` was transferred to. */
function transferred(a: Traced, b: Traced): Match | null {
  const started = b.row.startedAt ?? 0;
  const own = valuesOf(a, "SHOWN");
  const caller = b.row.from?.number ?? null;
  const callees = valuesOf(b, "CALLEE");
  const hasNumber = [...callees].some((value) => value.startsWith("+"));
  const found = a.joins.flatMap(({ kind, value, at }): Match[] => {
    const late = started - at;
    if (kind !== "TARGET" || late < -TRANSFER_BEFORE_MS || late > TRANSFER_AFTER_MS) return [];
    const confidence = callees.has(value)
      ? ofTarget(value, late)
      : caller !== null && own.has(caller) && !hasNumber
        ? CONFIDENCE.transferByCaller
        : null;
    if (confidence === null) return [];
    const event = { owner: a.row.key, name: `${value} ${at}` };
    return [match("TRANSFER_TARGET", confidence, Math.abs(late), "either", event)];
  });
  return found.sort(byStrength)[0] ?? null;

  function ofTarget(target: string, late: number): number | null {
    if (!target.startsWith("+")) return caller !== null && own.has(caller) ? CONFIDENCE.transfer : null;
    if (caller !== null && own.has(caller)) return CONFIDENCE.transferAndCaller;
    if (caller === null || own.size === 0) return CONFIDENCE.transfer;
    return Math.abs(late) <= OTHER_CALLER_MS ? CONFIDENCE.transferOtherCaller : null;
  }
}

/** Whether `b` is one side of a call through `a`'s virtual number. */
function masked(a: Traced, b: Traced): Match | null {
  const started = b.row.startedAt ?? 0;
  const parties = new Set(partiesOf(a));
  const far = { caller: b.row.from?.number ?? null, callees: valuesOf(b, "CALLEE") };
  const found = a.joins.flatMap(({ kind, value, at }): Match[] => {
    const distance = Math.abs(started - at);
    if (kind !== "VIRTUAL" || distance > VIRTUAL_MS) return [];
    // Whoever is at the other end of the number, seen from there.
    const others =
      far.caller === value
        ? [...far.callees].filter((callee) => callee.startsWith("+"))
        : far.callees.has(value) && far.caller !== null
          ? [far.caller]
          : null;
    if (others === null) return [];
    const isParty = others.some((number) => parties.has(number));
    if (!isParty && others.length > 0) return [];
    const confidence = isParty ? CONFIDENCE.virtualAndParty : CONFIDENCE.virtual;
    const event = { owner: a.row.key, name: String(at) };
    return [match("VIRTUAL_NUMBER", confidence, distance, "either", event)];
  });
  return found.sort(byStrength)[0] ?? null;
}

function match(
  reason: RelationReason,
  confidence: number,
  distanceMs: number,
  exclusive: Match["exclusive"],
  event: Match["event"] = null,
): Match {
  return { reason, confidence, distanceMs, exclusive, event };
}

function valuesOf({ joins }: Traced, kind: JoinKind): Set<string> {
  return new Set(joins.filter((join) => join.kind === kind).map((join) => join.value));
}

function sharedValues(a: Traced, kind: JoinKind, b: Traced, partner: JoinKind): string[] {
  return [...valuesOf(a, kind).intersection(valuesOf(b, partner))].sort();
}

/** Every number that is known to have been in it. */
function numbersOf(traced: Traced): Set<string> {
  const kinds: JoinKind[] = ["CALLER", "CALLEE", "TARGET", "VIRTUAL"];
  const numbers = kinds
    .flatMap((kind) => [...valuesOf(traced, kind)])
    .filter((value) => value.startsWith("+"));
  return new Set([...numbers, ...partiesOf(traced)]);
}

function partiesOf({ row }: Traced): string[] {
  return [row.from?.number, row.to?.number].filter((number) => typeof number === "string");
}

function startDistance(a: Traced, b: Traced): number {
  return Math.abs((a.row.startedAt ?? 0) - (b.row.startedAt ?? 0));
}

/** Milliseconds between the end of one and the beginning of the other; 0 where they overlap. */
function gap(a: Traced, b: Traced, now: EpochMs): number {
  const start = Math.max(a.row.startedAt ?? 0, b.row.startedAt ?? 0);
  return Math.max(0, start - Math.min(endOf(a, now), endOf(b, now)));
}

function endOf({ row }: Traced, now: EpochMs): EpochMs {
  const startedAt = row.startedAt ?? 0;
  const latest = startedAt + LONGEST_CALL_MS;
  if (row.endedAt !== null) return Math.min(row.endedAt, latest);
  if (row.phase === "ENDED") return startedAt + (row.durationSeconds ?? 0) * 1000;
  return Math.min(Math.max(now, startedAt), latest);
}
