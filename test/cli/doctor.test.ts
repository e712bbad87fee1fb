/** `switchboard doctor` against sandboxes that are well, and against servers that are wrong in one way each. */
import { createHmac } from "node:crypto";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { runDoctor } from "../../src/cli/doctor-command.js";
import { examine } from "../../src/doctor/examine.js";
import { formatReport } from "../../src/doctor/format-report.js";
import type { Check, DoctorReport } from "../../src/doctor/report.js";
import type { ProviderConnection, SessionPage } from "../../src/providers/provider.js";
import { SANDBOX_PROVIDERS, type SandboxProviderName } from "../../src/sandbox/conversation.js";
import { startSandbox, type Sandbox } from "../../src/sandbox/sandbox.js";
import { createCaptureLogger } from "../support/capture-logger.js";
import { startTestGateway } from "../support/gateway.js";
import { sendJson, startScriptedServer, statuses, type SeenRequest } from "../support/scripted-server.js";
import { ensureBuilt, spawnCli } from "../support/spawn-cli.js";

const NAMES = { plivo: "plivo", evo: "evo", speko: "speko", portsip: "portsip" } as const;
const LOGIN_CHECKS = ["reachable", "credentials"];
/** What is skipped when the provider does not let us in. */
const REST = ["clock", "permissions", "paging", "webhooks"];

interface Run {
  code: number;
  output: string;
  report: DoctorReport;
}

/** The command in this process. */
async function runWith(
  environment: Record<string, string>,
  signal = new AbortController().signal,
): Promise<Run> {
  let output = "";
  const print = (text: string) => void (output += text);
  const code = await runDoctor({ argv: ["--json"], environment, signal, print });
  return { code, output, report: JSON.parse(output) as DoctorReport };
}

function checksOf({ report }: Run, connection: string): readonly Check[] {
  const found = report.connections.find(({ name }) => name === connection);
  if (found === undefined) throw new Error(`no connection ${connection} in the report`);
  return found.checks;
}

function checkOf(run: Run, connection: string, name: string): Check {
  const found = checksOf(run, connection).find((check) => check.name === name);
  if (found === undefined) throw new Error(`no check ${name} of ${connection}`);
  return found;
}

const isFailed = ({ status }: Check) => status === "failed";

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ days: 90, traffic: null });
}, 60_000);
beforeEach(() => {
  for (const name of SANDBOX_PROVIDERS) sandbox.servers[name].setFaults({});
});
afterAll(() => sandbox.close());

describe("the process", () => {
  let folder = "";
  beforeAll(async () => {
    ensureBuilt();
    folder = await mkdtemp(join(tmpdir(), "switchboard-doctor-"));
  }, 120_000);
  afterAll(async () => {
    if (folder !== "") await rm(folder, { recursive: true });
  });

  it("finds four healthy connections healthy: exit 0, one line a check, nothing secret, nothing written", async () => {
    const secrets = Object.entries(sandbox.environment)
      .filter(([key]) => /TOKEN|PASSWORD|KEY/.test(key))
      .map(([, value]) => value);
    expect(secrets.length).toBeGreaterThanOrEqual(4);
    const cli = spawnCli(["doctor"], sandbox.environment, folder);
    expect(await cli.exit, cli.output).toBe(0);
    const [head = "", ...lines] = cli.output.split("\n");
    const column = head.indexOf("STATUS");
    for (const name of SANDBOX_PROVIDERS) {
      const own = lines.filter((line) => line.startsWith(`${name} `));
      expect(own.length, name).toBeGreaterThanOrEqual(6);
      for (const line of own) expect(line.slice(column)).toMatch(/^(ok|skipped) +\S/);
      expect(own.find((line) => line.includes(" paging "))).toMatch(/two pages of \d+ and \d+ rows/);
    }
    for (const secret of secrets) expect(cli.output).not.toContain(secret);
    expect(cli.output).not.toMatch(/\+\d{7,}|\u001b/);
    expect(await readdir(folder)).toEqual([]);
  });

  it("--json prints one object, and exit 1 says that something is wrong", async () => {
    const cli = spawnCli(["doctor", "--json"], { ...sandbox.environment, PLIVO_AUTH_TOKEN: "wrong" }, folder);
    expect(await cli.exit).toBe(1);
    const report = JSON.parse(cli.output) as DoctorReport;
    expect(report.ok).toBe(false);
    expect(report.connections.map(({ name, ok }) => [name, ok]).sort()).toEqual([
      ["evo", true],
      ["plivo", false],
      ["portsip", true],
      ["speko", true],
    ]);
  });

  it("without credentials says what start says, and exits 2", async () => {
    const [doctor, start] = [spawnCli(["doctor"], {}, folder), spawnCli(["start"], {}, folder)];
    expect(await doctor.exit).toBe(2);
    await start.exit;
    expect(doctor.output).toContain("SPEKO_API_KEY");
    expect(doctor.output).toBe(start.output);
  });

  it("reports a bad configuration by key, and exits 2", async () => {
    const cli = spawnCli(["doctor"], { PLIVO_AUTH_ID: "MA", SWITCHBOARD_PUBLIC_URL: "somewhere" }, folder);
    expect(await cli.exit).toBe(2);
    expect(cli.output).toMatch(/SWITCHBOARD_PUBLIC_URL: expected an http\(s\) URL[\s\S]*PLIVO_AUTH_TOKEN/);
  });

  it.each([["--quick"], ["--json", "plivo"], ["--json=yes"]])("%s is an error: exit 2", async (...args) => {
    const cli = spawnCli(["doctor", ...args], sandbox.environment, folder);
    expect(await cli.exit).toBe(2);
    expect(cli.output).toContain("switchboard doctor [--json]");
  });

  it("--help says what it does, and exits 0; the list of commands has it", async () => {
    const cli = spawnCli(["doctor", "--help"], {}, folder);
    expect(await cli.exit).toBe(0);
    expect(cli.output).toContain("--json");
    const all = spawnCli(["--help"], {}, folder);
    expect(await all.exit).toBe(0);
    expect(all.output).toMatch(/^ {2}doctor /m);
  });
});

