import type { Dialect } from "../sql.js";

/** SQLite's way of saying it. */
export const sqliteDialect: Dialect = {
  name: "sqlite",
  among: (column) => `${column} IN (SELECT value FROM json_each(?))`,
  // A list of keys per text, each read along an index: a join would have no limit of its own.
  eachOf: (alias, _columns, tail) =>
    `json_each(?) AS ${alias} CROSS JOIN sessions AS found ON found.key IN (SELECT key ${tail})`,
  list: (values) => JSON.stringify(values),
  jsonText: (column) => `CAST(json_extract(${column}, ?) AS TEXT)`,
  jsonName: (name) => `$."${name}"`,
  // json_extract answers true as 1; compared as text it needs that spelling.
  jsonScalar: (value) => (typeof value === "boolean" ? String(Number(value)) : String(value)),
  isGone: () => null,
  // BEGIN IMMEDIATE lets in one writer at a time.
  lock: () => null,
};
