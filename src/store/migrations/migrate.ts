/** Brings the tables up to date. Programmatic, so that it works the same compiled, under test and in a package. */
import type { Knex } from "knex";
import type { Database } from "../sql.js";
import * as initial from "./0001-initial.js";
import * as commandLog from "./0002-command-log.js";
import * as sessionLists from "./0008-session-lists.js";

interface Migration {
  up(knex: Knex): Promise<void>;
  down(knex: Knex): Promise<void>;
}

/** In order; names are for ever, since they are what a database remembers. */
const MIGRATIONS: readonly (readonly [string, Migration])[] = [
  ["0001-initial", initial],
  ["0002-command-log", commandLog],
  ["0008-session-lists", sessionLists],
];

const source: Knex.MigrationSource<readonly [string, Migration]> = {
  getMigrations: () => Promise.resolve([...MIGRATIONS]),
  getMigrationName: ([name]) => name,
  getMigration: ([, migration]) => Promise.resolve(migration),
};

/** Any number that nothing else on the server locks with. */
const ADVISORY_LOCK = 0x5357_4244;

/** Runs what has not run yet. On PostgreSQL gateways that start at once wait for each other; SQLite has its own lock. */
export async function migrate({ knex, dialect }: Database): Promise<void> {
  if (dialect.name === "sqlite") {
    await knex.migrate.latest({ migrationSource: source });
    return;
  }
  await knex.transaction(async (held) => {
    await held.raw("SELECT pg_advisory_xact_lock(?)", [ADVISORY_LOCK]);
    await knex.migrate.latest({ migrationSource: source });
  });
}
