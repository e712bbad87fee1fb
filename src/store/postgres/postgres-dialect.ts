import type { Dialect } from "../sql.js";
import { postgresSearch } from "./postgres-search.js";

/** First half of the advisory locks that processes announce themselves with; the second is the process's number. */
export const PRESENCE_LOCK = 0x5357_5052;

/** The advisory lock under which rows of the change log are numbered, in two halves like that of a process. */
const CHANGE_LOG_LOCK = [0x5357_434c, 0] as const;

/** PostgreSQL's way of saying it. */
export const postgresDialect: Dialect = {
  name: "postgres",
  among: (column, kind) => `${column} = ANY(?::${kind === "text" ? "text" : "bigint"}[])`,
  eachOf: (alias, columns, tail) =>
    `unnest(?::text[]) AS ${alias}(value) CROSS JOIN LATERAL (SELECT ${columns} ${tail}) AS found`,
  list: (values) => values,
  jsonText: (column) => `(${column} ->> ?)`,
  jsonName: (name) => name,
  jsonScalar: (value) => String(value),
  isGone: (owner) => ({
    sql: "SELECT pg_try_advisory_xact_lock(?, ?) AS gone",
    values: [PRESENCE_LOCK, owner],
  }),
  lock: (connection) => ({
    sql: "SELECT pg_advisory_xact_lock(hashtextextended(?, 0))",
    values: [connection],
  }),
  now: "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS bigint)",
  changeLogLock: { sql: "SELECT pg_advisory_xact_lock(?, ?)", values: CHANGE_LOG_LOCK },
  search: postgresSearch,
  columns: `SELECT t.table_name, c.column_name,
      CASE WHEN c.data_type IN ('text', 'character varying', 'json', 'jsonb', 'tsvector') THEN 1 ELSE 0 END AS is_text
    FROM information_schema.tables AS t
    JOIN information_schema.columns AS c ON c.table_schema = t.table_schema AND c.table_name = t.table_name
    WHERE t.table_schema = current_schema() AND t.table_type = 'BASE TABLE' ORDER BY t.table_name, c.ordinal_position`,
};
