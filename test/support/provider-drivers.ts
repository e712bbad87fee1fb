/** Each provider as the contract suite drives it: something real to talk to, and ways to make it fail. */
import { connectionsFromEnvironment } from "../../src/config/connections.js";
import type { ConfigProblem } from "../../src/config/settings.js";
import { exampleModule } from "../../src/providers/_example/example.module.js";
import type { ProviderConnection, ProviderModule } from "../../src/providers/provider.js";
import { PROVIDER_MODULES } from "../../src/providers/registry.js";
import type { Faults, SandboxProviderName } from "../../src/sandbox/conversation.js";
import { startSandbox } from "../../src/sandbox/sandbox.js";
import { createCaptureLogger, type LogLine } from "./capture-logger.js";
import { startScriptedServer } from "./scripted-server.js";

export interface DrivenProvider extends AsyncDisposable {
  readonly connection: ProviderConnection;
  /** Everything logged so far. */
  readonly lines: readonly LogLine[];
  /** Method and path of every request so far, those of logins left out. */
  requests(): string[];
  forget(): void;
  /** Sessions that the provider has; none is more than two days old. */
  readonly sessionCount: number;
  /** What happens to requests from now on; `{}`: nothing. */
  setFaults(faults: Pick<Faults, "always" | "reset" | "hang" | "malformed">): void;
  /** Another connection to the same provider, with secrets that are wrong. */
  intruder(): ProviderConnection;
  /** Words that must never be logged. */
  readonly secrets: readonly string[];
}

export interface Driver {
  readonly name: string;
  readonly module: ProviderModule;
  start(): Promise<DrivenProvider>;
}

const LOGIN = /\/auth|\/login|Authenticate/;
const ATTEMPT_TIMEOUT_MS = 2_000;

function connect(module: ProviderModule, environment: Record<string, string>) {
  const problems: ConfigProblem[] = [];
  const [config] = connectionsFromEnvironment([module], environment, "US", problems);
  if (config === undefined || problems.length > 0) throw new Error(problems.map(String).join("; "));
  const { log, lines } = createCaptureLogger();
  const connection = module.connect({
    name: config.name,
    config: config.values,
    log,
    attemptTimeoutMs: ATTEMPT_TIMEOUT_MS,
    defaultRegion: "US",
    now: Date.now,
  });
  return { connection, lines };
}

/** Every secret of a configuration spoiled. */
function spoiled(module: ProviderModule, environment: Record<string, string>): Record<string, string> {
  const secrets = module.config.filter(({ secret, required }) => secret === true && required === true);
  return { ...environment, ...Object.fromEntries(secrets.map(({ env }) => [env, "wrong-on-purpose"])) };
}

function secretsOf(module: ProviderModule, environment: Record<string, string>): string[] {
  return module.config.flatMap(({ secret, env }) =>
    secret === true ? (environment[env]?.split(",") ?? []) : [],
  );
}

function sandboxDriver(name: SandboxProviderName, module: ProviderModule): Driver {
  return {
    name,
    module,
    async start() {
      const sandbox = await startSandbox({ traffic: null, days: 2, providers: [name] });
      const server = sandbox.servers[name];
      const { connection, lines } = connect(module, sandbox.environment);
      return {
        connection,
        lines,
        requests: () =>
          server.requests.map(({ method, url }) => `${method} ${url}`).filter((line) => !LOGIN.test(line)),
        forget: () => server.forget(),
        sessionCount: sandbox.conversations.length,
        setFaults: (faults) => server.setFaults(faults),
        intruder: () => connect(module, spoiled(module, sandbox.environment)).connection,
        secrets: secretsOf(module, sandbox.environment),
        async [Symbol.asyncDispose]() {
          await connection.close();
          await sandbox.close();
        },
      };
    },
  };
}

const HOUR_MS = 3_600_000;

/** The specimen's made-up API (its README), as a script. */
const exampleDriver: Driver = {
  name: "the specimen",
  module: exampleModule,
  async start() {
    const key = "example-key-4711";
    const call = (index: number) => ({
      id: `call-${index}`,
      status: index < 3 ? "talking" : "ended",
      direction: index % 2 === 0 ? "in" : "out",
      from: "+12025550134",
      to: "+12025550189",
      title: null,
      started_at: new Date(Date.now() - (index + 1) * 60_000).toISOString(),
      answered_at: new Date(Date.now() - (index + 1) * 60_000 + 5_000).toISOString(),
      ended_at: index < 3 ? "" : new Date(Date.now() - index * 60_000).toISOString(),
      price: "0.025",
      has_recording: index % 2 === 0,
      queue_name: "Front desk",
      new_member: { nobody: "reads this" },
    });
    const calls = Array.from({ length: 120 }, (_, index) => call(index));
    let faults: Faults = {};
    const server = await startScriptedServer((request, response) => {
      const answer = (status: number, body: unknown) => {
        response.writeHead(status, { "content-type": "application/json" });
        response.end(body === null ? undefined : JSON.stringify(body));
      };
      if (faults.reset === "always") return void response.destroy();
      if (faults.hang === "always") return;
      if (faults.always !== undefined) return answer(faults.always.status, { message: "broken" });
      if (faults.malformed === "html") return void response.writeHead(200).end("<html>oops</html>");
      if (request.headers.authorization !== `Bearer ${key}`) return answer(401, { message: "who?" });
      const [, id = "", rest] = /^\/v1\/calls\/([^/]+)(\/\w+)?$/.exec(request.path) ?? [];
      const found = calls.find((each) => each.id === id);
      if (request.path === "/v1/me") return answer(200, { account: "a", rights: ["read", "write"] });
      if (request.path === "/v1/calls" && request.method === "GET") {
        const from = Number(request.query.get("cursor") ?? 0);
        const page = calls.slice(from, from + Number(request.query.get("limit")));
        const next = from + page.length;
        return answer(200, { calls: page, next_cursor: next < calls.length ? String(next) : null });
      }
      if (found === undefined) return answer(404, { message: "no such call" });
      if (rest === "/recording") return answer(200, { url: "https://files.example.com/1" });
      if (rest === "/hangup") return answer(204, null);
      answer(200, found);
    });
    const environment = { EXAMPLE_API_KEY: key, EXAMPLE_BASE_URL: server.url };
    const { connection, lines } = connect(exampleModule, environment);
    return {
      connection,
      lines,
      requests: () => server.requests.map(({ method, url }) => `${method} ${url}`),
      forget: () => void server.requests.splice(0),
      sessionCount: calls.length,
      setFaults: (next) => {
        faults = next;
      },
      intruder: () => connect(exampleModule, spoiled(exampleModule, environment)).connection,
      secrets: [key],
      async [Symbol.asyncDispose]() {
        await connection.close();
        await server[Symbol.asyncDispose]();
      },
    };
  },
};

const moduleOf = (connection: string) => {
  const found = PROVIDER_MODULES.find(({ defaultConnectionName }) => defaultConnectionName === connection);
  if (found === undefined) throw new Error(`no provider's connection is called ${connection}`);
  return found;
};

/** Every provider that is registered, and the specimen, which is not. */
export const DRIVERS: readonly Driver[] = [
  ...(["plivo", "evo", "speko", "portsip"] as const).map((name) => sandboxDriver(name, moduleOf(name))),
  exampleDriver,
];

export const TWO_DAYS_MS = 49 * HOUR_MS;
