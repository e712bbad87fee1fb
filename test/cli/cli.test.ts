import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startChromium } from "../support/chromium.js";
import { connect } from "../support/raw-socket.js";
import { ensureBuilt, spawnCli, type RunningCli } from "../support/spawn-cli.js";

let folder: string;
beforeAll(async () => {
  ensureBuilt();
  folder = await mkdtemp(join(tmpdir(), "switchboard-cli-"));
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("switchboard start", () => {
  it("without credentials names what is missing, points to the demo, and exits 2", async () => {
    const cli = spawnCli(["start"], {}, folder);
    expect(await cli.exit).toBe(2);
    for (const word of [
      "PLIVO_AUTH_ID",
      "EVO_VOICE_USERNAME",
      "SPEKO_API_KEY",
      "PORTSIP_BASE_URL",
      "npm run demo",
    ]) {
      expect(cli.output).toContain(word);
    }
  });

  it("says whose the fault is when its port is taken, and that nobody has a key", async () => {
    const server = http.createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const environment = { SPEKO_API_KEY: "k", SPEKO_BASE_URL: "http://127.0.0.1:9", PORT: String(port) };
    const cli = spawnCli(["start"], { ...environment, DATABASE_URL: "sqlite::memory:" }, folder);
    expect(await cli.exit).toBe(1);
    expect(cli.output).toContain("SWITCHBOARD_API_KEYS_FILE");
    expect(cli.output).toContain(`something else listens at 127.0.0.1:${port}`);
    expect(cli.output).not.toContain("stack");
    server.close();
  });

  it("reports every problem of the configuration at once, and no secret", async () => {
    const keys = join(folder, "keys.json");
    await writeFile(keys, JSON.stringify([{ name: "", sha256: "abc", scopes: ["everything"] }]));
    const cli = spawnCli(
      ["start"],
      {
        PORT: "99999",
        HOST: "0.0.0.0",
        SWITCHBOARD_AUTH: "open",
        DATABASE_URL: "mysql://user:hunter2@host/db",
        PLIVO_AUTH_TOKEN: "secret-token",
        PORTSIP_BASE_URL: "https://pbx.example.test",
        PORTSIP_USERNAME: "u",
        PORTSIP_PASSWORD: "secret-password",
        PORTSIP_WSI_URL: "https://pbx.example.test:8885",
        SWITCHBOARD_PUBLIC_URL: "https://hooks.example.test/?tenant=7",
        SWITCHBOARD_POLL_IDLE_MS: "soon",
        SWITCHBOARD_API_KEYS_FILE: keys,
        SWITCHBOARD_JWKS_URL: "https://idp.example.test/keys",
      },
      folder,
    );
    expect(await cli.exit).toBe(2);
    const keysNamed = [
      "PORT",
      "SWITCHBOARD_AUTH",
      "DATABASE_URL",
      "PLIVO_AUTH_ID",
      "must end in /api",
      "PORTSIP_WSI_URL",
      "SWITCHBOARD_PUBLIC_URL",
      "SWITCHBOARD_POLL_IDLE_MS",
      "sha256",
      "scopes",
      "SWITCHBOARD_JWKS_URL",
    ];
    for (const key of keysNamed) expect(cli.output).toContain(key);
    expect(cli.output).not.toMatch(/hunter2|secret-token|secret-password/);
  });

  it("an unknown command is an error that lists those there are", async () => {
    const cli = spawnCli(["strat"], {}, folder);
    expect(await cli.exit).toBe(2);
    expect(cli.output).toMatch(/no command "strat"[\s\S]*start[\s\S]*demo/);
  });
});

describe("switchboard demo", () => {
  let cli: RunningCli;
  let url: string;
  beforeAll(async () => {
    cli = spawnCli(["demo"], { PORT: "0", LOG_LEVEL: "info" }, folder);
    const [, found = ""] = await cli.until(/playground\s+(http:\S+)\/graphql/);
    url = found;
  }, 30_000);
  afterAll(() => cli.signal("SIGKILL"));

  const query = async (text: string, headers: Record<string, string> = {}) => {
    const response = await fetch(`${url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify({ query: text }),
    });
    return (await response.json()) as { data: { sessions: { nodes: { provider: string }[] } } };
  };

  it("answers a query over four providers, and says it is ready", async () => {
    await expect
      .poll(
        async () => {
          const { data } = await query("{ sessions(first: 100) { nodes { provider } } }");
          return new Set(data.sessions.nodes.map(({ provider }) => provider)).size;
        },
        { timeout: 20_000 },
      )
      .toBe(4);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
  }, 30_000);

  it("hears of what happens from the providers that can tell it", async () => {
    const parties = `firstParty: "+12025550150", secondParty: "+12125550160", initiateCallToFirstParty: true`;
    const made = await query(`mutation {
      createPlivoSession(input: { ${parties} }) { session { ... on PlivoSession { callbackUrl } } }
      createPortsipSession(input: { caller: "1001", callee: "1002" }) { session { id } }
    }`);
    expect(JSON.stringify(made.data)).toContain(`"callbackUrl":"${url}/webhooks/plivo"`);
    const told = async () => {
      const { data } = await query("{ connections { name webhooks { lastReceivedAt } } }");
      const { connections } = data as unknown as {
        connections: { name: string; webhooks: { lastReceivedAt: string | null } | null }[];
      };
      return connections.filter(({ webhooks }) => webhooks?.lastReceivedAt != null).map(({ name }) => name);
    };
    await expect
      .poll(async () => (await told()).sort(), { timeout: 60_000 })
      .toEqual(["plivo", "portsip", "speko"]);
  }, 90_000);

  it("serves a playground that runs a query and loads nothing from anywhere else", async ({ skip }) => {
    const browser = await startChromium("the playground is not looked at");
    if (browser === null) return skip();
    try {
      const page = await browser.newPage();
      const foreign: string[] = [];
      page.on("request", (request) => {
        if (!/^(data|blob):/.test(request.url()) && !request.url().startsWith(url))
          foreign.push(request.url());
      });
      const errors: string[] = [];
      page.on("pageerror", (error) => errors.push(error.message));
      await page.goto(`${url}/graphql`);
      // The editor arrives after the button does; a click before then would run nothing.
      await page.waitForFunction(
        "document.querySelector('.graphiql-query-editor .view-lines')?.textContent?.includes('query')",
      );
      await page.click(".graphiql-execute-button");
      await page.waitForFunction(
        "document.querySelector('.result-window')?.textContent?.includes('provider')",
      );
      expect(await page.title()).toBe("Switchboard");
      expect(errors).toEqual([]);
      expect(foreign).toEqual([]);
    } finally {
      await browser.close();
    }
  }, 60_000);

  it("logs one JSON line with its address, and no number or credential in clear", () => {
    const lines = cli.output.split("\n").filter((line) => line.startsWith("{"));
    const listening = lines
      .map((line) => JSON.parse(line) as { msg: string; url?: string })
      .find(({ msg }) => msg === "listening");
    expect(listening?.url).toBe(url);
    expect(lines.join("\n")).not.toMatch(/\+\d{10}|sandbox-[a-z]+-password|sk_live/);
  });

  it("ends with exit code 0 on SIGTERM, finishing what is in flight", async () => {
    const body = JSON.stringify({
      query: "{ sessions(first: 100) { nodes { provider members { id } transcript { text } } } }",
    });
    const request = http.request(`${url}/graphql`, {
      method: "POST",
      agent: false,
      headers: { "content-type": "application/json", "content-length": Buffer.byteLength(body) },
    });
    const answered = once(request, "response");
    // Half of the operation has arrived (the server has answered something since) when the signal comes.
    await new Promise<void>((resolve) => void request.write(body.slice(0, 20), () => resolve()));
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    // Somebody watches meanwhile, and has been told something.
    const watcher = await connect(`${url.replace("http", "ws")}/graphql`);
    const subscription = "subscription { sessionChanges { kind cursor session { id } } }";
    watcher.send({ id: "1", type: "subscribe", payload: { query: subscription } });
    expect(await watcher.message()).toMatchObject({ id: "1", type: "next", payload: { data: {} } });
    cli.signal("SIGTERM");
    await cli.until(/draining/);
    expect(await watcher.closed).toMatchObject({ code: 1001 });
    request.end(body.slice(20));
    const [response] = (await answered) as [http.IncomingMessage];
    const { data } = (await json(response)) as { data: { sessions: { nodes: unknown[] } } };
    expect(data.sessions.nodes).toHaveLength(100);
    expect(await cli.exit).toBe(0);
  }, 20_000);
});
