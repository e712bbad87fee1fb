/** Figures on groups of sessions: rights and arguments checked, the store asked, the answer in the graph's words. */
import { BadUserInputError, ForbiddenError } from "../errors/index.js";
import { zoneSegments } from "../model/index.js";
import type { StatsBucket, StatsDimension, StatsGroup, StatsQuery } from "../store/stats/stats.js";
import type { LoaderDependencies } from "./dependencies.js";
import { createFilterReading } from "./filter-reading.js";
import { readSessionFilter, type SessionFilterInput } from "./session-filter-input.js";

export interface SessionStatsRequest {
  filter?: SessionFilterInput | null;
  groupBy?: readonly StatsDimension[] | null;
  bucket?: StatsBucket | null;
  /** @default "UTC" */
  timeZone?: string | null;
  /** Fields that the operation selects: what it leaves out is not computed. */
  fields: ReadonlySet<string>;
}

/** Source of `SessionStats`. */
export interface SessionStatsNode extends Pick<
  StatsGroup,
  "from" | "to" | "count" | "liveCount" | "answeredCount" | "cost" | "transferCount"
> {
  key: Readonly<Record<string, string | null>>;
  totalDurationSeconds: number;
  averageDurationSeconds: number | null;
  p50DurationSeconds: number | null;
  p95DurationSeconds: number | null;
}

/** Throws `BadUserInputError` (filter, zone, too many groups) and `ForbiddenError` (outcomes without the scope). */
export type SessionStats = (request: SessionStatsRequest) => Promise<SessionStatsNode[]>;

/** Groups in one answer at most, a group counted once for each currency. */
const MAX_GROUPS = 10_000;
/** A bucket may begin before the time asked for and end after it: more than a month. */
const LONGEST_BUCKET_MS = 32 * 86_400_000;

const NOTHING: StatsGroup = {
  ...{ key: [], from: null, to: null, count: 0, liveCount: 0, answeredCount: 0, timedCount: 0 },
  ...{ totalDurationMs: 0, p50DurationMs: null, p95DurationMs: null, cost: [], transferCount: 0 },
};

/** Builds the figures' side of one operation. */
export function createSessionStats(dependencies: LoaderDependencies): SessionStats {
  const { principal, store } = dependencies;
  const reading = createFilterReading(dependencies);

  return async ({ filter, groupBy, bucket, timeZone, fields }) => {
    const dimensions = [...new Set(groupBy)];
    // What came of a session is its report's word.
    if (dimensions.includes("OUTCOME") && !principal.scopes.has("transcripts:read"))
      throw new ForbiddenError("transcripts:read");
    const query: StatsQuery = {
      filter: readSessionFilter(filter, reading),
      groupBy: dimensions,
      bucket: null,
      wanted: {
        percentiles: fields.has("p50DurationSeconds") || fields.has("p95DurationSeconds"),
        cost: fields.has("cost"),
        transfers: fields.has("transferCount"),
      },
      maxGroups: MAX_GROUPS,
    };
    const { startedAfter = -Infinity, startedBefore = Infinity } = query.filter;
    const segments = zoneSegments(
      timeZone ?? "UTC",
      startedAfter - LONGEST_BUCKET_MS,
      startedBefore + LONGEST_BUCKET_MS,
    );
    if (segments === null) {
      throw new BadUserInputError("timeZone: expected a zone of the IANA database, such as Europe/Berlin.", [
        "timeZone",
      ]);
    }
    if (bucket) query.bucket = { unit: bucket, segments };
    const groups = await store.stats.read(query, principal.connections);
    if (groups === null) {
      throw new BadUserInputError(
        `sessionStats: more than ${MAX_GROUPS} groups (each counts once for each currency). Take a longer bucket, fewer dimensions or a narrower filter.`,
        [bucket ? "bucket" : "groupBy"],
      );
    }
    // Not told apart, sessions are one group, be it an empty one.
    const isOne = dimensions.length === 0 && !bucket;
    return (isOne && groups.length === 0 ? [NOTHING] : groups).map((group) => toNode(group, dimensions));
  };
}

function toNode(
  { key, timedCount, totalDurationMs, p50DurationMs, p95DurationMs, ...figures }: StatsGroup,
  dimensions: readonly StatsDimension[],
): SessionStatsNode {
  return {
    ...figures,
    key: Object.fromEntries(dimensions.map((dimension, index) => [dimension, key[index] ?? null])),
    totalDurationSeconds: totalDurationMs / 1000,
    averageDurationSeconds: timedCount === 0 ? null : totalDurationMs / timedCount / 1000,
    p50DurationSeconds: p50DurationMs === null ? null : p50DurationMs / 1000,
    p95DurationSeconds: p95DurationMs === null ? null : p95DurationMs / 1000,
  };
}
