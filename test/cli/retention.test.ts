/** Retention as an operator sets it: what is too old goes, stays away, and the graph says how far back the cache reaches. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startSandbox, type Sandbox } from "../../src/sandbox/sandbox.js";
import { DATABASES } from "../support/databases.js";
import { ensureBuilt, spawnCli } from "../support/spawn-cli.js";

const DAY_MS = 24 * 60 * 60 * 1000;

let sandbox: Sandbox;
let folder: string;
beforeAll(async () => {
  ensureBuilt();
  sandbox = await startSandbox({ traffic: null, days: 6, providers: ["plivo", "evo"] });
  folder = await mkdtemp(join(tmpdir(), "switchboard-retention-"));
}, 120_000);
afterAll(async () => {
  await sandbox.close();
  await rm(folder, { recursive: true });
});

interface Held {
  sessions: { nodes: { phase: string; startedAt: string | null; endedAt: string | null }[] };
  connections: { name: string; coveredSince: string | null; sessionCount: number }[];
}

async function held(url: string, connection: string) {
  const response = await fetch(`${url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      query: `query ($of: [String!]) { connections { name coveredSince sessionCount }
        sessions(last: 100, filter: { connections: $of }) { nodes { phase startedAt endedAt } } }`,
      variables: { of: [connection] },
    }),
  });
  const { data } = (await response.json()) as { data: Held };
  const entry = data.connections.find(({ name }) => name === connection);
  return {
    count: entry?.sessionCount ?? -1,
    coveredSince: entry?.coveredSince == null ? null : Date.parse(entry.coveredSince),
    oldestEnd: Math.min(
      ...data.sessions.nodes
        .filter(({ phase }) => phase === "ENDED")
        .map(({ endedAt, startedAt }) => Date.parse(endedAt ?? startedAt ?? "")),
    ),
  };
}

describe.each(DATABASES)("on $name", (kind) => {
  it("removes by age per connection, says so, and sweeps do not bring it back", async () => {
    const { url: database, drop } = await kind.create();
    const environment = {
      ...sandbox.environment,
      DATABASE_URL: database,
      PORT: "0",
      SWITCHBOARD_AUTH: "open",
      SWITCHBOARD_POLL_IDLE_MS: "200",
    };
    const listening = /"url":"(http:[^"]+)","msg":"listening"/;
    try {
      const first = spawnCli(["start"], environment);
      const [, url = ""] = await first.until(listening);
      for (const connection of ["plivo", "evo"])
        await expect
          .poll(async () => (await held(url, connection)).coveredSince, { timeout: 30_000 })
          .not.toBeNull();
      const [plivo, evo] = [await held(url, "plivo"), await held(url, "evo")];
      const cutoff = Date.now() - 2 * DAY_MS;
      expect(plivo.oldestEnd).toBeLessThan(cutoff);
      expect(evo.oldestEnd).toBeLessThan(cutoff);
      first.signal("SIGTERM");
      expect(await first.exit).toBe(0);

      // The gateway's setting holds for plivo; evo has its own answer in the file.
      const file = join(folder, `${kind.name}.yaml`);
      const { EVO_VOICE_USERNAME, EVO_VOICE_PASSWORD, EVO_VOICE_BASE_URL, EVO_VOICE_ACCOUNT_IDS, ...rest } =
        environment as Record<string, string>;
      const login = [
        `username: ${EVO_VOICE_USERNAME}`,
        `password: ${EVO_VOICE_PASSWORD}`,
        `baseUrl: ${EVO_VOICE_BASE_URL}`,
      ];
      if (EVO_VOICE_ACCOUNT_IDS) login.push(`accountIds: ${EVO_VOICE_ACCOUNT_IDS}`);
      const yaml = ["name: evo", "provider: evo", "retentionDays: forever", ...login].join("\n    ");
      await writeFile(file, `connections:\n  - ${yaml}\n`);
      const second = spawnCli(["start"], {
        ...rest,
        SWITCHBOARD_CONFIG: file,
        SWITCHBOARD_RETENTION_DAYS: "2",
      });
      const [, again = ""] = await second.until(listening);
      const [, removed] = await second.until(/"sessions":(\d+),"payloads":\d+.*"msg":"retention removed"/);
      const left = await held(again, "plivo");
      expect(left.count).toBe(plivo.count - Number(removed));
      expect(left.oldestEnd).toBeGreaterThanOrEqual(cutoff);
      expect(left.coveredSince).toBeGreaterThanOrEqual(cutoff);
      expect((await held(again, "evo")).count).toBe(evo.count);

      const lists = sandbox.servers.plivo.requests.length;
      await expect
        .poll(() => sandbox.servers.plivo.requests.length - lists, { timeout: 30_000 })
        .toBeGreaterThan(10);
      expect((await held(again, "plivo")).count).toBe(left.count);
      second.signal("SIGTERM");
      expect(await second.exit).toBe(0);
    } finally {
      await drop();
    }
  }, 180_000);

  it("a first synchronisation reads no further back than is kept", async () => {
    const { url: database, drop } = await kind.create();
    try {
      const cli = spawnCli(["start"], {
        ...sandbox.environment,
        DATABASE_URL: database,
        PORT: "0",
        SWITCHBOARD_AUTH: "open",
        SWITCHBOARD_RETENTION_DAYS: "2",
      });
      const [, url = ""] = await cli.until(/"url":"(http:[^"]+)","msg":"listening"/);
      const cutoff = Date.now() - 2 * DAY_MS - 60_000;
      await expect
        .poll(async () => (await held(url, "plivo")).coveredSince, { timeout: 30_000 })
        .toBeGreaterThanOrEqual(cutoff);
      expect((await held(url, "plivo")).oldestEnd).toBeGreaterThanOrEqual(cutoff);
      cli.signal("SIGTERM");
      await cli.exit;
    } finally {
      await drop();
    }
  }, 180_000);
});

it("what is not a length of time is a problem of the configuration, named by its key", async () => {
  const file = join(folder, "wrong.yaml");
  await writeFile(
    file,
    "connections:\n  - { provider: speko, apiKey: k, retentionDays: 0, rawRetentionDays: soon }\n",
  );
  const cli = spawnCli(["start"], {
    SWITCHBOARD_CONFIG: file,
    SWITCHBOARD_RETENTION_DAYS: "-1",
    SWITCHBOARD_RAW_RETENTION_DAYS: "x",
    SWITCHBOARD_CHANGE_RETENTION_HOURS: "0",
    SWITCHBOARD_COMMAND_RETENTION_DAYS: "1.5",
    SWITCHBOARD_DATABASE_POOL_SIZE: "none",
  });
  expect(await cli.exit).toBe(2);
  for (const key of [
    ...["connections[0].retentionDays", "connections[0].rawRetentionDays", "SWITCHBOARD_RETENTION_DAYS"],
    ...["SWITCHBOARD_RAW_RETENTION_DAYS", "SWITCHBOARD_CHANGE_RETENTION_HOURS"],
    ...["SWITCHBOARD_COMMAND_RETENTION_DAYS", "SWITCHBOARD_DATABASE_POOL_SIZE"],
  ])
    expect(cli.output).toContain(key);
});
