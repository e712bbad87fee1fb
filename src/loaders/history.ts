/** Which part of the history a page of a list depends on, so that it can be fetched where the cache lacks it. Pure. */
import type { EpochMs } from "../model/index.js";
import type { CoverageSpan, PositionedSession, SessionPageQuery } from "../store/store.js";

/** What the cache fills by itself, milliseconds: a list of the newest sessions may wait for that, and no more. */
const RECENT_MS = 90 * 24 * 60 * 60 * 1000;
/** A walk past the end goes back by this much first, then by twice as much each time. */
const FIRST_STEP_MS = 30 * 24 * 60 * 60 * 1000;

/** Steps that one page goes back at most: two and a half years. A page further on goes further. */
export const MAX_STEPS = 5;

/** A page as the cache has it now. */
export interface PageLook {
  query: SessionPageQuery;
  rows: readonly PositionedSession[];
  /** There are more rows than fit. */
  isFull: boolean;
  /** How often the history behind the page's end has been asked for. */
  steps: number;
}

/**
 * The span of `startedAt` that must be held for the page to be right; null when none must. With a lower bound in the
 * filter it is all of it, so that counts are right as well. Without one it ends at the page's last row; a page that is
 * not full has its end further back: a cursor or an upper bound means that somebody walks there on purpose.
 */
export function spanOf(look: PageLook, now: EpochMs): CoverageSpan | null {
  const { filter, order, after, fromEnd } = look.query;
  // By id, or what is going on now: history has no part in it.
  if (filter.refs !== undefined) return null;
  if (filter.phases?.every((phase) => phase === "OPEN" || phase === "LIVE")) return null;
  const newestFirst = order.field === "STARTED_AT" && order.direction === "DESC" && fromEnd !== true;
  const place = newestFirst ? (after?.value ?? null) : null;
  const until = Math.min(now, filter.startedBefore ?? now, place === null ? now : place + 1);
  const span = { since: sinceOf(look, newestFirst, place, until, now), until };
  return span.since < span.until ? span : null;
}

function sinceOf(
  { query: { filter, after }, rows, isFull, steps }: PageLook,
  newestFirst: boolean,
  place: EpochMs | null,
  until: EpochMs,
  now: EpochMs,
): EpochMs {
  if (filter.startedAfter !== undefined) return filter.startedAfter;
  const recent = now - RECENT_MS;
  if (!newestFirst) return recent;
  const last = rows.at(-1)?.position.value ?? null;
  if (isFull && last !== null) return last;
  // Sessions without a beginning come last of all: who is among them has walked to the end.
  if (after !== undefined && place === null) return recent;
  if (place === null && filter.startedBefore === undefined) return recent;
  return Math.min(recent, until) - FIRST_STEP_MS * (2 ** (steps + 1) - 1);
}
