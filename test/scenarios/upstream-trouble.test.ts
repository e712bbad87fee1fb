/** Each provider in turn down, slow, rate-limiting or answering nonsense: the other three are served as ever. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { SANDBOX_PROVIDERS, type Faults } from "../../src/sandbox/conversation.js";
import { startTestWorld, type TestWorld } from "../support/gateway.js";

const LIST = `query ($connections: [String!]) {
  sessions(first: 100, filter: { connections: $connections }) {
    nodes { id state members { id } freshness { stale } }
    sources { ok stale syncedAt error { code message } connection { name health } }
  }
}`;
const ONE = `query ($id: ID!) { session(id: $id, maxAge: 0) { id state freshness { stale source error { code message } } } }`;

interface List {
  sessions: {
    nodes: { id: string }[];
    sources: { ok: boolean; stale: boolean; error: { code: string } | null; connection: { name: string } }[];
  };
}
interface One {
  session: {
    id: string;
    freshness: { stale: boolean; source: string; error: { code: string } | null };
  } | null;
}

const TROUBLES: [name: string, faults: Faults, code: string][] = [
  ["down", { reset: "always" }, "PROVIDER_UNAVAILABLE"],
  ["answering 500", { always: { status: 500 } }, "PROVIDER_UNAVAILABLE"],
  ["too slow", { latencyMs: 5_000 }, "PROVIDER_TIMEOUT"],
  ["rate-limiting", { always: { status: 429, retryAfterSeconds: 60 } }, "PROVIDER_RATE_LIMITED"],
  ["answering HTML", { malformed: "html" }, "PROVIDER_BAD_RESPONSE"],
  ["answering half a body", { malformed: "truncated" }, "PROVIDER_BAD_RESPONSE"],
];

describe.each(SANDBOX_PROVIDERS)("with %s in trouble", (name) => {
  let world: TestWorld;
  let ids: string[];

  beforeAll(async () => {
    world = await startTestWorld({
      sandbox: { days: 3 },
      environment: { SWITCHBOARD_PROVIDER_TIMEOUT_MS: "1000" },
    });
    const { data } = await world.gateway.query<List>(LIST, { connections: [name] });
    ids = data?.sessions.nodes.map(({ id }) => id) ?? [];
    expect(ids.length).toBeGreaterThan(0);
  }, 60_000);
  beforeEach(() => world.sandbox.servers[name].setFaults({}));
  afterAll(() => world[Symbol.asyncDispose]());

  it.each(TROUBLES)(
    "%s: the list answers with all four, sources say what failed, a session is stale",
    async (_, faults, code) => {
      const { gateway, sandbox } = world;
      sandbox.servers[name].setFaults(faults);
      // The second one may find the circuit open, which is as unavailable as can be.
      const accepted = [code, "PROVIDER_UNAVAILABLE"];

      const one = await gateway.query<One>(ONE, { id: ids[0] });
      expect(one.errors).toEqual([]);
      expect(one.data?.session?.freshness).toMatchObject({ stale: true, source: "CACHE" });
      expect(accepted).toContain(one.data?.session?.freshness.error?.code);

      const list = await gateway.query<List>(LIST);
      expect(list.errors).toEqual([]);
      const sources = new Map(list.data?.sessions.sources.map((source) => [source.connection.name, source]));
      expect([...sources.keys()].sort()).toEqual([...SANDBOX_PROVIDERS].sort());
      for (const other of SANDBOX_PROVIDERS) {
        if (other !== name) expect(sources.get(other)).toMatchObject({ ok: true, stale: false, error: null });
      }
      expect(sources.get(name)).toMatchObject({ ok: false, stale: true });
      expect(accepted).toContain(sources.get(name)?.error?.code);
      const own = await gateway.query<List>(LIST, { connections: [name] });
      expect(own.data?.sessions.nodes.map(({ id }) => id)).toEqual(ids);
    },
    20_000,
  );
});
