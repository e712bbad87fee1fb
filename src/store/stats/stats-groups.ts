/** What the database added up, as groups in their order. Pure. */
import { addDecimals, normalizeDecimal } from "../../model/index.js";
import type { SqlRow } from "../sql.js";
import { stretchOf } from "./stats-buckets.js";
import { FINE_DIGITS } from "./stats-columns.js";
import type { StatsDimension, StatsGroup, StatsQuery } from "./stats.js";

/** The column that each dimension is read from. */
export const DIMENSION_COLUMNS: Readonly<Record<StatsDimension, string>> = {
  PROVIDER: "provider",
  CONNECTION: "connection",
  STATE: "state",
  CHANNEL: "channel",
  DIRECTION: "direction",
  OUTCOME: "outcome",
};

/** A group's rows, one for each currency, made one; by bucket and key, missing values last. */
export function toGroups({ groupBy, bucket, wanted }: StatsQuery, rows: readonly SqlRow[]): StatsGroup[] {
  const columns = groupBy.map((dimension) => DIMENSION_COLUMNS[dimension]);
  const groups = Map.groupBy(rows, (row) => JSON.stringify([...columns, "bucket"].map((name) => row[name])));
  return [...groups.values()]
    .map((group): StatsGroup => {
      const [first = {}] = group;
      const total = (name: string) => group.reduce((sum, row) => sum + Number(row[name] ?? 0), 0);
      const number = first["bucket"] as number | null;
      const stretch = bucket === null || number === null ? null : stretchOf(bucket, number);
      const durations = wanted.percentiles ? durationsOf(group) : new Float64Array();
      return {
        key: columns.map((name) => first[name] as string | null),
        from: stretch?.from ?? null,
        to: stretch?.to ?? null,
        count: total("sessions"),
        liveCount: total("live"),
        answeredCount: total("answered"),
        timedCount: total("timed"),
        totalDurationMs: total("ms"),
        p50DurationMs: nearestRank(durations, 50),
        p95DurationMs: nearestRank(durations, 95),
        cost: group
          .filter((row) => row["currency"] !== "")
          .map((row) => ({ amount: amountOf(row), currency: row["currency"] as string }))
          .toSorted((one, other) => compare(one.currency, other.currency)),
        transferCount: total("transfers"),
      };
    })
    .toSorted((one, other) => compare(one.from, other.from) || compareKeys(one.key, other.key));
}

/** In ascending order. */
function durationsOf(group: readonly SqlRow[]): Float64Array {
  const texts = group.flatMap((row) => (row["durations"] as string | null)?.split(" ") ?? []);
  return Float64Array.from(texts, Number).sort();
}

/** The value in place ⌈n × percent / 100⌉, in whole numbers: 0.95 has no exact double. */
function nearestRank(ascending: Float64Array, percent: number): number | null {
  return ascending[Math.ceil((ascending.length * percent) / 100) - 1] ?? null;
}

function amountOf(row: SqlRow): string {
  const odd = (row["odd_amounts"] as string | null)?.split(" ") ?? [];
  return addDecimals([normalizeDecimal(`${row["fine"] as string}e-${FINE_DIGITS}`) ?? "0", ...odd]);
}

function compareKeys(one: StatsGroup["key"], other: StatsGroup["key"]): number {
  return one.reduce((found, value, index) => found || compare(value, other[index] ?? null), 0);
}

function compare(one: string | number | null, other: string | number | null): number {
  if (one === other) return 0;
  if (one === null || other === null) return one === null ? 1 : -1;
  return one < other ? -1 : 1;
}
