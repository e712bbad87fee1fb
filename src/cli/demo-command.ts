import { once } from "node:events";
import { mkdir, rm } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { parseArgs } from "node:util";
import { startSandbox } from "../sandbox/sandbox.js";
import type { Command } from "./commands.js";
import { readConfig, runGateway } from "./start-command.js";

const HELP = `switchboard demo [--seed N] [--rate N] [--speed N]

Starts four sandbox providers with a history of 90 days and live traffic, and a gateway on an embedded SQLite file.

  --seed N    another number, another world            (default 1)
  --rate N    new conversations a minute               (default 20)
  --speed N   how many times faster than life they go  (default 3)

HOST, PORT and LOG_LEVEL are obeyed; provider credentials and DATABASE_URL are not. Ctrl-C ends everything.
`;

const DATABASE = "data/demo.db";
/** The defaults of HOST and PORT. */
const LOOPBACK = "127.0.0.1";
const DEFAULT_PORT = "4000";

/** `switchboard demo`: the main job on lifelike input, with nothing to set up. */
export const runDemo: Command = async ({ argv, environment, signal, print }) => {
  const options = readArguments(argv);
  if (options === null || options.help) {
    print(HELP);
    return options === null ? 2 : 0;
  }
  const { seed, rate, speed } = options;
  const sandbox = await startSandbox({ seed, traffic: { rate, speed } });
  try {
    // The sandbox begins its history anew at each start, so what an earlier demo knew of it would be wrong.
    await Promise.all(["", "-wal", "-shm"].map((suffix) => rm(DATABASE + suffix, { force: true })));
    await mkdir("data", { recursive: true });
    const { HOST, LOG_LEVEL } = environment;
    const PORT = await choosePort(environment);
    const config = readConfig({
      environment: {
        HOST,
        PORT,
        LOG_LEVEL: LOG_LEVEL ?? "warn",
        DATABASE_URL: `sqlite:./${DATABASE}`,
        SWITCHBOARD_AUTH: "open",
        SWITCHBOARD_POLL_IDLE_MS: "2000",
        SWITCHBOARD_POLL_LIVE_MS: "1000",
        // Sessions that are made through the gateway are told where to call back.
        SWITCHBOARD_PUBLIC_URL: publicUrl(HOST, PORT),
        ...sandbox.environment,
        ...sandbox.webhookEnvironment,
      },
      print,
    });
    if (config === null) return 2;
    return await runGateway(config, signal, (url) => {
      for (const server of Object.values(sandbox.servers)) server.deliverTo(`${url}/webhooks/${server.name}`);
      const providers = Object.values(sandbox.servers).map(
        (server) => `  ${server.name.padEnd(12)} ${server.baseUrl}`,
      );
      print(
        ["", `  playground   ${url}/graphql`, ...providers, "", "  Ctrl-C ends everything.", "", ""].join(
          "\n",
        ),
      );
    });
  } finally {
    await sandbox.close();
  }
};

/** `PORT`; where any will do, one that is free: providers are told of it before the gateway listens. */
async function choosePort({ HOST, PORT }: Readonly<Record<string, string | undefined>>): Promise<string> {
  if (PORT?.trim() !== "0") return PORT ?? "";
  const server = createServer();
  try {
    server.listen(0, HOST || LOOPBACK);
    await once(server, "listening");
    return String((server.address() as AddressInfo).port);
  } catch {
    // Such a host is refused a moment later, with its reason.
    return PORT;
  } finally {
    server.close();
  }
}

/** Where the sandbox reaches the gateway; undefined for what is no address, which the configuration complains of. */
function publicUrl(host: string | undefined, port: string): string | undefined {
  const name = host || LOOPBACK;
  const url = `http://${name.includes(":") ? `[${name}]` : name}:${port || DEFAULT_PORT}`;
  return URL.canParse(url) ? url : undefined;
}

function readArguments(
  argv: readonly string[],
): { seed: number; rate: number; speed: number; help: boolean } | null {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        seed: { type: "string", default: "1" },
        rate: { type: "string", default: "20" },
        speed: { type: "string", default: "3" },
        help: { type: "boolean", default: false },
      },
    });
    const [seed, rate, speed] = [Number(values.seed), Number(values.rate), Number(values.speed)];
    const valid = Number.isInteger(seed) && rate >= 0 && rate <= 6_000 && speed > 0 && speed <= 1_000;
    return valid ? { seed, rate, speed, help: values.help } : null;
  } catch {
    // Unknown or malformed arguments: the help says which there are.
    return null;
  }
}
