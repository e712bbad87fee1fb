import { parseArgs } from "node:util";
import { spellAddress, type AddressSpelling } from "../model/index.js";
import { erase, planErasure, type EraseReport } from "../retention/erase.js";
import { createStore } from "../store/create-store.js";
import { databaseExists, openDatabase } from "../store/open-database.js";
import { DatabaseUnavailableError } from "../errors/index.js";
import type { Command } from "./commands.js";
import { readConfig } from "./start-command.js";
import { databaseOptions } from "./start-gateway.js";

const HELP = `switchboard erase --address NUMBER [--region XX] [--dry-run] [--yes]

Erases one person's data from the database that DATABASE_URL names: every session, of every connection, that has the
number or address anywhere, with its transcript, report, recordings, events, payload and changes. Any spelling of a
number will do. What was erased does not come back with the next synchronisation. Gateways may run meanwhile.

  --address NUMBER   a telephone number, SIP address, e-mail address or user name
  --region XX        country of a number without a country code (default: SWITCHBOARD_DEFAULT_REGION)
  --dry-run          count what would go, and change nothing
  --yes              do it

What is at the providers is not touched: erase it there as well. See docs/operations.md.

Exit code: 0 done, 1 failed or something is left, 2 bad configuration or arguments.
`;

interface Options {
  address: string | undefined;
  region: string | undefined;
  "dry-run": boolean;
  yes: boolean;
  help: boolean;
}

/** `switchboard erase`: what a person may ask for by law. */
export const runErase: Command = async (input) => {
  const { argv, print } = input;
  const options = readArguments(argv);
  if (options === null || options.help) {
    print(HELP);
    return options === null ? 2 : 0;
  }
  const config = readConfig(input);
  if (config === null) return 2;
  const { address: typed = "", region = config.defaultRegion, "dry-run": dryRun, yes } = options;
  const address = spellAddress(typed, region);
  if (address === null || address.core.length < 3 || !/^[A-Z]{2}$/.test(region)) {
    print(`Expected --address with a number or address of three characters or more.\n\n${HELP}`);
    return 2;
  }
  if (dryRun === yes) {
    print(`Say either --dry-run or --yes: an erasure cannot be undone.\n\n${HELP}`);
    return 2;
  }
  if (!databaseExists(config.databaseUrl)) {
    print("There is no database where DATABASE_URL points to.\n");
    return 1;
  }
  try {
    const database = await openDatabase(config.databaseUrl, databaseOptions(config));
    const store = createStore(database);
    try {
      const report = dryRun
        ? await planErasure(store.erasure, address)
        : await erase(store.erasure, address, Date.now);
      print(describe(report, address, dryRun));
      return report.left.size === 0 ? 0 : 1;
    } finally {
      await store.close();
    }
  } catch (error) {
    // What the driver says may quote what it was given: the number, or the password in the URL.
    const isOurs = error instanceof DatabaseUnavailableError || error instanceof RangeError;
    const why = isOurs ? error.message : "The database could not be opened or used.";
    print(`${why} What was erased until then stays erased; run it again for the rest.\n`);
    return 1;
  }
};

function describe({ sessions, rows, left }: EraseReport, address: AddressSpelling, dryRun: boolean): string {
  const table = (counts: ReadonlyMap<string, number>) =>
    [...counts]
      .filter(([, count]) => count > 0)
      .map(([name, count]) => `  ${name.padEnd(20)} ${String(count).padStart(8)}`);
  const lines = [
    `${dryRun ? "Would erase" : "Erased"} ${sessions} ${sessions === 1 ? "session" : "sessions"} with ${masked(address)}${table(rows).length > 0 ? ":" : "."}`,
    ...table(rows),
  ];
  if (left.size > 0)
    lines.push("Still there; run it again when pending commands are through:", ...table(left));
  return `${lines.join("\n")}\n`;
}

/** As much as the operator needs to see that the right one was understood; terminals and their logs are read by others. */
function masked({ kind, canonical }: AddressSpelling): string {
  if (kind === "TEXT") return "the address";
  return `the number ${canonical.slice(0, 2)}${"•".repeat(canonical.length - 4)}${canonical.slice(-2)}`;
}

function readArguments(argv: readonly string[]): Options | null {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        address: { type: "string" },
        region: { type: "string" },
        "dry-run": { type: "boolean", default: false },
        yes: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
    return { address: undefined, region: undefined, ...values };
  } catch {
    return null;
  }
}