describe("credentials", () => {
  const WRONG: Record<SandboxProviderName, [env: string, named: string]> = {
    plivo: ["PLIVO_AUTH_TOKEN", "authToken (PLIVO_AUTH_TOKEN)"],
    evo: ["EVO_VOICE_PASSWORD", "password (EVO_VOICE_PASSWORD)"],
    speko: ["SPEKO_API_KEY", "apiKey (SPEKO_API_KEY)"],
    portsip: ["PORTSIP_PASSWORD", "password (PORTSIP_PASSWORD)"],
  };

  it.each(SANDBOX_PROVIDERS)("%s: wrong ones are named, the rest is skipped with a reason", async (name) => {
    const [env, named] = WRONG[name];
    const run = await runWith({ ...sandbox.servers[name].environment, [env]: "not-the-right-one" });
    expect(run.code).toBe(1);
    const checks = checksOf(run, NAMES[name]);
    expect(checks.map((check) => check.name)).toEqual([...LOGIN_CHECKS, ...REST]);
    expect(checks[0]?.status).toBe("ok");
    expect(checks[1]).toMatchObject({ status: "failed", message: expect.stringContaining(named) });
    for (const check of checks.slice(2))
      expect(check).toMatchObject({ status: "skipped", message: "not looked at: credentials failed" });
    expect(run.output).not.toContain("not-the-right-one");
  });

  it("a login that lacks a role is let in, and the missing right is named", async () => {
    const run = await runWith({
      ...sandbox.servers.evo.environment,
      EVO_VOICE_USERNAME: "manager@switchboard.example.com",
      EVO_VOICE_PASSWORD: "sandbox-manager-password",
    });
    expect(run.code).toBe(1);
    expect(checkOf(run, "evo", "credentials").status).toBe("ok");
    expect(checkOf(run, "evo", "paging").status).toBe("ok");
    const missing = checksOf(run, "evo").filter(isFailed);
    expect(missing).not.toEqual([]);
    for (const { name, message } of missing) {
      expect(name).toMatch(/^permissions: ./);
      expect(message).toMatch(/role/i);
    }
  });
});

