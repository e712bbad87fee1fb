import type { Dialect } from "../sql.js";

/** PostgreSQL's way of saying it. */
export const postgresDialect: Dialect = {
  name: "postgres",
  among: (column, kind) => `${column} = ANY(?::${kind === "text" ? "text" : "bigint"}[])`,
  list: (values) => values,
  jsonText: (column) => `(${column} ->> ?)`,
  jsonName: (name) => name,
  jsonScalar: (value) => String(value),
  lock: (connection) => ({
    sql: "SELECT pg_advisory_xact_lock(hashtextextended(?, 0))",
    values: [connection],
  }),
};
