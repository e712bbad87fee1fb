/** Room in the file that deleted rows have left. */
import type SqliteDriver from "better-sqlite3";
import { DatabaseUnavailableError } from "../../errors/index.js";

/** Part of the file that may be free before any of it is given back: it will be written to again soon enough. */
const SLACK = 0.1;
/** Patience of the rewrite with readers of other processes, milliseconds. They read for a moment each. */
const SCRUB_TIMEOUT_MS = 10_000;

/** Gives back what is free beyond the slack, `pages` at most; answers how many. 0 for files made without auto_vacuum. */
export function reclaim(driver: SqliteDriver.Database, pages: number): number {
  const count = (name: string) => Number(driver.pragma(name, { simple: true }));
  const free = count("freelist_count");
  const spare = Math.floor(free - count("page_count") * SLACK);
  if (spare <= 0) return 0;
  driver.pragma(`incremental_vacuum(${Math.min(spare, pages)})`);
  return free - count("freelist_count");
}

/** A search index keeps the words of removed rows until its parts are merged. */
const SEARCH_INDEXES =
  "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE 'CREATE VIRTUAL TABLE%USING fts5%'";

/** Writes the file anew from what is in the tables, and empties the log beside it. */
export function scrub(driver: SqliteDriver.Database): void {
  const usual = Number(driver.pragma("busy_timeout", { simple: true }));
  driver.pragma(`busy_timeout = ${SCRUB_TIMEOUT_MS}`);
  try {
    for (const { name } of driver.prepare(SEARCH_INDEXES).all() as { name: string }[])
      driver.exec(`INSERT INTO "${name}" ("${name}") VALUES ('optimize')`);
    driver.exec("VACUUM");
    const [result] = driver.pragma("wal_checkpoint(TRUNCATE)") as { busy: number }[];
    if (result?.busy !== 0) throw new DatabaseUnavailableError("BUSY");
  } finally {
    driver.pragma(`busy_timeout = ${usual}`);
  }
}
