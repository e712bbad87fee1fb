import type { Dialect } from "../sql.js";
import { sqliteSearch } from "./sqlite-search.js";

/** SQLite's way of saying it. */
export const sqliteDialect: Dialect = {
  name: "sqlite",
  among: (column) => `${column} IN (SELECT value FROM json_each(?))`,
  list: (values) => JSON.stringify(values),
  jsonText: (column) => `CAST(json_extract(${column}, ?) AS TEXT)`,
  jsonName: (name) => `$."${name}"`,
  // json_extract answers true as 1; compared as text it needs that spelling.
  jsonScalar: (value) => (typeof value === "boolean" ? String(Number(value)) : String(value)),
  isGone: () => null,
  // BEGIN IMMEDIATE lets in one writer at a time.
  lock: () => null,
  search: sqliteSearch,
};
