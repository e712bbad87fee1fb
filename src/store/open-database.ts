/** A URL to an open, migrated database. */
import { migrate } from "./migrations/migrate.js";
import { openPostgres } from "./postgres/postgres-database.js";
import type { Database } from "./sql.js";
import { openSqlite } from "./sqlite/sqlite-database.js";

/**
 * Opens `sqlite:PATH`, `sqlite::memory:` or `postgres://…` and brings its tables up to date, under a lock. Throws
 * `RangeError` for any other URL (without repeating it: it may hold a password) and the driver's error when the
 * database cannot be opened.
 */
export async function openDatabase(url: string): Promise<Database> {
  const database = open(url);
  try {
    await migrate(database);
  } catch (error) {
    await database.close();
    throw error;
  }
  return database;
}

function open(url: string): Database {
  const path = /^sqlite:(?:\/\/(?=\/))?(.+)$/.exec(url)?.[1];
  if (path !== undefined) return openSqlite(path);
  if (/^postgres(?:ql)?:\/\//.test(url)) return openPostgres(url);
  throw new RangeError(
    "expected a database URL: sqlite:PATH, sqlite::memory: or postgres://USER@HOST/DATABASE",
  );
}
