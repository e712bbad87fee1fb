/** A URL to an open, migrated database. */
import { existsSync } from "node:fs";
import type { DatabaseOptions } from "./database-options.js";
import { migrate } from "./migrations/migrate.js";
import { openPostgres } from "./postgres/postgres-database.js";
import type { Database } from "./sql.js";
import { openSqlite } from "./sqlite/sqlite-database.js";

/**
 * Opens `sqlite:PATH`, `sqlite::memory:` or `postgres://…` and brings its tables up to date, under a lock. Throws
 * `RangeError` for any other URL (without repeating it: it may hold a password) and the driver's error when the
 * database cannot be opened.
 */
export async function openDatabase(url: string, options?: DatabaseOptions): Promise<Database> {
  const database = openAsItIs(url, options);
  try {
    await migrate(database);
  } catch (error) {
    await database.close();
    throw error;
  }
  return database;
}

/** True unless the URL names a file that is not there (opening it would make it). */
export function databaseExists(url: string): boolean {
  const path = sqlitePath(url);
  return path === undefined || path === ":memory:" || existsSync(path);
}

function sqlitePath(url: string): string | undefined {
  return /^sqlite:(?:\/\/(?=\/))?(.+)$/.exec(url)?.[1];
}

/** The same without touching the tables. */
export function openAsItIs(url: string, options?: DatabaseOptions): Database {
  const path = sqlitePath(url);
  if (path !== undefined) return openSqlite(path, options);
  if (/^postgres(?:ql)?:\/\//.test(url)) return openPostgres(url, options);
  throw new RangeError(
    "expected a database URL: sqlite:PATH, sqlite::memory: or postgres://USER@HOST/DATABASE",
  );
}
