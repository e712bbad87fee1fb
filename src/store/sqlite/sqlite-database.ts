/** SQLite, embedded: WAL, one connection, prepared statements kept for as long as the database is open. */
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout } from "node:timers/promises";
import SqliteDriver from "better-sqlite3";
import knexFactory, { type Knex } from "knex";
// The dialect's class has no door of its own, and a client over a connection that is open already must extend it.
import BetterSqliteClient from "knex/lib/dialects/better-sqlite3/index.js";
import { DATABASE_DEFAULTS, type DatabaseOptions } from "../database-options.js";
import type { Database, SqlPlan, SqlRow, SqlValue } from "../sql.js";
import { createWriteProbe } from "../write-probe.js";
import { reclaim, scrub } from "./free-pages.js";
import { watchPlace } from "./file-place.js";
import { sqliteDialect } from "./sqlite-dialect.js";
import { sqliteTrouble, toSqliteFailure } from "./sqlite-failures.js";
import { createWalDisk } from "./wal-disk.js";

/** Statements kept prepared; page queries vary with their filters. */
const MAX_STATEMENTS = 500;
/** How long opening and migrating wait for another process's lock, milliseconds. */
const OPENING_TIMEOUT_MS = 10_000;
/**
 * How long a statement waits in the driver, milliseconds. Nothing else in the process runs meanwhile, so whoever must
 * wait longer does it between tries.
 */
const BUSY_TIMEOUT_MS = 10;
/** Longest pause between two tries for a lock, milliseconds. */
const MAX_PAUSE_MS = 100;
/** How long a probe waits for a lock before it says that writes do not work, milliseconds. */
const PROBE_PATIENCE_MS = 1_000;

/** Opens a file (its folder is made) or `:memory:`. Throws when the file is no database or cannot be opened. */
export function openSqlite(
  path: string,
  { patienceMs = DATABASE_DEFAULTS.patienceMs }: DatabaseOptions = {},
): Database {
  if (path !== ":memory:") mkdirSync(dirname(path), { recursive: true });
  const driver = new SqliteDriver(path, { timeout: OPENING_TIMEOUT_MS });
  // Takes effect in files that are empty still: what is removed can be given back to the disk a few pages at a time.
  driver.pragma("auto_vacuum = INCREMENTAL");
  const journal = driver.pragma("journal_mode = WAL", { simple: true });
  const hasWal = journal === "wal";
  // In WAL, NORMAL cannot corrupt; a power cut may lose the last transactions, which the next poll reads again. Where the
  // file system has no WAL every commit waits for the disk.
  driver.pragma(`synchronous = ${hasWal ? "NORMAL" : "FULL"}`);
  driver.pragma("foreign_keys = ON");
  // Kilobytes. The operating system has the file's pages as well: twice as much made no measurable difference.
  driver.pragma("cache_size = -32768");
  const knex = knexOver(driver);
  const probe = createWriteProbe();
  const checkPlace = watchPlace(path);
  const disk = hasWal ? createWalDisk(path) : null;
  let isOpening = true;
  const statements = new Map<string, SqliteDriver.Statement>();

  function prepare(sql: string): SqliteDriver.Statement {
    const known = statements.get(sql);
    if (known !== undefined) return known;
    const statement = driver.prepare(sql);
    const oldest = statements.size >= MAX_STATEMENTS ? statements.keys().next().value : undefined;
    if (oldest !== undefined) statements.delete(oldest);
    statements.set(sql, statement);
    return statement;
  }

  function execute(sql: string, values: readonly SqlValue[]): SqlRow[] {
    const statement = prepare(sql);
    if (!statement.readonly && !driver.inTransaction) checkPlace();
    if (statement.reader) return statement.all(...values) as SqlRow[];
    statement.run(...values);
    return [];
  }

  /** Tries until the lock is free or the patience is over; in between the process goes on with other work. */
  async function patiently<T>(work: () => T, patience = patienceMs): Promise<T> {
    if (isOpening) driver.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`);
    isOpening = false;
    const deadline = Date.now() + patience;
    for (let pause = 5; ; pause = Math.min(pause * 2, MAX_PAUSE_MS)) {
      try {
        return work();
      } catch (error) {
        if (sqliteTrouble(error) !== "BUSY" || Date.now() + pause > deadline)
          throw probe.noteFailure(toSqliteFailure(error));
      }
      await setTimeout(pause);
    }
  }

  /** Fails unless the file is in its place, can be read, and takes a write. */
  const tryOut = driver.transaction(() => {
    execute("SELECT count(*) FROM sqlite_master", []);
    const trial = probe.trial();
    if (trial !== null) execute(trial.sql, trial.values);
  });

  const inTransaction = driver.transaction((plan: () => SqlPlan<unknown>): unknown => {
    const steps = plan();
    let step = steps.next();
    while (step.done !== true) step = steps.next(execute(step.value.sql, step.value.values));
    return step.value;
  });

  return {
    dialect: sqliteDialect,
    knex,
    // The work itself is done before the promise is made, unless there is a lock to wait for.
    all: (sql, values) => patiently(() => execute(sql, values)),
    async transaction<T>(plan: () => SqlPlan<T>, { durable = false }: { durable?: boolean } = {}) {
      const { result, flushed } = await patiently(() => {
        checkPlace();
        const result = inTransaction.immediate(plan) as T;
        // Begun in one go with the commit, so that whoever closes the database waits for it.
        return { result, flushed: durable ? disk?.flush() : undefined };
      });
      await flushed;
      return result;
    },
    flush: () => disk?.flush() ?? Promise.resolve(),
    announce: () => Promise.resolve(),
    async ping() {
      checkPlace();
      await patiently(() => tryOut.immediate(), PROBE_PATIENCE_MS);
      probe.noteSuccess();
    },
    reclaim: (pages) => patiently(() => reclaim(driver, pages)),
    scrub: () => patiently(() => scrub(driver)),
    async close() {
      await disk?.close();
      await knex.destroy();
      driver.close();
    },
  };
}

/** The query builder over the connection that is open already: one file handle, one view of the data. */
function knexOver(driver: SqliteDriver.Database): Knex {
  class SharedConnection extends BetterSqliteClient {
    override acquireRawConnection(): Promise<SqliteDriver.Database> {
      return Promise.resolve(driver);
    }
    override destroyRawConnection(): Promise<void> {
      return Promise.resolve();
    }
  }
  const client = SharedConnection as unknown as typeof Knex.Client;
  return knexFactory({
    client,
    connection: { filename: driver.name },
    useNullAsDefault: true,
    pool: { min: 1, max: 1 },
  });
}
