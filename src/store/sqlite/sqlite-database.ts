/** SQLite, embedded: WAL, one connection, prepared statements kept for as long as the database is open. */
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import SqliteDriver from "better-sqlite3";
import knexFactory, { type Knex } from "knex";
// The dialect's class has no door of its own, and a client over a connection that is open already must extend it.
import BetterSqliteClient from "knex/lib/dialects/better-sqlite3/index.js";
import type { Database, SqlPlan, SqlRow, SqlValue } from "../sql.js";
import { sqliteDialect } from "./sqlite-dialect.js";

/** Statements kept prepared; page queries vary with their filters. */
const MAX_STATEMENTS = 500;
/** How long a statement waits for another process's lock, milliseconds. */
const BUSY_TIMEOUT_MS = 5_000;

/** Opens a file (its folder is made) or `:memory:`. Throws when the file is no database or cannot be opened. */
export function openSqlite(path: string): Database {
  if (path !== ":memory:") mkdirSync(dirname(path), { recursive: true });
  const driver = new SqliteDriver(path, { timeout: BUSY_TIMEOUT_MS });
  driver.pragma("journal_mode = WAL");
  // In WAL, NORMAL cannot corrupt; a power cut may lose the last transactions, which the next poll reads again.
  driver.pragma("synchronous = NORMAL");
  driver.pragma("foreign_keys = ON");
  driver.pragma("cache_size = -65536");
  const knex = knexOver(driver);
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
    if (statement.reader) return statement.all(...values) as SqlRow[];
    statement.run(...values);
    return [];
  }

  const inTransaction = driver.transaction((plan: () => SqlPlan<unknown>): unknown => {
    const steps = plan();
    let step = steps.next();
    while (step.done !== true) step = steps.next(execute(step.value.sql, step.value.values));
    return step.value;
  });

  return {
    dialect: sqliteDialect,
    knex,
    // Promises for an interface that PostgreSQL shares; the work itself is done before they are made.
    all: (sql, values) => attempt(() => execute(sql, values)),
    transaction: <T>(plan: () => SqlPlan<T>, { durable = false }: { durable?: boolean } = {}) =>
      attempt(() => {
        if (durable) driver.pragma("synchronous = FULL");
        try {
          return inTransaction.immediate(plan) as T;
        } finally {
          if (durable) driver.pragma("synchronous = NORMAL");
        }
      }),
    announce: () => Promise.resolve(),
    ping: () => attempt(() => void execute("SELECT 1", [])),
    async close() {
      await knex.destroy();
      driver.close();
    },
  };
}

function attempt<T>(work: () => T): Promise<T> {
  try {
    return Promise.resolve(work());
  } catch (error) {
    return Promise.reject(error instanceof Error ? error : new Error(String(error)));
  }
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
