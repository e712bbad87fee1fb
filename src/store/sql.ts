/**
 * The hot path to a database: SQL text with `?` for parameters, rows out. Statements are prepared once and kept by the
 * connection (50 times as fast as going through the query builder for each point read, measured).
 */

import type { Knex } from "knex";
import type { SearchDialect } from "./search-dialect.js";

/** What can be bound. Lists go through `Dialect.among`. */
export type SqlValue =
  string | number | null | readonly string[] | readonly number[] | readonly (string | number | null)[];

/** One statement of a plan. */
export interface SqlRequest {
  sql: string;
  values: readonly SqlValue[];
}

/** A row as the driver gives it. */
export type SqlRow = Record<string, unknown>;

/**
 * A transaction as a generator: it yields statements and is given their rows. SQLite runs it from begin to commit
 * without a tick in between, so nothing else on the connection can see it half done; PostgreSQL awaits each statement.
 */
export type SqlPlan<T> = Generator<SqlRequest, T, SqlRow[]>;

/** What differs between the databases, and nothing else. */
export interface Dialect {
  readonly name: "sqlite" | "postgres";
  /** `column` is one of the values bound to the next parameter. */
  among(column: string, kind: "text" | "integer"): string;
  /** Turns a list into what `among` binds. */
  list(values: readonly string[] | readonly number[]): SqlValue;
  /**
   * What follows FROM to have, for each text of the list bound to the next parameter, the rows of `sessions` that
   * `tail` (from its own FROM on) finds with `<alias>.value` standing for that text: `found` with the `columns` given.
   */
  eachOf(alias: string, columns: string, tail: string): string;
  /** The member of the JSON in `column` whose name is bound to the next parameter, as text (null when absent). */
  jsonText(column: string): string;
  /** The bound form of a member's name for `jsonText`. */
  jsonName(name: string): string;
  /** A scalar as `jsonText` spells it. */
  jsonScalar(value: string | number | boolean): string;
  /**
   * The statement whose row says, as `gone`, whether the process that announced itself under a number has ended; null
   * where one process at a time has the database, so that every other one has.
   */
  isGone(owner: number): SqlRequest | null;
  /** The statement that makes transactions on one connection's sessions follow each other; null when they do anyway. */
  lock(connection: string): SqlRequest | null;
  /** The database's own time, milliseconds since the epoch: the one clock that several gateways share. */
  readonly now: string;
  /**
   * The statement after which the numbers of the change log are handed out in the order of commits (docs/adr/0030); null
   * where they are anyway.
   */
  readonly changeLogLock: SqlRequest | null;
  readonly search: SearchDialect;
  /** Every column of every table of ours: `table_name`, `column_name`, and `is_text` as 0 or 1. */
  readonly columns: string;
}

/** An open database. */
export interface Database {
  readonly dialect: Dialect;
  /** The query builder, for migrations and for building what is not hot. */
  readonly knex: Knex;
  /**
   * Runs one statement. It may be sent a second time when the server goes away under it, so a statement that writes must
   * be one that can be repeated; what cannot goes through `transaction`.
   * Rejects with `DatabaseUnavailableError` when the database is in trouble, with the driver's error when the statement is.
   * @param options.planned anew each time, for statements whose best plan depends on the values bound. @default "ONCE"
   */
  all(
    sql: string,
    values: readonly SqlValue[],
    options?: { planned: "ONCE" | "EACH_TIME" },
  ): Promise<SqlRow[]>;
  /**
   * Runs a plan in one transaction: all of it or nothing, and once. The plan itself may be called several times (after a
   * lost connection, a deadlock, a lock that another holds), so it changes nothing outside. Rejects like `all`.
   * @param options.durable on disk before it resolves, whatever happens to the machine. @default false
   */
  transaction<T>(plan: () => SqlPlan<T>, options?: { durable?: boolean }): Promise<T>;
  /** Resolves when all that was committed before the call is on disk, whatever happens to the machine. */
  flush(): Promise<void>;
  /**
   * Makes this process known under a number until the database is closed or the process ends, however it ends: others
   * learn it through `Dialect.isGone`.
   */
  announce(owner: number): Promise<void>;
  /** Rejects with `DatabaseUnavailableError` while the database cannot be read, or does not take a write. */
  ping(): Promise<void>;
  /**
   * Gives free room back to the disk, this many pages at most, and answers how many it gave. PostgreSQL's autovacuum does
   * that by itself: 0.
   */
  reclaim(pages: number): Promise<number>;
  /**
   * Makes what has been deleted unreadable in the files as well. SQLite writes its file anew, and others wait with their
   * writes meanwhile; PostgreSQL vacuums. Rejects with `DatabaseUnavailableError` when others do not let it.
   */
  scrub(): Promise<void>;
  close(): Promise<void>;
}

/** Inside a plan: runs one statement and answers its rows. */
export function* run(sql: string, values: readonly SqlValue[]): Generator<SqlRequest, SqlRow[], SqlRow[]> {
  return yield { sql, values };
}
