/** SQLite's result codes as the kinds of trouble that the rest of the house tells apart. Pure. */
import { DatabaseUnavailableError, type DatabaseTrouble } from "../../errors/index.js";

/** By the beginning of the code: SQLite appends details (`SQLITE_BUSY_SNAPSHOT`). The first that fits counts. */
const TROUBLES: readonly (readonly [string, DatabaseTrouble])[] = [
  ["SQLITE_BUSY", "BUSY"],
  ["SQLITE_LOCKED", "BUSY"],
  ["SQLITE_FULL", "FULL"],
  // The shared memory beside the file could not grow.
  ["SQLITE_IOERR_SHMSIZE", "FULL"],
  ["SQLITE_IOERR_SHMMAP", "FULL"],
  ["SQLITE_READONLY", "READ_ONLY"],
  ["SQLITE_CANTOPEN", "GONE"],
  ["SQLITE_IOERR", "BROKEN"],
  ["SQLITE_CORRUPT", "BROKEN"],
  ["SQLITE_NOTADB", "BROKEN"],
];

/** What kind of trouble an error of the driver is; null for mistakes of ours (a wrong statement, a broken constraint). */
export function sqliteTrouble(error: unknown): DatabaseTrouble | null {
  const code = (error as { code?: unknown } | null)?.code;
  if (typeof code !== "string") return null;
  return TROUBLES.find(([prefix]) => code.startsWith(prefix))?.[1] ?? null;
}

/** The error that others are told: ours where the database is in trouble, else the driver's own. */
export function toSqliteFailure(error: unknown): Error {
  const trouble = sqliteTrouble(error);
  if (trouble !== null) return new DatabaseUnavailableError(trouble, { cause: error });
  return error instanceof Error ? error : new Error(String(error));
}
