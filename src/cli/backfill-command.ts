import type { Config } from "../config/load-config.js";
import type { Logger } from "../http/http-client.js";
import { createIngest } from "../ingest/create-ingest.js";
import { createLog } from "../server/log.js";
import { createStore } from "../store/create-store.js";
import { openDatabase } from "../store/open-database.js";
import { backfill, type BackfillResult } from "../sync/backfill.js";
import { createConnectionDirectory } from "../sync/connection-directory.js";
import { createRetentionPolicy } from "../retention/policy.js";
import { createCoverage } from "../sync/coverage.js";
import { readBackfillArguments, type BackfillArguments } from "./backfill-arguments.js";
import type { Command, CommandInput } from "./commands.js";
import { createProgressLine } from "./progress-line.js";
import { readConfig, runStart } from "./start-command.js";

const HELP = `switchboard backfill --since 90d|DATE [--until DATE] [--connection NAME]...

Fills the cache with the sessions that began in a span of time, newest first. What the cache holds already is not
fetched again, so the same command goes on where an earlier one stopped. Safe beside a running gateway: it uses
at most half of what a provider allows, and a connection is filled by one backfill at a time.

  --since       how far back: 12h, 90d, 4w, 1y, a date (2026-01-31), or a date and time with its zone
  --until       up to when, in the same words (default: now)
  --connection  only this connection; may be given several times (default: all that are configured)

Configuration is read as \`switchboard start\` reads it.
Exit code: 0 all of it is there, 1 something is missing still (failed, stopped, or another backfill at work),
2 bad configuration or arguments.
`;

/** Of a provider's rate limit: the gateway that may run beside this knows nothing of it, and has users. */
const RATE_SHARE = 0.5;
const REDRAW_MS = 200;
const LOG_EVERY_MS = 5_000;

/** `switchboard backfill`: history into the cache, resumable. */
export const runBackfill: Command = async (input) => {
  const { print } = input;
  let wish: BackfillArguments;
  try {
    wish = readBackfillArguments(input.argv, Date.now());
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    print(`${error.message}\n\n${HELP}`);
    return 2;
  }
  if (wish.help) {
    print(HELP);
    return 0;
  }
  const config = readConfig(input);
  if (config === null) return 2;
  // Without a configuration `start` can only say what is missing: those words are good here too.
  if (config.connections.length === 0) return runStart({ ...input, argv: [], environment: {} });
  const known = config.connections.map(({ name }) => name);
  const unknown = wish.connections.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    print(`There is no connection ${unknown.join(", ")}. Configured: ${known.join(", ")}.\n`);
    return 2;
  }
  if (config.databaseUrl === "sqlite::memory:") {
    print("DATABASE_URL is sqlite::memory:, which ends with this command: there is nothing to fill.\n");
    return 2;
  }
  const log = createLog(
    process.stdout.isTTY && input.environment["LOG_LEVEL"] === undefined ? "error" : config.logLevel,
  );
  try {
    return await run(wish, config, input, log);
  } catch (error) {
    log.error({ err: error }, "the backfill could not run");
    return 1;
  }
};

async function run(
  wish: BackfillArguments,
  config: Config,
  input: CommandInput,
  log: Logger,
): Promise<number> {
  const now = Date.now;
  const { signal } = input;
  const store = await openStore(config.databaseUrl);
  const chosen = config.connections.filter(
    ({ name }) => wish.connections.length === 0 || wish.connections.includes(name),
  );
  const connections = chosen.map(({ name, module, values, defaultRegion }) =>
    module.connect({
      ...{ name, config: values, defaultRegion, now },
      log: log.child({ connection: name }),
      attemptTimeoutMs: config.providerTimeoutMs,
      rateShare: RATE_SHARE,
    }),
  );
  try {
    const directory = await createConnectionDirectory(connections, store, now);
    const policy = createRetentionPolicy(config);
    const keptSince = (name: string) => policy.keptSince(name, now());
    const shared = { store, ingest: store.ingest, directory, log, now, keptSince, signal };
    const dependencies = { ...shared, coverage: createCoverage(shared) };
    const names = chosen.map(({ name }) => name);
    const line = createProgressLine(names, () => performance.now());
    const ended = showProgress(line, input, log);
    const results = await Promise.all(
      names.map((name) => backfill(name, wish, dependencies, line.note)),
    ).finally(ended);
    input.print(describe(results, input.argv));
    return results.every(({ outcome }) => outcome === "done") ? 0 : 1;
  } finally {
    await Promise.all(connections.map((connection) => connection.close()));
    await store.close();
  }
}

async function openStore(databaseUrl: string) {
  const database = await openDatabase(databaseUrl);
  return { ...createStore(database), ingest: createIngest(database, { now: Date.now }) };
}

/** A bar that is drawn again and again on a terminal, log lines elsewhere. Answers what ends it. */
function showProgress(
  line: ReturnType<typeof createProgressLine>,
  { print }: CommandInput,
  log: Logger,
): () => void {
  if (!process.stdout.isTTY) {
    const timer = setInterval(() => log.info(line.toFields(), "backfill goes on"), LOG_EVERY_MS);
    log.info({}, "backfill started");
    return () => clearInterval(timer);
  }
  const draw = () => print(`\r\u001b[2K${line.toBar()}`);
  const timer = setInterval(draw, REDRAW_MS);
  return () => {
    clearInterval(timer);
    draw();
    print("\n");
  };
}

function describe(results: readonly BackfillResult[], argv: readonly string[]): string {
  const lines = results.map(({ connection, outcome, sessions, missing, error }) => {
    const oldest = missing.at(-1)?.until;
    const reached = oldest === undefined ? "" : `, complete back to ${new Date(oldest).toISOString()}`;
    const word = {
      done: `done, ${sessions} rows read`,
      stopped: `stopped, ${sessions} rows read${reached}`,
      busy: "another backfill is at work on it",
      failed: `failed after ${sessions} rows${reached}: ${error?.code ?? ""} ${error?.message ?? ""}`,
    }[outcome];
    return `${connection}: ${word}\n`;
  });
  const isDone = results.every(({ outcome }) => outcome === "done");
  const goOn = isDone ? "" : `Nothing is lost. To go on: switchboard backfill ${argv.map(quote).join(" ")}\n`;
  return lines.join("") + goOn;
}

function quote(argument: string): string {
  return /^[\w=:.+-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", "'\\''")}'`;
}
