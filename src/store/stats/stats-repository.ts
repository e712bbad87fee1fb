/**
 * Figures on groups of sessions, in one statement: from the rollup where it can tell, with the rows at ragged ends of
 * the time asked for; else from the rows. Both ways read the same columns and are added up by the same SQL.
 */
import { addDecimals, normalizeDecimal } from "../../model/index.js";
import { addFilter, addScope, Conditions } from "../repositories/session-conditions.js";
import type { Database, SqlRow, SqlValue } from "../sql.js";
import type { ConnectionScope, SessionFilter } from "../store.js";
import { fitsQuarters, stretchOf, withBucket } from "./stats-buckets.js";
import { cellOf, durationOf, FINE_DIGITS, MEASURES, measuresOf, NO_START, QUARTER_MS, TRANSFERS } from "./stats-columns.js"; // prettier-ignore
import type { StatsDimension, StatsGroup, StatsQuery, StatsRepository } from "./stats.js";

interface Sql {
  sql: string;
  values: SqlValue[];
}

const DIMENSION_COLUMNS: Readonly<Record<StatsDimension, string>> = {
  PROVIDER: "provider",
  CONNECTION: "connection",
  STATE: "state",
  CHANNEL: "channel",
  DIRECTION: "direction",
  OUTCOME: "outcome",
};
/** Columns that a row and a cell of the rollup have in common. */
const SHARED = ["provider", "connection", "phase", "state", "channel", "direction"];
/** Conditions that a cell of the rollup can be held against; times are dealt with apart. */
const CELL_CONDITIONS: ReadonlySet<string> = new Set<keyof SessionFilter>([
  ...(["providers", "connections", "phases", "states", "channels", "directions"] as const),
  ...(["startedAfter", "startedBefore"] as const),
]);

/** Builds the repository. */
export function createStatsRepository({ all, dialect }: Database): StatsRepository {
  const rowColumns = (withOutcome: boolean): string => {
    const measures = measuresOf("", TRANSFERS, dialect);
    const outcome = `(SELECT ${outcomeIn(dialect.name)} FROM reports WHERE session_key = sessions.key)`;
    return [
      ...SHARED,
      "started_at AS at",
      `${cellOf("").currency} AS currency`,
      ...MEASURES.map((name) => `${measures[name]} AS ${name}`),
      `CASE WHEN ${measures.odd} = 1 THEN cost_amount END AS odd_amount`,
      "0 AS hidden",
      `${durationOf("")} AS duration`,
      `${withOutcome ? outcome : "NULL"} AS outcome`,
    ].join(", ");
  };
  const cellColumns = [
    ...SHARED,
    `NULLIF(quarter, ${NO_START}) AS at`,
    "currency",
    ...MEASURES,
    // The amounts that a cell only counts.
    ...["NULL AS odd_amount", "odd AS hidden", "NULL AS duration", "NULL AS outcome"],
  ].join(", ");

  function rows(filter: SessionFilter, scope: ConnectionScope, withOutcome: boolean): Sql {
    const conditions = new Conditions();
    addScope(conditions, scope, dialect);
    addFilter(conditions, filter, dialect);
    const sql = `SELECT ${rowColumns(withOutcome)} FROM sessions${conditions.where}`;
    return { sql, values: conditions.values };
  }

  /** Whole quarters of an hour from the rollup, and what is left at either end from the rows. */
  function cells(filter: SessionFilter, scope: ConnectionScope): Sql {
    const { startedAfter, startedBefore, ...rest } = filter;
    const since = startedAfter === undefined ? undefined : Math.ceil(startedAfter / QUARTER_MS) * QUARTER_MS;
    const until =
      startedBefore === undefined ? undefined : Math.floor(startedBefore / QUARTER_MS) * QUARTER_MS;
    if (since !== undefined && until !== undefined && since > until) return rows(filter, scope, false);
    const conditions = new Conditions();
    addScope(conditions, scope, dialect);
    addFilter(conditions, rest, dialect);
    if (since !== undefined || until !== undefined) conditions.add(`quarter > ${NO_START}`);
    if (since !== undefined) conditions.add("quarter >= ?", since);
    if (until !== undefined) conditions.add("quarter < ?", until);
    const parts: Sql[] = [
      { sql: `SELECT ${cellColumns} FROM session_rollups${conditions.where}`, values: conditions.values },
    ];
    if (since !== startedAfter)
      parts.push(rows({ ...rest, startedAfter: startedAfter ?? 0, startedBefore: since ?? 0 }, scope, false));
    if (until !== startedBefore)
      parts.push(
        rows({ ...rest, startedAfter: until ?? 0, startedBefore: startedBefore ?? 0 }, scope, false),
      );
    return {
      sql: parts.map(({ sql }) => sql).join(" UNION ALL "),
      values: parts.flatMap(({ values }) => values),
    };
  }

  async function sum(query: StatsQuery, source: Sql): Promise<SqlRow[]> {
    const keys = [...query.groupBy.map((dimension) => DIMENSION_COLUMNS[dimension]), "bucket"];
    const bucketed = withBucket(source.sql, query.bucket, dialect);
    const ranked = `SELECT placed.*, row_number() OVER (PARTITION BY ${keys.join(", ")} ORDER BY duration NULLS LAST) AS place, count(duration) OVER (PARTITION BY ${keys.join(", ")}) AS places FROM (${bucketed.sql}) AS placed`;
    const sums = MEASURES.map((name) =>
      name === "fine" ? `CAST(sum(fine) AS text) AS fine` : `CAST(sum(${name}) AS bigint) AS ${name}`,
    );
    const columns = [
      ...keys,
      "currency",
      ...sums,
      "CAST(sum(CASE WHEN phase = 'LIVE' THEN sessions ELSE 0 END) AS bigint) AS live",
      "string_agg(odd_amount, ' ') AS odd_amounts",
      "CAST(sum(hidden) AS bigint) AS hidden",
      ...(query.percentiles
        ? [rank("(places + 1) / 2", "p50"), rank("(places * 95 + 99) / 100", "p95")]
        : []),
    ];
    const from = query.percentiles ? ranked : bucketed.sql;
    const sql = `SELECT ${columns.join(", ")} FROM (${from}) AS counted GROUP BY ${[...keys, "currency"].join(", ")} LIMIT ?`;
    // The offsets stand before the source in the text.
    return all(sql, [...bucketed.values, ...source.values, query.maxGroups + 1]);
  }

  return {
    async read(query, scope) {
      const { filter, groupBy, maxGroups } = query;
      const isFast = canUseCells(query);
      let found = await sum(
        query,
        isFast ? cells(filter, scope) : rows(filter, scope, groupBy.includes("OUTCOME")),
      );
      if (isFast && found.some((row) => row["hidden"] !== 0))
        found = await sum(query, rows(filter, scope, false));
      return found.length > maxGroups ? null : toGroups(query, found);
    },
  };
}

