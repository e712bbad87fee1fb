/**
 * Figures on groups of sessions, in one statement: from a rollup where one can tell, with the rows at ragged ends of the
 * time asked for; else from the rows. Both ways read the same columns and are added up by the same SQL.
 */
import { addFilter, addScope, Conditions } from "../repositories/session-conditions.js";
import type { Database, SqlRow, SqlValue } from "../sql.js";
import type { ConnectionScope, SessionFilter } from "../store.js";
import { fits, withBucket } from "./stats-buckets.js";
import { currencyOf, MEASURES, measuresOf, millisecondsOf, NO_START, ROLLUPS, TRANSFERS, type Rollup } from "./stats-columns.js"; // prettier-ignore
import { DIMENSION_COLUMNS, toGroups } from "./stats-groups.js";
import type { StatsQuery, StatsRepository } from "./stats.js";

interface Sql {
  sql: string;
  values: SqlValue[];
}

/** Conditions that a cell can be held against, by the column that they look at; times are dealt with apart. */
const CONDITION_COLUMNS: Readonly<Partial<Record<keyof SessionFilter, string>>> = {
  providers: "provider",
  connections: "connection",
  phases: "phase",
  states: "state",
  channels: "channel",
  directions: "direction",
};
const TIMES: ReadonlySet<string> = new Set<keyof SessionFilter>(["startedAfter", "startedBefore"]);

/** Builds the repository. */
export function createStatsRepository({ all, dialect }: Database): StatsRepository {
  const measures = measuresOf("", TRANSFERS, dialect);
  const outcome = `(SELECT ${outcomeIn(dialect.name)} FROM reports WHERE session_key = sessions.key)`;

  function rows(query: StatsQuery, filter: SessionFilter, scope: ConnectionScope): Sql {
    const conditions = new Conditions();
    addScope(conditions, scope, dialect);
    addFilter(conditions, filter, dialect);
    const columns = [
      ...columnsOf(query).map((name) => (name === "outcome" ? `${outcome} AS outcome` : name)),
      "started_at AS at",
      `${query.wanted.cost ? currencyOf("") : "''"} AS currency`,
      ...measuresIn(query).map((name) => `${measures[name]} AS ${name}`),
      ...(query.wanted.cost ? [`CASE WHEN ${measures.odd} = 1 THEN cost_amount END AS odd_amount`] : []),
      "0 AS hidden",
      ...(query.wanted.percentiles ? [`${millisecondsOf("")} AS duration`] : []),
    ];
    return {
      sql: `SELECT ${columns.join(", ")} FROM sessions${conditions.where}`,
      values: conditions.values,
    };
  }

  /** Whole stretches of time from the rollup, and what is left at either end from the rows. */
  function cells({ table, length }: Rollup, query: StatsQuery, scope: ConnectionScope): Sql {
    const { startedAfter, startedBefore, ...rest } = query.filter;
    const since = startedAfter === undefined ? undefined : Math.ceil(startedAfter / length) * length;
    const until = startedBefore === undefined ? undefined : Math.floor(startedBefore / length) * length;
    if (since !== undefined && until !== undefined && since > until) return rows(query, query.filter, scope);
    const conditions = new Conditions();
    addScope(conditions, scope, dialect);
    addFilter(conditions, rest, dialect);
    if (since !== undefined || until !== undefined) conditions.add(`start > ${NO_START}`);
    if (since !== undefined) conditions.add("start >= ?", since);
    if (until !== undefined) conditions.add("start < ?", until);
    const columns = [
      ...columnsOf(query),
      `NULLIF(start, ${NO_START}) AS at`,
      `${query.wanted.cost ? "currency" : "''"} AS currency`,
      ...measuresIn(query),
      // The amounts that a cell only counts.
      ...(query.wanted.cost ? ["NULL AS odd_amount", "odd AS hidden"] : ["0 AS hidden"]),
    ];
    const parts: Sql[] = [
      { sql: `SELECT ${columns.join(", ")} FROM ${table}${conditions.where}`, values: conditions.values },
    ];
    const addRows = (after: number, before: number) =>
      parts.push(rows(query, { ...rest, startedAfter: after, startedBefore: before }, scope));
    if (startedAfter !== undefined && since !== undefined && since > startedAfter)
      addRows(startedAfter, since);
    if (startedBefore !== undefined && until !== undefined && until < startedBefore)
      addRows(until, startedBefore);
    return {
      sql: parts.map(({ sql }) => sql).join(" UNION ALL "),
      values: parts.flatMap(({ values }) => values),
    };
  }

  async function sum(query: StatsQuery, source: Sql): Promise<SqlRow[]> {
    const bucketed = withBucket(source.sql, query.bucket, dialect);
    const keys = [...columnsOf(query), "bucket", "currency"];
    const sums = measuresIn(query).map((name) =>
      // As text: money may be more than a double holds.
      name === "fine" ? "CAST(sum(fine) AS text) AS fine" : `CAST(sum(${name}) AS bigint) AS ${name}`,
    );
    const columns = [
      ...keys,
      ...sums,
      ...(query.wanted.cost ? ["string_agg(odd_amount, ' ') AS odd_amounts"] : []),
      ...(query.wanted.percentiles ? ["string_agg(CAST(duration AS text), ' ') AS durations"] : []),
      "CAST(sum(hidden) AS bigint) AS hidden",
    ];
    const sql = `SELECT ${columns.join(", ")} FROM (${bucketed.sql}) AS counted GROUP BY ${keys.join(", ")} LIMIT ?`;
    // The offsets stand before the source in the text.
    return all(sql, [...bucketed.values, ...source.values, query.maxGroups + 1]);
  }

  return {
    async read(query, scope) {
      const rollup = ROLLUPS.find((candidate) => canTell(candidate, query));
      let found = await sum(query, rollup ? cells(rollup, query, scope) : rows(query, query.filter, scope));
      if (found.some((row) => row["hidden"] !== 0))
        found = await sum(query, rows(query, query.filter, scope));
      return found.length > query.maxGroups ? null : toGroups(query, found);
    },
  };
}

function columnsOf({ groupBy }: StatsQuery): string[] {
  return groupBy.map((dimension) => DIMENSION_COLUMNS[dimension]);
}

function measuresIn({ wanted }: StatsQuery): (typeof MEASURES)[number][] {
  return MEASURES.filter((name) => {
    if (name === "transfers") return wanted.transfers;
    return name === "fine" ? wanted.cost : name !== "odd";
  });
}

function outcomeIn(name: "sqlite" | "postgres"): string {
  return name === "sqlite" ? "json_extract(data, '$.outcome')" : "CAST(data AS jsonb) ->> 'outcome'";
}

/** True when the rollup tells apart all that the question does. */
function canTell({ keys, length }: Rollup, query: StatsQuery): boolean {
  if (query.wanted.percentiles || (query.bucket !== null && !fits(query.bucket, length))) return false;
  const known = new Set<string | undefined>(["connection", ...keys]);
  const conditions = Object.keys(query.filter).filter((name) => !TIMES.has(name));
  return (
    columnsOf(query).every((column) => known.has(column)) &&
    conditions.every((name) => known.has(CONDITION_COLUMNS[name as keyof SessionFilter]))
  );
}
