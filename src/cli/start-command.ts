import { ConfigError, loadConfig, type Config } from "../config/load-config.js";
import { PROVIDER_MODULES } from "../providers/registry.js";
import { createLog } from "../server/log.js";
import type { Command, CommandInput } from "./commands.js";
import { startGateway } from "./start-gateway.js";

const HELP = `switchboard start

Runs the gateway. Configuration comes from the environment, and from the YAML file named by SWITCHBOARD_CONFIG.
A provider is on when its credentials are set. See the README for every variable.
`;

/** `switchboard start`: runs until it is told to stop. */
export const runStart: Command = async (input) => {
  if (input.argv.includes("--help")) {
    input.print(HELP);
    return 0;
  }
  const config = readConfig(input);
  if (config === null) return 2;
  if (config.connections.length === 0) {
    input.print(nothingConfigured());
    return 2;
  }
  return runGateway(config, input.signal);
};

/** Runs a gateway until the signal; answers the exit code. */
export async function runGateway(
  config: Config,
  signal: AbortSignal,
  onReady?: (url: string) => void | Promise<void>,
): Promise<number> {
  const log = createLog(config.logLevel);
  if (config.auth === "required" && config.apiKeys.length === 0)
    log.warn(
      {},
      "nobody can ask anything: credentials are required, and SWITCHBOARD_API_KEYS_FILE names no key",
    );
  try {
    const gateway = await startGateway(config, log);
    await onReady?.(gateway.url);
    if (!signal.aborted)
      await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
    log.info({}, "draining");
    await gateway.stop();
    log.info({}, "stopped");
    return 0;
  } catch (error) {
    const why = whyNotListening(error, config);
    if (why === null) log.error({ err: error }, "the gateway could not run");
    else log.error({}, why);
    return 1;
  }
}

/** What the operator can do about an address that cannot be listened at; null for any other failure. */
function whyNotListening(error: unknown, { host, port }: Config): string | null {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (syscall !== "listen" && syscall !== "getaddrinfo") return null;
  const place = `${host}:${port}`;
  switch (code) {
    case "EADDRINUSE":
      return `PORT: something else listens at ${place}. Choose another; 0 picks one that is free`;
    case "EACCES":
      return `PORT: this user may not listen at ${place}. Choose one above 1023`;
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return `HOST: ${host} is no address of this machine`;
    default:
      return null;
  }
}

/** Reads the configuration; prints every problem and answers null when there are any. */
export function readConfig({
  environment,
  print,
}: Pick<CommandInput, "environment" | "print">): Config | null {
  try {
    return loadConfig(environment, PROVIDER_MODULES);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const lines = error.problems.map((problem) => `  ${problem.key}: ${problem.message}`);
    print(
      `The configuration has ${lines.length === 1 ? "a problem" : `${lines.length} problems`}:\n${lines.join("\n")}\n`,
    );
    return null;
  }
}

function nothingConfigured(): string {
  const providers = PROVIDER_MODULES.map((module) => {
    const needed = module.config.filter((field) => field.required && field.default === undefined);
    return `  ${module.defaultConnectionName.padEnd(8)} ${needed.map((field) => field.env).join(", ")}`;
  });
  return [
    "No provider is configured, so there is nothing to connect to. Set the credentials of at least one:",
    ...providers,
    "or name a YAML file with connections in SWITCHBOARD_CONFIG.",
    "To look around without credentials: npm run demo",
    "",
  ].join("\n");
}
