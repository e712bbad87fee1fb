/** A gateway over sandbox providers, both real processes' worth of code on real ports, as tests drive them. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadConfig } from "../../src/config/load-config.js";
import { startGateway, type RunningGateway } from "../../src/cli/start-gateway.js";
import { PROVIDER_MODULES } from "../../src/providers/registry.js";
import { startSandbox, type Sandbox, type SandboxOptions } from "../../src/sandbox/sandbox.js";
import { createCaptureLogger, type LogLine } from "./capture-logger.js";

/** An answer over HTTP, as a client sees it. */
export interface Answer<Data = Record<string, unknown>> {
  status: number;
  data: Data | null;
  errors: { message: string; path?: (string | number)[]; extensions: Record<string, unknown> }[];
}

export interface TestGateway extends AsyncDisposable {
  readonly url: string;
  readonly running: RunningGateway;
  readonly databaseUrl: string;
  /** What it has logged. */
  readonly lines: readonly LogLine[];
  /** Sends one operation. */
  query<Data = Record<string, unknown>>(
    query: string,
    variables?: object,
    headers?: Record<string, string>,
  ): Promise<Answer<Data>>;
}

/** How the gateway at a URL is asked. */
export function asking(url: string): TestGateway["query"] {
  return async (query, variables = {}, headers = {}) => {
    const response = await fetch(`${url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify({ query, variables }),
    });
    const { data = null, errors = [] } = (await response.json()) as Partial<Answer<never>>;
    return { status: response.status, data, errors };
  };
}

export interface TestGatewayOptions {
  /** Environment on top of open mode, a free port, and a database of its own. */
  environment?: Record<string, string>;
  now?: () => number;
}

/** Starts a gateway; disposing of it ends it and removes its database. */
export async function startTestGateway({
  environment = {},
  now,
}: TestGatewayOptions = {}): Promise<TestGateway> {
  const folder = await mkdtemp(join(tmpdir(), "switchboard-"));
  const config = loadConfig(
    {
      PORT: "0",
      SWITCHBOARD_AUTH: "open",
      DATABASE_URL: `sqlite:${join(folder, "test.db")}`,
      // Tests that want a poll ask for one.
      SWITCHBOARD_POLL_IDLE_MS: "3600000",
      SWITCHBOARD_POLL_LIVE_MS: "3600000",
      ...environment,
    },
    PROVIDER_MODULES,
  );
  const { log, lines } = createCaptureLogger();
  const running = await startGateway(config, log, now);
  return {
    url: running.url,
    running,
    databaseUrl: config.databaseUrl,
    query: asking(running.url),
    lines,
    async [Symbol.asyncDispose]() {
      await running.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export interface TestWorld extends AsyncDisposable {
  readonly sandbox: Sandbox;
  readonly gateway: TestGateway;
}

/** A sandbox with its history, standing still, and a gateway whose first synchronisation is through. */
export async function startTestWorld(
  options: TestGatewayOptions & { sandbox?: Partial<SandboxOptions> } = {},
): Promise<TestWorld> {
  const sandbox = await startSandbox({ traffic: null, ...options.sandbox });
  const gateway = await startTestGateway({
    ...options,
    environment: { ...sandbox.environment, ...options.environment },
  });
  await untilSynchronised(gateway);
  return {
    sandbox,
    gateway,
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]();
      await sandbox.close();
    },
  };
}

/** Resolves when every connection holds its provider's whole history, details included. */
export async function untilSynchronised({ running }: TestGateway, timeoutMs = 60_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  const pending = () =>
    running.sync.directory.all.filter((state) => state.coveredSince === null || state.progress !== null);
  while (pending().length > 0) {
    if (Date.now() > deadline) {
      const what = pending().map(
        (state) => `${state.name}: ${JSON.stringify(state.lastError ?? state.progress)}`,
      );
      throw new Error(`not synchronised in ${timeoutMs} ms: ${what.join("; ")}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
