/** What an operation costs the providers, counted on the wire. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { SANDBOX_PROVIDERS, type SandboxProviderName } from "../../src/sandbox/conversation.js";
import { startTestWorld, type TestWorld } from "../support/gateway.js";

const ALL_UNIFIED = `
  __typename id provider providerId channel direction phase state title startedAt answeredAt endedAt updatedAt durationSeconds
  connection { name health } from { address displayName number { e164 country } } to { address } cost { amount currency }
  members { id role state displayName party { address } } interactions { id index durationSeconds legs { role } recording { id } }
  transfers { id kind status transferTo } transcript { entryCount text entries(first: 3) { nodes { index text } } }
  report { origin summary outcome costBreakdown { metric } } recordings { id status format durationSeconds }
  timeline(first: 20) { nodes { id at type source } } freshness { stale source ageSeconds } raw`;

let world: TestWorld;
/** Moves the gateway's clock on, so that copies of live calls get too old. */
let skewMs = 0;
beforeAll(async () => {
  world = await startTestWorld({ now: () => Date.now() + skewMs });
}, 60_000);
beforeEach(() => {
  for (const server of Object.values(world.sandbox.servers)) server.forget();
});
afterAll(() => world[Symbol.asyncDispose]());

const requests = (name: SandboxProviderName) =>
  world.sandbox.servers[name].requests
    .map(({ method, url }) => `${method} ${url}`)
    .filter((line) => !/\/auth\/|\/login/.test(line));

describe("100 sessions over four providers with all unified fields", () => {
  // Ended calls only: nothing about them changes between the first question and the second.
  const query = `{ ${SANDBOX_PROVIDERS.map(
    (name) =>
      `${name}: sessions(first: 25, filter: { connections: ["${name}"], phases: [ENDED] }) { nodes { ${ALL_UNIFIED} } }`,
  ).join("\n")} }`;

  it("reads nothing twice, and of each provider only what a list does not carry", async () => {
    const { data, errors } = await world.gateway.query<Record<string, { nodes: unknown[] }>>(query);
    expect(errors).toEqual([]);
    for (const name of SANDBOX_PROVIDERS) {
      expect(data?.[name]?.nodes).toHaveLength(25);
      expect(new Set(requests(name)).size).toBe(requests(name).length);
    }
    // Everything of Plivo comes with its list.
    expect(requests("plivo")).toEqual([]);
    // Files and chat transcripts have routes of their own, one session each.
    expect(requests("evo").every((line) => /\/files\?|\/transcript/.test(line))).toBe(true);
    expect(requests("evo").length).toBeLessThanOrEqual(25 + 25);
    // Calls were read in full by the first synchronisation; their events were not.
    expect(requests("speko").every((line) => line.endsWith("/events"))).toBe(true);
    expect(requests("speko")).toHaveLength(25);
    expect(requests("portsip").every((line) => /\/calllogs|\/recordings/.test(line))).toBe(true);
  });

  it("asks nothing at all the second time", async () => {
    await world.gateway.query(query);
    for (const server of Object.values(world.sandbox.servers)) server.forget();
    const { errors } = await world.gateway.query(query);
    expect(errors).toEqual([]);
    for (const name of SANDBOX_PROVIDERS) expect(requests(name)).toEqual([]);
  });
});

describe("reads by id", () => {
  const BY_ID =
    "query ($ids: [ID!]!) { nodes(ids: $ids) { id ... on Session { state members { id } freshness { source } } } }";

  async function ids(name: SandboxProviderName, count: number): Promise<string[]> {
    const { data } = await world.gateway.query<{ sessions: { nodes: { id: string }[] } }>(
      `{ sessions(first: ${count}, filter: { connections: ["${name}"], phases: [LIVE, OPEN] }) { nodes { id } } }`,
    );
    return data?.sessions.nodes.map(({ id }) => id) ?? [];
  }

  it("of Evo Voice are one request, however many sessions", async () => {
    const live = await ids("evo", 9);
    expect(live.length).toBeGreaterThan(3);
    skewMs += 3_000;
    for (const server of Object.values(world.sandbox.servers)) server.forget();
    await world.gateway.query(BY_ID, { ids: live });
    expect(requests("evo")).toHaveLength(1);
    expect(requests("evo")[0]).toContain("specificIds");
  });

  it.each(["plivo", "speko", "portsip"] as const)(
    "of %s are one request each, and one for a hundred who ask at once",
    async (name) => {
      const live = (await ids(name, 5)).slice(0, 5);
      expect(live).toHaveLength(5);
      const ask = `query ($ids: [ID!]!) { ${live.map((_, index) => `s${index}: node(id: ${JSON.stringify(live[index])}) { id }`).join(" ")} nodes(ids: $ids) { id } }`;
      skewMs += 3_000;
      for (const server of Object.values(world.sandbox.servers)) server.forget();
      await Promise.all(Array.from({ length: 20 }, () => world.gateway.query(ask, { ids: live })));
      const own = requests(name).filter((line) => !line.includes("/events"));
      expect(own.length).toBe(5);
      expect(new Set(own).size).toBe(5);
    },
  );
});
