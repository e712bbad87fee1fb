/** `switchboard backfill`: stopped, killed, beside a gateway and beside itself, on both databases. */
import { randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { SANDBOX_PROVIDERS } from "../../src/sandbox/conversation.js";
import { startSandbox, type Sandbox } from "../../src/sandbox/sandbox.js";
import { DATABASES } from "../support/databases.js";
import { ensureBuilt, spawnCli } from "../support/spawn-cli.js";
import { idsByConnection, trueIds } from "../support/truth.js";

const DAY_MS = 86_400_000;
const LISTENING = /"url":"(http:[^"]+)","msg":"listening"/;

let sandbox: Sandbox;
beforeAll(async () => {
  ensureBuilt();
  sandbox = await startSandbox({ traffic: null, days: 160 });
}, 120_000);
beforeEach(() => {
  for (const name of SANDBOX_PROVIDERS) {
    sandbox.servers[name].setFaults({});
    sandbox.servers[name].forget();
  }
});
afterAll(() => sandbox.close());

/** Everything that a gateway's cache holds, by connection; and the ids that it holds more than once. */
async function cached(url: string) {
  const nodes: { id: string; providerId: string; connection: { name: string } }[] = [];
  for (let after: string | null = null; ;) {
    const response = await fetch(`${url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        query: `query ($after: String) { sessions(first: 100, after: $after, filter: { startedAfter: "${new Date(Date.now() - 150 * DAY_MS).toISOString()}" }) {
          nodes { id providerId connection { name } } pageInfo { hasNextPage endCursor } } }`,
        variables: { after },
      }),
    });
    const { data } = (await response.json()) as {
      data: { sessions: { nodes: typeof nodes; pageInfo: { hasNextPage: boolean; endCursor: string } } };
    };
    nodes.push(...data.sessions.nodes);
    if (!data.sessions.pageInfo.hasNextPage) break;
    after = data.sessions.pageInfo.endCursor;
  }
  expect(new Set(nodes.map(({ id }) => id)).size).toBe(nodes.length);
  return idsByConnection(nodes);
}

const truth = () => ({
  ...trueIds(sandbox, Date.now() - 150 * DAY_MS),
  plivo: trueIds(sandbox, Date.now() - 90 * DAY_MS)["plivo"],
});

describe("arguments", () => {
  it.each([
    [[], "--since is missing"],
    [["--since", "soon"], "--since: expected"],
    [["--since", "2026-02-30"], "--since: expected"],
    [["--since", "1d", "--until", "2d"], "--since must lie before --until"],
    [["--since", "1d", "--connection", "nobody"], "There is no connection nobody"],
    [["--since", "1d", "--frobnicate"], "--frobnicate"],
  ])("%j: exit 2, and says why", async (args, words) => {
    const cli = spawnCli(["backfill", ...args], { ...sandbox.environment });
    expect(await cli.exit).toBe(2);
    expect(cli.output).toContain(words);
  });

  it("--help tells all of them", async () => {
    const cli = spawnCli(["backfill", "--help"]);
    expect(await cli.exit).toBe(0);
    for (const word of ["--since", "--until", "--connection", "Exit code"])
      expect(cli.output).toContain(word);
  });
});

describe.each(DATABASES)("on $name", (kind) => {
  let database: Awaited<ReturnType<typeof kind.create>>;
  let environment: Record<string, string>;
  beforeEach(async () => {
    database = await kind.create();
    environment = {
      ...sandbox.environment,
      DATABASE_URL: database.url,
      PORT: "0",
      SWITCHBOARD_AUTH: "open",
    };
  });
  const start = async () => {
    const gateway = spawnCli(["start"], environment);
    const [, url = ""] = await gateway.until(LISTENING);
    return { gateway, url };
  };

  it("kill -9 at any point, again and again, beside a running gateway: nothing is missing, nothing is double", async () => {
    for (const server of Object.values(sandbox.servers)) server.setFaults({ latencyMs: 15 });
    let { gateway, url } = await start();
    const delays: number[] = [];
    for (let round = 0; round < 4; round += 1) {
      const cli = spawnCli(["backfill", "--since", "150d"], environment);
      await cli.until(/backfill started/);
      delays.push(randomInt(0, 800));
      await sleep(delays.at(-1));
      cli.signal("SIGKILL");
      await cli.exit;
      if (round === 1) {
        gateway.signal("SIGKILL");
        await gateway.exit;
        ({ gateway, url } = await start());
      }
    }
    console.info(`killed after ${delays.join(", ")} ms`);
    for (const server of Object.values(sandbox.servers)) server.setFaults({});
    // A lease of one that was killed runs out within 15 s.
    for (let tries = 0; ; tries += 1) {
      const cli = spawnCli(["backfill", "--since", "150d"], environment);
      if ((await cli.exit) === 0) break;
      expect(cli.output).toContain("another backfill is at work");
      if (tries > 25) throw new Error(cli.output);
      await sleep(1_000);
    }
    // What the cache has it has by itself: nothing can be fetched while it is asked.
    for (const server of Object.values(sandbox.servers)) server.setFaults({ reset: "always" });
    expect(await cached(url)).toEqual(truth());
    for (const server of Object.values(sandbox.servers)) server.setFaults({});
    gateway.signal("SIGTERM");
    expect(await gateway.exit).toBe(0);

    // And all of it is noted: the same command has nothing to list.
    for (const server of Object.values(sandbox.servers)) server.forget();
    const again = spawnCli(["backfill", "--since", "149d", "--until", "1d"], environment);
    expect(await again.exit).toBe(0);
    const lists = Object.values(sandbox.servers).flatMap(({ requests }) =>
      requests
        .map(({ url: path }) => path)
        .filter((path) => /created_time|startDate|calllogs\?|\/v1\/sessions\?/.test(path)),
    );
    expect(lists).toEqual([]);
    await database.drop();
  }, 120_000);

  it("Ctrl-C says how to go on, and the next run does not start over", async () => {
    sandbox.servers.evo.setFaults({ latencyMs: 150 });
    const args = ["backfill", "--connection", "evo", "--since", "150d"];
    const first = spawnCli(args, environment);
    await expect
      .poll(() => sandbox.servers.evo.requests.filter(({ url }) => url.includes("startDate")).length, {
        timeout: 20_000,
      })
      .toBeGreaterThan(6);
    first.signal("SIGINT");
    expect(await first.exit).toBe(1);
    expect(first.output).toMatch(/evo: stopped, \d+ rows read, complete back to 20/);
    expect(first.output).toContain(`To go on: switchboard ${args.join(" ")}`);
    const newest = (urls: readonly string[]) =>
      Math.max(...urls.flatMap((url) => /endDate=(\d{4}-\d\d-\d\d)/.exec(url)?.[1] ?? []).map(Date.parse));
    const listed = () => sandbox.servers.evo.requests.map(({ url }) => url);
    const firstStart = newest(listed());
    sandbox.servers.evo.setFaults({});
    sandbox.servers.evo.forget();
    const second = spawnCli([...args, "--until", "1d"], environment);
    expect(await second.exit).toBe(0);
    expect(newest(listed())).toBeLessThan(firstStart);
    expect(second.output).toMatch(/evo: done/);
    await database.drop();
  }, 60_000);

  it("of a provider that is down fails with 1 and says which", async () => {
    sandbox.servers.speko.setFaults({ reset: "always" });
    const cli = spawnCli(["backfill", "--since", "5d"], environment);
    expect(await cli.exit).toBe(1);
    expect(cli.output).toMatch(/speko: failed after 0 rows.*PROVIDER_UNAVAILABLE/);
    expect(cli.output).toMatch(/plivo: done/);
    await database.drop();
  }, 60_000);
});
