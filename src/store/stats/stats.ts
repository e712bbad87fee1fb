/** Figures on groups of sessions, as the other rooms see them. */
import type { EpochMs, MoneyRecord, ZoneSegment } from "../../model/index.js";
import type { ConnectionScope, SessionFilter } from "../store.js";

export const STATS_DIMENSIONS = [
  "PROVIDER",
  "CONNECTION",
  "STATE",
  "CHANNEL",
  "DIRECTION",
  "OUTCOME",
] as const;
export type StatsDimension = (typeof STATS_DIMENSIONS)[number];
export type StatsBucket = "HOUR" | "DAY" | "WEEK" | "MONTH";

export interface StatsQuery {
  filter: SessionFilter;
  /** Without repetition. */
  groupBy: readonly StatsDimension[];
  /** By the sessions' start on the clocks of a zone; null for all time. */
  bucket: { unit: StatsBucket; segments: readonly ZoneSegment[] } | null;
  /** What is wanted beside the counts and the sum of durations. Percentiles take a pass over the rows. */
  wanted: { percentiles: boolean; cost: boolean; transfers: boolean };
  /** Groups at most, a group counted once for each currency. Beyond them the answer is null. */
  maxGroups: number;
}

/** Figures on one group; what is not wanted is 0, null or empty. Durations below 0 and above 10^9 s count as missing. */
export interface StatsGroup {
  /** Values of the dimensions, in the order of `groupBy`. */
  key: (string | null)[];
  /** The bucket's start and end; null without a bucket, and for sessions of which no start is known. */
  from: EpochMs | null;
  to: EpochMs | null;
  count: number;
  liveCount: number;
  answeredCount: number;
  /** Sessions whose duration is known. */
  timedCount: number;
  /** Their durations, each to the nearest millisecond (here and below), added up. */
  totalDurationMs: number;
  /** Nearest rank: the smallest duration that at least half (95 of 100) do not exceed. */
  p50DurationMs: number | null;
  p95DurationMs: number | null;
  /** One sum for each currency, by its code. */
  cost: MoneyRecord[];
  transferCount: number;
}

export interface StatsRepository {
  /** The groups that have sessions, by bucket and then by key, missing values last; null when there are too many. */
  read(query: StatsQuery, scope: ConnectionScope): Promise<StatsGroup[] | null>;
}
