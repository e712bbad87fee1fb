import { once } from "node:events";
import { SANDBOX_PROVIDERS } from "./conversation.js";
import { SANDBOX_HELP, parseSandboxArguments } from "./sandbox-arguments.js";
import { startSandbox, type Sandbox, type SandboxOptions } from "./sandbox.js";

export interface SandboxCommandOptions {
  /** Where the text goes. @default standard output */
  write?(text: string): void;
  /** Ends the sandbox. @default Ctrl-C or SIGTERM */
  signal?: AbortSignal;
  /** @default the four providers */
  starters?: SandboxOptions["starters"];
}

/**
 * `switchboard sandbox`: starts the providers, prints where they are and what to set, and runs until it is told to
 * stop.
 * @param argv what follows the command's name
 * @returns the exit code: 0, 1 when it cannot listen, or 2 when the arguments make no sense
 */
export async function runSandboxCommand(
  argv: readonly string[],
  { write = (text) => void process.stdout.write(text), signal, starters }: SandboxCommandOptions = {},
): Promise<number> {
  let args;
  try {
    args = parseSandboxArguments(argv);
  } catch (error) {
    write(`${error instanceof Error ? error.message : String(error)}\n\n${SANDBOX_HELP}`);
    return 2;
  }
  if (args.help) {
    write(SANDBOX_HELP);
    return 0;
  }

  const { seed, host, days, rate, speed, portBase, faults } = args;
  const ports = Object.fromEntries(
    SANDBOX_PROVIDERS.map((name, index) => [name, portBase === 0 ? 0 : portBase + index]),
  );
  let sandbox;
  try {
    const traffic = { rate, speed };
    sandbox = await startSandbox({ seed, host, ports, days, traffic, ...(starters && { starters }) });
  } catch (error) {
    const taken = takenPort(error);
    if (taken === null) throw error;
    write(`Port ${taken} of ${host} is taken. Choose others with --port-base; 0 picks free ones.\n`);
    return 1;
  }
  for (const [name, value] of faults) sandbox.servers[name].setFaults(value);
  write(describe(sandbox));

  await untilStopped(signal);
  await sandbox.close();
  return 0;
}

/** The port that somebody else listens on already; null when that is not what went wrong. */
function takenPort(error: unknown): number | null {
  const { code, port } = (error ?? {}) as { code?: unknown; port?: unknown };
  return code === "EADDRINUSE" && typeof port === "number" ? port : null;
}

/** Where the providers are, and the environment in a form a shell takes. */
function describe({ servers, environment, conversations, links }: Sandbox): string {
  return [
    ...SANDBOX_PROVIDERS.map((name) => `${name.padEnd(8)} ${servers[name].baseUrl}`),
    "",
    `${conversations.length} conversations, ${links.length} of them shared by two providers.`,
    "Paste this where the gateway starts:",
    "",
    ...Object.entries(environment).map(([key, value]) => `export ${key}=${quoteForShell(value)}`),
    "",
    "Ctrl-C ends the sandbox.",
    "",
  ].join("\n");
}

function quoteForShell(value: string): string {
  return /^[\w@%+=:,./-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`;
}

async function untilStopped(signal: AbortSignal | undefined): Promise<void> {
  if (signal?.aborted) return;
  const done = new AbortController();
  const endings = [once(process, "SIGINT", done), once(process, "SIGTERM", done)];
  if (signal) endings.push(once(signal, "abort", done));
  await Promise.race(endings);
  // Takes the other listeners away again; their promises reject, which is nobody's concern any more.
  for (const ending of endings) ending.catch(() => {});
  done.abort();
}
