/** When a cached copy is young enough (contract, "Freshness"). Pure. */
import type { EpochMs, Section } from "../model/index.js";
import type { SessionRow } from "../store/store.js";

/** A session that can still change by itself: seconds matter. */
export const LIVE_MAX_AGE_MS = 2_000;
/** Just ended: reports are rewritten and recordings appear, but nobody is waiting on the line. */
export const SETTLING_MAX_AGE_MS = 10_000;
/** Ended and final. */
export const FINAL_MAX_AGE_MS = 10 * 60 * 1000;
/** How long after its end a session may still gain a report or a recording. */
export const SETTLES_WITHIN_MS = 15 * 60 * 1000;

/** How old, in milliseconds, a cached copy of this session may be when it is asked for by id. */
export function maxAgeOf(row: SessionRow, now: EpochMs): number {
  if (row.phase !== "ENDED") return LIVE_MAX_AGE_MS;
  const endedAt = row.endedAt ?? row.updatedAt ?? row.startedAt;
  return endedAt !== null && now - endedAt < SETTLES_WITHIN_MS ? SETTLING_MAX_AGE_MS : FINAL_MAX_AGE_MS;
}

/** A list does not read old copies again before it answers, but afterwards those older than this, milliseconds. */
const LIST_SETTLING_MAX_AGE_MS = 60_000;

/**
 * True when a copy that is good enough for this answer should be read again for the next one: by id, when more than
 * half its time is over; in a list, when it would be too old by id. Live sessions in lists are the polls' business.
 */
export function isAging(row: SessionRow, now: EpochMs, by: "id" | "list"): boolean {
  const age = now - row.fetchedAt;
  if (by === "id") return age > maxAgeOf(row, now) / 2;
  return row.phase === "ENDED" && age > Math.max(maxAgeOf(row, now), LIST_SETTLING_MAX_AGE_MS);
}

/** True when the session itself must be read again before it is answered. `maxAgeSeconds` overrides the rule. */
export function isTooOld(row: SessionRow, now: EpochMs, maxAgeSeconds?: number): boolean {
  const limit = maxAgeSeconds === undefined ? maxAgeOf(row, now) : maxAgeSeconds * 1000;
  return now - row.fetchedAt > limit;
}

/**
 * True when a section must be read before it is answered: it never was, or it was read before the session ended and
 * so cannot be complete. `live` also wants a young copy of a session that goes on (reads by id, not lists).
 */
export function lacksSection(row: SessionRow, section: Section, now: EpochMs, live: boolean): boolean {
  const readAt = row.sections[section];
  if (readAt === undefined) return true;
  if (row.endedAt !== null && row.phase === "ENDED" && readAt < row.endedAt) return true;
  return live && now - readAt > maxAgeOf(row, now);
}
