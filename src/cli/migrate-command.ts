import { parseArgs } from "node:util";
import { DatabaseUnavailableError } from "../errors/index.js";
import { migrate, migrationStatus, NOTHING_DONE, type MigrationStatus } from "../store/migrations/migrate.js";
import { databaseExists, openAsItIs } from "../store/open-database.js";
import type { Command } from "./commands.js";
import { readConfig } from "./start-command.js";
import { databaseOptions } from "./start-gateway.js";

const HELP = `switchboard migrate [--dry-run]

Brings the tables of the database that DATABASE_URL names up to date. \`switchboard start\` does the same by itself; this
is for doing it beforehand. Processes that migrate at once wait for each other.

  --dry-run    say what has run and what would, and change nothing

Exit code: 0 done, 1 failed or the database is of a newer version, 2 bad configuration or arguments.
`;

/** `switchboard migrate`: the tables, up to date. */
export const runMigrate: Command = async (input) => {
  const { argv, print } = input;
  const options = readArguments(argv);
  if (options === null || options.help) {
    print(HELP);
    return options === null ? 2 : 0;
  }
  const config = readConfig(input);
  if (config === null) return 2;
  if (options["dry-run"] && !databaseExists(config.databaseUrl)) {
    print(`There is no database yet.\n${describe(NOTHING_DONE)}`);
    return 0;
  }
  try {
    const database = openAsItIs(config.databaseUrl, databaseOptions(config));
    try {
      const status = await migrationStatus(database);
      if (options["dry-run"] || status.unknown.length > 0) {
        print(describe(status));
        return status.unknown.length > 0 ? 1 : 0;
      }
      const names = await migrate(database);
      print(names.length === 0 ? "Up to date.\n" : `Ran ${names.join(", ")}.\n`);
      return 0;
    } finally {
      await database.close();
    }
  } catch (error) {
    // The driver's words may hold the URL, and with it a password; a version's mismatch is our own sentence.
    const isOurs = error instanceof DatabaseUnavailableError || error instanceof RangeError;
    const code = (error as { code?: unknown } | null)?.code;
    const why = isOurs ? error.message : `The database could not be migrated (${String(code ?? "no code")}).`;
    print(`${why}\n`);
    return 1;
  }
};

function describe({ done, pending, unknown }: MigrationStatus): string {
  const lines = [
    ...done.filter((name) => !unknown.includes(name)).map((name) => `  done     ${name}`),
    ...pending.map((name) => `  pending  ${name}`),
    ...unknown.map((name) => `  unknown  ${name}  (the database is of a newer version of Switchboard)`),
  ];
  return `${lines.join("\n")}\n`;
}

function readArguments(argv: readonly string[]): { "dry-run": boolean; help: boolean } | null {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        "dry-run": { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
    return values;
  } catch {
    return null;
  }
}