describe("a provider that does not answer", () => {
  it.each(SANDBOX_PROVIDERS)("%s down: unreachable, the others are well", async (name) => {
    const others = Object.fromEntries(
      SANDBOX_PROVIDERS.filter((other) => other !== name).flatMap((other) =>
        Object.entries(sandbox.servers[other].environment),
      ),
    );
    const down = Object.fromEntries(
      Object.entries(sandbox.servers[name].environment).map(([key, value]) => [
        key,
        // The discard port: nothing has listened there for decades.
        key.endsWith("_BASE_URL") ? value.replace(/:\d+/, ":9") : value,
      ]),
    );
    const run = await runWith({ ...others, ...down });
    expect(run.code).toBe(1);
    const [reachable, ...rest] = checksOf(run, NAMES[name]);
    expect(reachable).toMatchObject({ name: "reachable", status: "failed" });
    expect(reachable?.message).toMatch(
      /nothing listens .*\(ECONNREFUSED\): check baseUrl \([A-Z_]+_BASE_URL\)/,
    );
    expect(rest.map((check) => [check.name, check.status])).toEqual(
      ["credentials", ...REST].map((skipped) => [skipped, "skipped"]),
    );
    for (const { name: other, checks } of run.report.connections) {
      if (other !== NAMES[name]) expect(checks.filter(isFailed), other).toEqual([]);
    }
  });

  it.each(SANDBOX_PROVIDERS)("%s hanging: no answer within the time there is", async (name) => {
    sandbox.servers[name].setFaults({ hang: "always", path: "/" });
    const run = await runWith({
      ...sandbox.servers[name].environment,
      SWITCHBOARD_PROVIDER_TIMEOUT_MS: "150",
    });
    expect(run.code).toBe(1);
    const reachable = checkOf(run, NAMES[name], "reachable");
    expect(reachable.status).toBe("failed");
    expect(reachable.message).toMatch(/^no answer within (150|300) ms; check baseUrl/);
  });

  it("a base URL that is not the provider's is told from credentials that are wrong", async () => {
    await using server = await startScriptedServer(statuses(404));
    const run = await runWith({ ...sandbox.servers.plivo.environment, PLIVO_BASE_URL: server.url });
    expect(checkOf(run, "plivo", "reachable")).toMatchObject({
      status: "failed",
      message: expect.stringContaining("Check baseUrl (PLIVO_BASE_URL)"),
    });
  });

  it("a provider that limits is reachable, and the credentials cannot be told", async () => {
    sandbox.servers.speko.setFaults({ always: { status: 429, retryAfterSeconds: 60 } });
    const run = await runWith(sandbox.servers.speko.environment);
    expect(checkOf(run, "speko", "reachable").status).toBe("ok");
    expect(checkOf(run, "speko", "credentials")).toMatchObject({
      status: "failed",
      message: expect.stringContaining("try again later"),
    });
  });

  it("one that stops answering after the login costs its own checks only", async () => {
    sandbox.servers.speko.setFaults({ hang: "always", path: "/sessions" });
    const run = await runWith({
      ...sandbox.servers.speko.environment,
      SWITCHBOARD_PROVIDER_TIMEOUT_MS: "500",
    });
    expect(checkOf(run, "speko", "credentials").status).toBe("ok");
    const paging = checkOf(run, "speko", "paging");
    expect(paging).toMatchObject({
      status: "failed",
      message: expect.stringMatching(/^no answer within \d+ m?s$/),
    });
    expect(checkOf(run, "speko", "webhooks").status).toBe("skipped");
  });

  it("an interrupted run says what it had, and exits 1", async () => {
    sandbox.servers.plivo.setFaults({ hang: "always" });
    const stop = new AbortController();
    const running = runWith(sandbox.servers.plivo.environment, stop.signal);
    sandbox.servers.plivo.forget();
    await expect.poll(() => sandbox.servers.plivo.requests.length).toBeGreaterThan(0);
    stop.abort();
    const run = await running;
    expect(run.code).toBe(1);
    expect(checksOf(run, "plivo").every(({ status }) => status === "skipped")).toBe(true);
  });
});

/** A Speko that knows nobody and whose clock is wrong by `skewMs`. */
async function startSkewedServer(skewMs: number) {
  return startScriptedServer((request, response) => {
    response.setHeader("date", new Date(Date.now() + skewMs).toUTCString());
    sendJson(response, request.path === "/v1/sessions" ? { entries: [], nextCursor: null } : {});
  });
}

