/** Brings the tables up to date. Programmatic, so that it works the same compiled, under test and in a package. */
import { setTimeout } from "node:timers/promises";
import type { Knex } from "knex";
import type { Database } from "../sql.js";
import * as initial from "./0001-initial.js";
import * as commandLog from "./0002-command-log.js";
import * as search from "./0003-search.js";
import * as statistics from "./0004-statistics.js";
import * as coverageFromBefore from "./0005-coverage-from-before.js";
import * as sessionJoins from "./0006-session-joins.js";
import * as erasure from "./0007-erasure.js";
import * as sessionLists from "./0008-session-lists.js";
import * as lookDigest from "./0009-look-digest.js";
import * as changeFeed from "./0010-change-feed.js";
import * as leases from "./0011-leases.js";
import * as webhookInbox from "./0012-webhook-inbox.js";
import * as changeUndo from "./0013-change-undo.js";

interface Migration {
  up(knex: Knex): Promise<void>;
  down(knex: Knex): Promise<void>;
}

/** In order; names are for ever, since they are what a database remembers. */
const MIGRATIONS: readonly (readonly [string, Migration])[] = [
  ["0001-initial", initial],
  ["0002-command-log", commandLog],
  ["0003-search", search],
  ["0004-statistics", statistics],
  ["0005-coverage-from-before", coverageFromBefore],
  ["0006-session-joins", sessionJoins],
  ["0007-erasure", erasure],
  ["0008-session-lists", sessionLists],
  ["0009-look-digest", lookDigest],
  ["0010-change-feed", changeFeed],
  ["0011-leases", leases],
  ["0012-webhook-inbox", webhookInbox],
  ["0013-change-undo", changeUndo],
];

const source: Knex.MigrationSource<readonly [string, Migration]> = {
  getMigrations: () => Promise.resolve([...MIGRATIONS]),
  getMigrationName: ([name]) => name,
  getMigration: ([, migration]) => Promise.resolve(migration),
};

/** Any number that nothing else on the server locks with. */
const ADVISORY_LOCK = 0x5357_4244;
/** Where the library keeps what has run. */
const TABLE = "knex_migrations";
/** Tries on SQLite, where two processes that start at once can get into each other's way, and the pause between them. */
const TRIES = 20;
const PAUSE_MS = 100;

/** What a database has behind it and before it. */
export interface MigrationStatus {
  done: readonly string[];
  pending: readonly string[];
  /** Ran by a newer version than this one, which does not know them and cannot use the database. */
  unknown: readonly string[];
}

/** Every migration, for a database that is not there yet. */
export const NOTHING_DONE: MigrationStatus = {
  done: [],
  pending: MIGRATIONS.map(([name]) => name),
  unknown: [],
};

/** Reads what has run; changes nothing. */
export async function migrationStatus(database: Database): Promise<MigrationStatus> {
  await reach(database);
  const { knex } = database;
  if (!(await knex.schema.hasTable(TABLE))) return NOTHING_DONE;
  const rows = await knex<{ id: number; name: string }>(TABLE).select("name").orderBy("id");
  const done = rows.map(({ name }) => name);
  const known = MIGRATIONS.map(([name]) => name);
  return {
    done,
    pending: known.filter((name) => !done.includes(name)),
    unknown: done.filter((name) => !known.includes(name)),
  };
}

/**
 * Runs what has not run yet, and answers its names. On PostgreSQL gateways that start at once wait for each other; on
 * SQLite they follow each other by its lock. Throws `RangeError` for a database of a newer version.
 */
export async function migrate(database: Database): Promise<string[]> {
  const { knex, dialect } = database;
  await reach(database);
  if (dialect.name === "sqlite") return retrying(() => run(database));
  return knex.transaction(async (held) => {
    await held.raw("SELECT pg_advisory_xact_lock(?)", [ADVISORY_LOCK]);
    return run(database);
  });
}

/** Whether the database answers at all is told in words of ours; the query builder would tell its own. */
async function reach(database: Database): Promise<void> {
  await database.all("SELECT 1", []);
}

async function run(database: Database): Promise<string[]> {
  const { unknown } = await migrationStatus(database);
  if (unknown.length > 0)
    throw new RangeError(
      `the database is of a newer version of Switchboard: it has had ${unknown.join(", ")}`,
    );
  const [, names] = (await database.knex.migrate.latest({ migrationSource: source })) as [number, string[]];
  return names;
}

/** Another process may make the same tables between our look and our writing: then they are there at the next look. */
async function retrying<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      const rival = /SQLITE_BUSY|already exists|MigrationLocked|migration table is already locked|UNIQUE/i;
      const text =
        error instanceof Error ? `${(error as { code?: string }).code} ${error.name} ${error.message}` : "";
      if (tries === TRIES || !rival.test(text)) throw error;
      await setTimeout(PAUSE_MS);
    }
  }
}
