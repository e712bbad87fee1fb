import type { Dialect } from "../sql.js";
import { sqliteSearch } from "./sqlite-search.js";

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
  now: "CAST(unixepoch('subsec') * 1000 AS INTEGER)",
  changeLogLock: null,
  search: sqliteSearch,
  // Indexes of a search are virtual and shadow tables: they follow the tables that they are made of.
  columns: `SELECT l.name AS table_name, c.name AS column_name,
      CASE WHEN c.type = '' OR c.type LIKE '%TEXT%' OR c.type LIKE '%CHAR%' OR c.type LIKE '%JSON%' THEN 1 ELSE 0 END AS is_text
    FROM pragma_table_list AS l JOIN pragma_table_info(l.name) AS c
    WHERE l.schema = 'main' AND l.type = 'table' AND l.name NOT LIKE 'sqlite%' ORDER BY l.name, c.cid`,
};
