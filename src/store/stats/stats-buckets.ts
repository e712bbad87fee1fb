/** Stretches of time on a zone's clocks: as a number that SQL computes for a row, and back as a beginning and an end. */
import type { ZoneSegment } from "../../model/index.js";
import type { Dialect, SqlValue } from "../sql.js";
import { floorTo } from "./stats-columns.js";
import type { StatsBucket, StatsQuery } from "./stats.js";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Days from the Monday before to the first day of the epoch, a Thursday. */
const THURSDAY = 3;

type Bucket = NonNullable<StatsQuery["bucket"]>;

/** The rows of `source` with two more columns: `local`, what the clocks showed, and `bucket`. Null where `at` is. */
export function withBucket(
  source: string,
  bucket: Bucket | null,
  dialect: Dialect,
): { sql: string; values: SqlValue[] } {
  if (bucket === null)
    return { sql: `SELECT source.*, NULL AS bucket FROM (${source}) AS source`, values: [] };
  const offset = offsetOf(bucket.segments);
  const local = `SELECT source.*, at + ${offset.sql} AS local FROM (${source}) AS source`;
  return {
    sql: `SELECT shown.*, ${NUMBERS[bucket.unit](dialect)} AS bucket FROM (${local}) AS shown`,
    values: offset.values,
  };
}

/** Newest first: most sessions are. */
function offsetOf(segments: readonly ZoneSegment[]): { sql: string; values: SqlValue[] } {
  const [oldest, ...changes] = segments;
  const values: SqlValue[] = changes.toReversed().flatMap(({ start, offset }) => [start, offset]);
  const cases = changes.map(() => "WHEN at >= CAST(? AS bigint) THEN CAST(? AS bigint)");
  values.push(oldest?.offset ?? 0);
  const last = "CAST(? AS bigint)";
  return { sql: cases.length === 0 ? last : `CASE ${cases.join(" ")} ELSE ${last} END`, values };
}

const DAY_NUMBER = `(${floorTo("local", DAY)} / ${DAY})`;

/** Hours are named by the moment they begin, since clocks that are put back show one twice; the others by a count. */
const NUMBERS: Readonly<Record<StatsBucket, (dialect: Dialect) => string>> = {
  HOUR: () => `${floorTo("local", HOUR)} - (local - at)`,
  DAY: () => DAY_NUMBER,
  WEEK: () => `${floorTo(`(${DAY_NUMBER} + ${THURSDAY})`, 7)} / 7`,
  MONTH: ({ name }) => {
    if (name === "sqlite") {
      const part = (format: string) =>
        `CAST(strftime('${format}', ${DAY_NUMBER} * 86400, 'unixepoch') AS INTEGER)`;
      return `${part("%Y")} * 12 + ${part("%m")} - 1`;
    }
    const date = `(to_timestamp(${DAY_NUMBER} * 86400) AT TIME ZONE 'UTC')`;
    return `CAST(extract(year FROM ${date}) * 12 + extract(month FROM ${date}) - 1 AS bigint)`;
  },
};

/** From when to when the bucket of a number goes. */
export function stretchOf({ unit, segments }: Bucket, number: number): { from: number; to: number } {
  switch (unit) {
    case "HOUR":
      return hourOf(number, segments);
    case "DAY":
      return { from: startOfDay(number, segments), to: startOfDay(number + 1, segments) };
    case "WEEK": {
      const monday = number * 7 - THURSDAY;
      return { from: startOfDay(monday, segments), to: startOfDay(monday + 7, segments) };
    }
    case "MONTH":
      return { from: startOfMonth(number, segments), to: startOfMonth(number + 1, segments) };
  }
}

/** True when no stretch of `length` (a divisor of an hour, on UTC's clocks) lies on both sides of a bucket's edge. */
export function fits({ segments }: Bucket, length: number): boolean {
  return segments.every(
    ({ start, offset }) => offset % length === 0 && (start === -Infinity || start % length === 0),
  );
}

/** Clocks that are moved by a part of an hour cut the hour short. */
function hourOf(start: number, segments: readonly ZoneSegment[]): { from: number; to: number } {
  const own = segments.filter(
    (segment) => (start + segment.offset) % HOUR === 0 && segment.start < start + HOUR && segment.end > start,
  );
  return {
    from: Math.max(start, own[0]?.start ?? start),
    to: Math.min(start + HOUR, own.at(-1)?.end ?? Infinity),
  };
}

/** The first moment at which clocks showed this day or a later one; midnight may be left out. */
function startOfDay(day: number, segments: readonly ZoneSegment[]): number {
  const starts = segments
    .map(({ start, end, offset }) => ({ at: Math.max(start, day * DAY - offset), end }))
    .filter(({ at, end }) => at < end)
    .map(({ at }) => at);
  return Math.min(...starts);
}

function startOfMonth(month: number, segments: readonly ZoneSegment[]): number {
  const first = new Date(0).setUTCFullYear(Math.floor(month / 12), month % 12, 1);
  return startOfDay(first / DAY, segments);
}