/** The durations in order are numbered from 1; a rank that nobody has is of a group without any. */
function rank(place: string, name: string): string {
  return `max(CASE WHEN place = ${place} THEN duration END) AS ${name}`;
}

function outcomeIn(name: "sqlite" | "postgres"): string {
  return name === "sqlite" ? "json_extract(data, '$.outcome')" : "CAST(data AS jsonb) ->> 'outcome'";
}

function canUseCells({ filter, groupBy, bucket, percentiles }: StatsQuery): boolean {
  if (percentiles || groupBy.includes("OUTCOME")) return false;
  if (bucket !== null && !fitsQuarters(bucket)) return false;
  return Object.keys(filter).every((name) => CELL_CONDITIONS.has(name));
}

/** A group's rows, one for each currency, made one. */
function toGroups({ groupBy, bucket }: StatsQuery, rows: readonly SqlRow[]): StatsGroup[] {
  const columns = groupBy.map((dimension) => DIMENSION_COLUMNS[dimension]);
  const groups = Map.groupBy(rows, (row) => JSON.stringify([...columns, "bucket"].map((name) => row[name])));
  return [...groups.values()]
    .map((group): StatsGroup => {
      const [first = {}] = group;
      const total = (name: string) => group.reduce((sum, row) => sum + Number(row[name]), 0);
      // The session that stands at a rank has one currency, so that one row of the group knows.
      const known = (name: string) =>
        (group.find((row) => row[name] != null)?.[name] ?? null) as number | null;
      const number = first["bucket"] as number | null;
      const stretch = bucket === null || number === null ? null : stretchOf(bucket, number);
      return {
        key: columns.map((name) => first[name] as string | null),
        from: stretch?.from ?? null,
        to: stretch?.to ?? null,
        count: total("sessions"),
        liveCount: total("live"),
        answeredCount: total("answered"),
        timedCount: total("timed"),
        totalDurationMs: total("ms"),
        p50DurationSeconds: known("p50"),
        p95DurationSeconds: known("p95"),
        cost: group
          .filter((row) => row["currency"] !== "")
          .map((row) => ({ amount: amountOf(row), currency: row["currency"] as string }))
          .toSorted((one, other) => compare(one.currency, other.currency)),
        transferCount: total("transfers"),
      };
    })
    .toSorted((one, other) => compare(one.from, other.from) || compareKeys(one.key, other.key));
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
