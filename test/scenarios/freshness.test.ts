/** Copies that get old, ids that nobody knows, and users beside background work: requests counted. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { toGlobalId } from "../../src/model/index.js";
import { SANDBOX_PROVIDERS, type SandboxProviderName } from "../../src/sandbox/conversation.js";
import { startTestWorld, type TestWorld } from "../support/gateway.js";

const NODES = `query ($ids: [ID!]!) { nodes(ids: $ids) { id ... on Session { state freshness { source stale ageSeconds } } } }`;
interface Nodes {
  nodes: ({ id: string; freshness: { source: string; stale: boolean } } | null)[];
}

let world: TestWorld;
/** Moves the gateway's clock on, so that copies get old. */
let skewMs = 0;
beforeAll(async () => {
  world = await startTestWorld({ now: () => Date.now() + skewMs });
}, 60_000);
beforeEach(() => {
  for (const name of SANDBOX_PROVIDERS) {
    world.sandbox.servers[name].setFaults({});
    world.sandbox.servers[name].forget();
  }
});
afterAll(() => world[Symbol.asyncDispose]());

const requests = (name: SandboxProviderName) =>
  world.sandbox.servers[name].requests
    .map(({ method, url }) => `${method} ${url}`)
    .filter((line) => !/\/auth\/|\/login/.test(line));

async function ended(name: SandboxProviderName, count: number): Promise<string[]> {
  const { data } = await world.gateway.query<{ sessions: { nodes: { id: string }[] } }>(
    `{ sessions(first: ${count}, filter: { connections: ["${name}"], phases: [ENDED] }, orderBy: { field: STARTED_AT, direction: ASC }) { nodes { id } } }`,
  );
  return data?.sessions.nodes.map(({ id }) => id) ?? [];
}

/** Moves the clock so that these copies, read again first, are of the given age. */
async function age(ids: readonly string[], ms: number): Promise<void> {
  await Promise.all(
    ids.map((id) => world.gateway.query(`query ($id: ID!) { session(id: $id, maxAge: 0) { id } }`, { id })),
  );
  for (const server of Object.values(world.sandbox.servers)) server.forget();
  skewMs += ms;
}

const MINUTE_MS = 60_000;

describe("a copy that is getting old", () => {
  it("is served at once and read again behind it, once for a hundred users", async () => {
    const ids = await ended("plivo", 3);
    await age(ids, 6 * MINUTE_MS);
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => world.gateway.query<Nodes>(NODES, { ids })),
    );
    for (const { data } of answers)
      expect(data?.nodes.map((node) => node?.freshness.source)).toEqual(ids.map(() => "CACHE"));
    await expect.poll(() => requests("plivo").length).toBe(ids.length);
    expect(new Set(requests("plivo")).size).toBe(ids.length);
    // What was read again is young: nobody causes another request.
    await expect
      .poll(async () => {
        const { data } = await world.gateway.query<{ session: { freshness: { ageSeconds: number } } }>(
          `query ($id: ID!) { session(id: $id) { freshness { ageSeconds } } }`,
          { id: ids[0] },
        );
        return data?.session.freshness.ageSeconds;
      })
      .toBeLessThan(60);
    await world.gateway.query<Nodes>(NODES, { ids });
    expect(requests("plivo")).toHaveLength(ids.length);
  });

  it("in a list is served, and some of the oldest are read again behind it", async () => {
    const ids = await ended("speko", 30);
    await age(ids, 11 * MINUTE_MS);
    await ended("speko", 30);
    await expect.poll(() => requests("speko").length).toBe(10);
  });

  it("that cannot be read is served as stale with the reason", async () => {
    const ids = await ended("evo", 2);
    await age(ids, 11 * MINUTE_MS);
    world.sandbox.servers.evo.setFaults({ reset: "always" });
    const { data, errors } = await world.gateway.query<Nodes>(NODES, { ids });
    expect(errors).toEqual([]);
    for (const node of data?.nodes ?? [])
      expect(node?.freshness).toMatchObject({ source: "CACHE", stale: true });
    expect(data?.nodes).toHaveLength(2);
  });
});

describe("an id that the provider does not know", () => {
  const id = toGlobalId("session", "plivo", "4c00da10-2a7e-4e7b-bc58-000000000001");

  it("is asked for once, however many ask within seconds, and again after that", async () => {
    await Promise.all(Array.from({ length: 50 }, () => world.gateway.query<Nodes>(NODES, { ids: [id] })));
    const { data } = await world.gateway.query<Nodes>(NODES, { ids: [id] });
    expect(data?.nodes).toEqual([null]);
    expect(requests("plivo")).toHaveLength(1);
    skewMs += 6_000;
    await world.gateway.query<Nodes>(NODES, { ids: [id] });
    expect(requests("plivo")).toHaveLength(2);
  });

  it("is asked for at once where somebody insists", async () => {
    await world.gateway.query<Nodes>(NODES, { ids: [id] });
    const asked = requests("plivo").length;
    await world.gateway.query(`query ($id: ID!) { session(id: $id, maxAge: 0) { id } }`, { id });
    expect(requests("plivo")).toHaveLength(asked + 1);
  });
});

describe("a user's read", () => {
  it("overtakes history that is being fetched in the background", async () => {
    const [id = ""] = await ended("portsip", 1);
    const { coverage } = world.gateway.running.sync;
    world.sandbox.servers.portsip.setFaults({ latencyMs: 100 });
    world.sandbox.servers.portsip.forget();
    const now = Date.now() + skewMs;
    let isDone = false;
    const stop = new AbortController();
    const day = 86_400_000;
    const filling = coverage
      .fill("portsip", { since: now - 2_000 * day, until: now - 100 * day }, { signal: stop.signal })
      .catch(() => undefined)
      .finally(() => (isDone = true));
    await expect.poll(() => requests("portsip").length).toBeGreaterThan(2);
    const before = requests("portsip").length;
    const { errors } = await world.gateway.query(`query ($id: ID!) { session(id: $id, maxAge: 0) { id } }`, {
      id,
    });
    expect(errors).toEqual([]);
    expect(isDone).toBe(false);
    const since = requests("portsip").slice(before);
    const own = since.findIndex((line) => line.includes("session_id") || line.includes("/sessions/"));
    // Beside it at most what was on its way already.
    expect(own).toBeGreaterThanOrEqual(0);
    expect(own).toBeLessThan(3);
    stop.abort(new Error("enough"));
    await filling;
  }, 30_000);
});
