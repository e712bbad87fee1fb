/** The commands of `switchboard`, each a function from arguments to an exit code. */
import { runBackfill } from "./backfill-command.js";
import { runDemo } from "./demo-command.js";
import { runDoctor } from "./doctor-command.js";
import { runErase } from "./erase-command.js";
import { runMigrate } from "./migrate-command.js";
import { runSandbox } from "./sandbox-command.js";
import { runSchema } from "./schema-command.js";
import { runStart } from "./start-command.js";
import { runTail } from "./tail-command.js";

/** What a command is given. */
export interface CommandInput {
  /** What follows the command's name. */
  argv: readonly string[];
  environment: Readonly<Record<string, string | undefined>>;
  /** Aborted by the first SIGINT or SIGTERM. */
  signal: AbortSignal;
  /** Text for people: standard output. */
  print(text: string): void;
}

/** Answers the exit code: 0 done, 1 failed while running, 2 bad configuration or arguments. */
export type Command = (input: CommandInput) => Promise<number>;

/** Every command by name, with the line that `--help` shows. */
export const COMMANDS: Readonly<Record<string, { run: Command; summary: string }>> = {
  start: {
    run: runStart,
    summary: "the gateway on real credentials, from the environment or SWITCHBOARD_CONFIG",
  },
  demo: { run: runDemo, summary: "four sandbox providers with live traffic, and a gateway on them" },
  doctor: { run: runDoctor, summary: "looks at every configured connection and says what is wrong" },
  backfill: { run: runBackfill, summary: "fills the cache with history, as far back as it is told" },
  tail: { run: runTail, summary: "live changes of sessions in the terminal" },
  erase: { run: runErase, summary: "removes everything that is stored of one number or address" },
  migrate: {
    run: runMigrate,
    summary: "brings the database's tables up to date, or says what that would do",
  },
  sandbox: { run: runSandbox, summary: "only the four sandbox providers" },
  schema: { run: runSchema, summary: "prints the graph's SDL" },
};