describe("clock", () => {
  it.each([
    [600_000, "warning", /this machine's clock is (9 min 59 s|10 min( 1 s)?) behind/],
    [-7_200_000, "warning", /this machine's clock is (1 h 59 min|2 h) ahead of/],
    [-20_000, "ok", /^within (19|20|21) s/],
    [0, "ok", /^within [12] s/],
  ] as const)("a provider %i ms ahead: %s", async (skewMs, status, message) => {
    await using server = await startSkewedServer(skewMs);
    const run = await runWith({ SPEKO_API_KEY: "key", SPEKO_BASE_URL: server.url });
    const clock = checkOf(run, "speko", "clock");
    expect(clock.status).toBe(status);
    expect(clock.message).toMatch(message);
  });

  it("cannot be told from answers without a date", async () => {
    await using server = await startScriptedServer((_, response) => {
      response.sendDate = false;
      sendJson(response, { entries: [] });
    });
    const run = await runWith({ SPEKO_API_KEY: "key", SPEKO_BASE_URL: server.url });
    expect(checkOf(run, "speko", "clock").status).toBe("skipped");
  });
});

describe("paging", () => {
  const plivoRow = (index: number) => ({
    session_uuid: `00000000-0000-4000-8000-${String(index).padStart(12, "0")}`,
    created_time: new Date(Date.now() - index * 60_000).toISOString(),
  });
  const plivoPage = (from: number, total: number) => ({
    api_id: "x",
    response: {
      meta: { limit: 20, offset: from, total_count: total, next: from + 20 < total ? "/more" : null },
      objects: Array.from({ length: Math.max(0, Math.min(20, total - from)) }, (_, index) =>
        plivoRow(from + index),
      ),
    },
  });
  /** All rows are new: of the slices of time that a window is read in, only the latest has any. */
  const runPlivo = async (answer: (offset: number) => unknown) => {
    await using server = await startScriptedServer(({ query }, response) => {
      const isLatest = Date.parse(`${query.get("created_time__lt")}Z`) > Date.now();
      sendJson(response, isLatest ? answer(Number(query.get("offset"))) : plivoPage(0, 0));
    });
    const run = await runWith({ PLIVO_AUTH_ID: "MA", PLIVO_AUTH_TOKEN: "t", PLIVO_BASE_URL: server.url });
    const lists = server.requests.filter(({ query }) => query.has("offset"));
    return { run, lists, paging: checkOf(run, "plivo", "paging") };
  };

  it("two pages with different rows are enough, however many there are", async () => {
    const { paging, lists } = await runPlivo((offset) => plivoPage(offset, 10_000));
    expect(paging).toMatchObject({
      status: "ok",
      message: expect.stringContaining("two pages of 20 and 20 rows"),
    });
    expect(lists.length).toBeLessThan(10);
  });

  it("a server that answers every offset with the first page is found out, in few requests", async () => {
    const { run, paging, lists } = await runPlivo(() => plivoPage(0, 60));
    expect(paging).toMatchObject({ status: "failed", message: expect.stringContaining("second page") });
    expect(run.code).toBe(1);
    expect(lists.length).toBeLessThan(20);
  });

  it("a cursor that does not move is found out", async () => {
    await using server = await startScriptedServer((_, response) => {
      const entries = [{ id: "one", createdAt: new Date().toISOString(), status: "ended" }];
      sendJson(response, { entries, nextCursor: "again" });
    });
    const run = await runWith({ SPEKO_API_KEY: "key", SPEKO_BASE_URL: server.url });
    expect(checkOf(run, "speko", "paging").status).toBe("failed");
  });

  it.each([
    [0, /the last 90 d have no sessions/],
    [7, /all 7 rows of the last 90 d fit on one page/],
  ])("%i rows are no second page, and that is fine", async (rows, message) => {
    const { paging } = await runPlivo((offset) => plivoPage(offset, rows));
    expect(paging.status).toBe("ok");
    expect(paging.message).toMatch(message);
  });

  it("rows that cannot be read are a warning", async () => {
    const { run, paging } = await runPlivo(() => ({
      api_id: "x",
      response: { meta: { total_count: 2, offset: 0, next: null }, objects: [plivoRow(1), { no: "id" }] },
    }));
    expect(paging).toMatchObject({ status: "warning", message: expect.stringContaining("1 of 2 entries") });
    expect(
      checksOf(run, "plivo").filter(({ name, status }) => name === "paging" && status === "failed"),
    ).toEqual([]);
  });

  it("a connection whose second page has rows of the first fails, whichever provider it is", async () => {
    const snapshot = (key: string) => ({ providerKey: key, facts: {}, fields: {}, sections: [] });
    const page = (...keys: string[]) =>
      ({ snapshots: keys.map(snapshot), rejected: [] }) as unknown as SessionPage;
    const connection = {
      name: "fifth",
      module: { provider: "FIFTH", capabilities: new Set(), config: [] },
      stats: { clockSkewMs: null },
      historyMs: null,
      probe: async () => undefined,
      inspect: async () => [
        { what: "see", ok: true, message: "may" },
        { what: "do", ok: null, message: "only doing it would show" },
      ],
      webhookProbe: () => null,
      async *listSessions() {
        yield page("a", "b", "c");
        yield page("b", "c", "d");
      },
    } as unknown as ProviderConnection;
    const { log } = createCaptureLogger();
    const { signal } = new AbortController();
    const report = await examine([
      { connection, publicUrl: null, timeoutMs: 5_000, now: Date.now, signal, log },
    ]);
    expect(report.connections[0]?.checks.map(({ name, status }) => [name, status])).toEqual([
      ["reachable", "ok"],
      ["credentials", "ok"],
      ["clock", "skipped"],
      ["permissions: see", "ok"],
      ["permissions: do", "skipped"],
      ["paging", "failed"],
      ["webhooks", "skipped"],
    ]);
    expect(report.connections[0]?.checks[5]?.message).toContain("2 of the 3 rows");
    const table = formatReport(report, true);
    expect(table).toContain("\u001b[31mfailed ");
    expect(formatReport(report, false)).not.toContain("\u001b");
  });
});

describe("webhooks", () => {
  const TOKEN = "sandbox-webhook-token";
  const KEY = Buffer.from("0123456789abcdef0123456789abcdef");
  const environment = () => ({
    ...sandbox.servers.portsip.environment,
    ...sandbox.servers.speko.environment,
    ...sandbox.servers.plivo.environment,
    PORTSIP_WEBHOOK_TOKEN: TOKEN,
    SPEKO_WEBHOOK_SECRETS: `whsec_${KEY.toString("base64")}`,
  });
  const CONNECTIONS = ["portsip", "speko", "plivo"];

  /** Verifies as the references say (PortSIP §7.1, Speko §11.3, Plivo §13.2). */
  function isGenuine({ path, headers, body }: SeenRequest): boolean {
    if (path === "/hooks/webhooks/plivo") {
      const parameters = [...new URLSearchParams(body)].map((pair) => pair.join("")).sort();
      const signed = `http://${headers.host}${path}?${parameters.join("")}.${headers["x-plivo-signature-v3-nonce"]}`;
      const token = sandbox.servers.plivo.environment["PLIVO_AUTH_TOKEN"] ?? "";
      return headers["x-plivo-signature-v3"] === createHmac("sha256", token).update(signed).digest("base64");
    }
    if (path === "/hooks/webhooks/portsip") return headers.authorization === `Bearer ${TOKEN}`;
    if (path !== "/hooks/webhooks/speko") return false;
    const content = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
    return (
      headers["webhook-signature"] === `v1,${createHmac("sha256", KEY).update(content).digest("base64")}`
    );
  }

  const servers: AsyncDisposable[] = [];
  afterEach(async () => {
    for (const server of servers.splice(0)) await server[Symbol.asyncDispose]();
  });
  async function runAt(script: Parameters<typeof startScriptedServer>[0]) {
    const server = await startScriptedServer(script);
    servers.push(server);
    const run = await runWith({
      ...environment(),
      SWITCHBOARD_PUBLIC_URL: `${server.url}/hooks/`,
      SWITCHBOARD_PROVIDER_TIMEOUT_MS: "1000",
    });
    return { run, server, checks: CONNECTIONS.map((name) => checkOf(run, name, "webhooks")) };
  }

  it("a route that takes signed deliveries and refuses forged ones is well", async () => {
    const { run, server, checks } = await runAt((request, response) => {
      response.writeHead(isGenuine(request) ? 200 : 401).end();
    });
    for (const check of checks) {
      expect(check.status).toBe("ok");
      expect(check.message).toContain(`${server.url}/hooks/webhooks/`);
    }
    expect(server.requests).toHaveLength(2 * CONNECTIONS.length);
    expect(run.output).not.toContain(TOKEN);
    expect(run.output).not.toContain(KEY.toString("base64"));
  });

  it("a gateway's own route is well, and the address is said to belong where", async () => {
    await using gateway = await startTestGateway({ environment: environment() });
    const run = await runWith({ ...environment(), SWITCHBOARD_PUBLIC_URL: gateway.url });
    for (const [name, place] of [
      ["plivo", "callback_url"],
      ["speko", "webhook endpoint"],
      ["portsip", "Event URL"],
    ] as const) {
      const { status, message } = checkOf(run, name, "webhooks");
      expect({ name, status }).toEqual({ name, status: "ok" });
      expect(message).toContain(`${gateway.url}/webhooks/${name}`);
      expect(message).toContain(place);
    }
    const elsewhere = await runWith({
      ...environment(),
      PORTSIP_WEBHOOK_TOKEN: "another",
      SWITCHBOARD_PUBLIC_URL: gateway.url,
    });
    expect(checkOf(elsewhere, "portsip", "webhooks").message).toContain("another secret");
  });

  it.each([
    ["that takes everything", statuses(200), /forged/],
    ["that takes nothing", statuses(401), /another secret/],
    ["that is not there", statuses(404), /no gateway/],
    ["that redirects", statuses([302, { location: "/elsewhere" }]), /redirect/],
    ["that fails", statuses(500), /answers 500/],
    ["that never answers", () => undefined, /no answer from .* within 1 s/],
  ])("a route %s fails", async (_, script, message) => {
    const { run, checks } = await runAt(script);
    for (const check of checks) {
      expect(check.status).toBe("failed");
      expect(check.message).toMatch(message);
    }
    expect(run.code).toBe(1);
  });

  it("a route that refuses forged deliveries with something else than 401 fails", async () => {
    const { checks } = await runAt((request, response) => {
      response.writeHead(isGenuine(request) ? 204 : 403).end();
    });
    for (const check of checks) expect(check).toMatchObject({ status: "failed" });
  });

  it("an address where nothing listens fails, and says so", async () => {
    const run = await runWith({ ...environment(), SWITCHBOARD_PUBLIC_URL: "http://127.0.0.1:9" });
    for (const name of CONNECTIONS) {
      expect(checkOf(run, name, "webhooks")).toMatchObject({
        status: "failed",
        message: expect.stringContaining("nothing listens at this host and port (ECONNREFUSED)"),
      });
    }
  });

  it("without public URL or secret it says that polling is fine, and what to enter where", async () => {
    const withoutSecrets = Object.entries(sandbox.environment).filter(([key]) => !key.includes("WEBHOOK"));
    const unset = await runWith(Object.fromEntries(withoutSecrets));
    expect(unset.code).toBe(0);
    const messageOf = (run: Run, name: string) => {
      const { status, message } = checkOf(run, name, "webhooks");
      expect(status).toBe("skipped");
      expect(message).toContain("polling, which is fine");
      return message;
    };
    expect(messageOf(unset, "evo")).toContain("sends none");
    expect(messageOf(unset, "plivo")).toMatch(/set SWITCHBOARD_PUBLIC_URL, and enter <.*>\/webhooks\/plivo/);
    expect(messageOf(unset, "speko")).toContain(
      "SWITCHBOARD_PUBLIC_URL and webhookSecrets (SPEKO_WEBHOOK_SECRETS)",
    );
    const run = await runWith({
      ...sandbox.servers.portsip.environment,
      SWITCHBOARD_PUBLIC_URL: "https://gateway.example.test",
    });
    expect(messageOf(run, "portsip")).toMatch(
      /set webhookToken \(PORTSIP_WEBHOOK_TOKEN\), and enter https:\/\/gateway\.example\.test\/webhooks\/portsip/,
    );
  });
});

it("sends nothing but reads and logins", async () => {
  for (const name of SANDBOX_PROVIDERS) sandbox.servers[name].forget();
  await runWith(sandbox.environment);
  for (const name of SANDBOX_PROVIDERS) {
    const { requests } = sandbox.servers[name];
    expect(requests.length, name).toBeGreaterThan(2);
    const others = requests.filter(({ method }) => method !== "GET");
    for (const { url } of others) expect(url).toMatch(/\/(auth|login)\//);
  }
});

it("connections are named as the file names them, and each is looked at with its own settings", async () => {
  const folder = await mkdtemp(join(tmpdir(), "switchboard-doctor-"));
  try {
    const { SPEKO_API_KEY = "", SPEKO_BASE_URL = "" } = sandbox.servers.speko.environment;
    await writeFile(
      join(folder, "switchboard.yaml"),
      JSON.stringify({
        connections: [
          { name: "north", provider: "speko", apiKey: "$NORTH_KEY", baseUrl: SPEKO_BASE_URL },
          { name: "south", provider: "speko", apiKey: "wrong", baseUrl: SPEKO_BASE_URL },
        ],
      }),
    );
    const run = await runWith({
      SWITCHBOARD_CONFIG: join(folder, "switchboard.yaml"),
      NORTH_KEY: SPEKO_API_KEY,
    });
    expect(run.report.connections.map(({ name, provider, ok }) => [name, provider, ok])).toEqual([
      ["north", "SPEKO", true],
      ["south", "SPEKO", false],
    ]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
