/** Arithmetic of time spans, `since` inclusive and `until` exclusive, in milliseconds since the epoch. Pure. */
import type { EpochMs } from "../model/index.js";
import type { CoverageSpan } from "../store/store.js";

/** What of `span` none of `held` (oldest first, apart from each other) has; oldest first. */
export function missingIn(held: readonly CoverageSpan[], span: CoverageSpan): CoverageSpan[] {
  const gaps: CoverageSpan[] = [];
  let since = span.since;
  for (const one of held) {
    if (one.until <= since) continue;
    if (one.since >= span.until) break;
    if (one.since > since) gaps.push({ since, until: one.since });
    since = Math.max(since, one.until);
  }
  if (since < span.until) gaps.push({ since, until: span.until });
  return gaps;
}

/** The span that a moment lies in, its end included. */
export function spanAt(held: readonly CoverageSpan[], at: EpochMs): CoverageSpan | undefined {
  return held.find((span) => span.since <= at && at <= span.until);
}

/** Both together, oldest first and merged. */
export function union(one: readonly CoverageSpan[], other: readonly CoverageSpan[]): CoverageSpan[] {
  const merged: CoverageSpan[] = [];
  for (const span of [...one, ...other].sort((a, b) => a.since - b.since)) {
    const last = merged.at(-1);
    if (last === undefined || last.until < span.since) merged.push({ ...span });
    else last.until = Math.max(last.until, span.until);
  }
  return merged;
}

/** True when the two have a moment in common. */
export function overlaps(one: CoverageSpan, other: CoverageSpan): boolean {
  return one.since < other.until && other.since < one.until;
}

/** What of the spans lies at or after a moment. */
export function after(since: EpochMs, spans: readonly CoverageSpan[]): CoverageSpan[] {
  return spans.flatMap((span) =>
    span.until <= since ? [] : [{ since: Math.max(span.since, since), until: span.until }],
  );
}
