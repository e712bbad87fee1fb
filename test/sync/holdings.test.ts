/** Several gateways on one database: one of them polls a connection, all of them know what it knows. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createStore } from "../../src/store/create-store.js";
import { openDatabase } from "../../src/store/open-database.js";
import { startSandbox, type Sandbox } from "../../src/sandbox/sandbox.js";
import { DATABASES } from "../support/databases.js";
import { startTestGateway, untilSynchronised, type TestGateway } from "../support/gateway.js";

const LIVE_LISTS = /^\/api\/sessions(\?|$)/;

describe.each(DATABASES)("gateways on one $name", (kind) => {
  let sandbox: Sandbox;
  let database: { url: string; drop(): Promise<void> };
  const gateways: TestGateway[] = [];

  beforeEach(async () => {
    sandbox = await startSandbox({ providers: ["portsip"], days: 1, traffic: null });
    database = await kind.create();
  });
  afterEach(async () => {
    for (const gateway of gateways.splice(0)) await gateway[Symbol.asyncDispose]();
    await sandbox.close();
    await database.drop();
  });

  async function start(environment: Record<string, string> = {}): Promise<TestGateway> {
    const gateway = await startTestGateway({
      environment: { ...sandbox.environment, DATABASE_URL: database.url, ...environment },
    });
    gateways.push(gateway);
    return gateway;
  }
  const looks = () => sandbox.servers.portsip.requests.filter(({ url }) => LIVE_LISTS.test(url)).length;
  const state = ({ running }: TestGateway) => running.sync.directory.get("portsip");

  it("one polls, the others know how far it is, and take over at once when it stops", async () => {
    const first = await start({ SWITCHBOARD_POLL_IDLE_MS: "200" });
    await untilSynchronised(first);
    sandbox.servers.portsip.forget();
    const second = await start({ SWITCHBOARD_POLL_IDLE_MS: "200" });
    await untilSynchronised(second);
    await expect.poll(() => state(second)?.caughtUp, { timeout: 10_000 }).toBe(true);
    // A list at the second: nothing is missing, so nothing is asked of the provider for it.
    const before = sandbox.servers.portsip.requests.filter(({ url }) => url.includes("calllogs")).length;
    const { data } = await second.query<{ sessions: { sources: { ok: boolean }[]; nodes: object[] } }>(
      `{ sessions(first: 5) { nodes { id } sources { ok } } }`,
    );
    expect(data?.sessions.sources).toEqual([{ ok: true }]);
    expect(data?.sessions.nodes).toHaveLength(5);
    const kept = sandbox.servers.portsip.requests.filter(({ url }) => url.includes("calllogs")).length;
    expect(kept - before).toBeLessThan(4);
    expect(second.running.sync.directory.health(state(second)!)).toBe("UP");
    await first.running.stop();
    sandbox.servers.portsip.forget();
    await expect.poll(looks, { timeout: 10_000 }).toBeGreaterThan(3);
  });

  it("somebody who watches at one makes the other poll fast, and slow again within 30 s of leaving", async () => {
    const first = await start({ SWITCHBOARD_POLL_LIVE_MS: "100" });
    await untilSynchronised(first);
    const second = await start();
    await expect.poll(() => state(second)?.caughtUp, { timeout: 10_000 }).toBe(true);
    sandbox.servers.portsip.forget();
    const leave = second.running.sync.watch({ connections: ["portsip"] });
    await expect.poll(looks, { timeout: 10_000 }).toBeGreaterThan(5);
    leave();
    const leftAt = Date.now();
    for (let before = -1; before !== looks();) {
      before = looks();
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
    expect(Date.now() - leftAt).toBeLessThan(30_000);
  }, 60_000);

  it("one that died is succeeded within 15 s", async () => {
    const store = createStore(await openDatabase(database.url));
    // The last sign of life of a gateway on another machine.
    await store.holdings.take([{ connection: "portsip", note: null }], "elsewhere/1/dead", 10_000);
    const diedAt = Date.now();
    await start({ SWITCHBOARD_POLL_IDLE_MS: "200" });
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    expect(looks()).toBe(0);
    await expect.poll(looks, { timeout: 20_000 }).toBeGreaterThan(0);
    expect(Date.now() - diedAt).toBeLessThan(15_000);
    await store.close();
  });

  it("one of this machine that has ended keeps nobody waiting", async () => {
    const store = createStore(await openDatabase(database.url));
    const { hostname } = await import("node:os");
    await store.holdings.take(
      [{ connection: "portsip", note: null }],
      `${hostname()}/${process.pid}/dead`,
      60_000,
    );
    await start();
    await expect.poll(looks, { timeout: 10_000 }).toBeGreaterThan(0);
    await store.close();
  });
});
