/** Gateways as real processes, each with a port of its own that it has again after every restart. */
import { spawnCli, type RunningCli } from "../../support/spawn-cli.js";
import { freePort } from "./services.js";

export interface TorturedGateway {
  readonly url: string;
  readonly isUp: boolean;
  /** Everything that all its processes have written. */
  readonly output: string;
  start(): Promise<void>;
  /** `kill -9`. */
  kill(): Promise<void>;
  /** SIGTERM. Throws where the process does not end as one that has drained. */
  drain(): Promise<void>;
}

/** One that does not run yet. @param environment but for the port */
export async function createGateway(environment: Record<string, string>): Promise<TorturedGateway> {
  const port = await freePort();
  let running: RunningCli | null = null;
  let before = "";
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    const ending = running;
    running = null;
    if (ending === null) return 0;
    ending.signal(signal);
    const code = await ending.exit;
    before += ending.output;
    return code;
  };
  return {
    url: `http://127.0.0.1:${port}`,
    get isUp() {
      return running !== null;
    },
    get output() {
      return before + (running?.output ?? "");
    },
    async start() {
      if (running !== null) return;
      const started = spawnCli(["start"], { ...environment, PORT: String(port) });
      running = started;
      await started.until(/"msg":"listening"/);
    },
    async kill() {
      await end("SIGKILL");
    },
    async drain() {
      const code = await end("SIGTERM");
      if (code !== 0) throw new Error(`a drained gateway ended with ${code}: ${before.slice(-2_000)}`);
    },
  };
}
