/** Who may see what: keys, scopes, connections. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestWorld } from "../support/gateway.js";
import { sha256, startKeyedWorld } from "../support/keyed-world.js";

const KEYS = [
  {
    name: "everything",
    sha256: sha256("k-all"),
    scopes: ["sessions:read", "transcripts:read", "raw:read", "pii:read", "recordings:read", "admin"],
    connections: ["*"],
  },
  { name: "lists only", sha256: sha256("k-list"), scopes: ["sessions:read"], connections: ["*"] },
  {
    name: "only plivo",
    sha256: sha256("k-plivo").toUpperCase(),
    scopes: ["sessions:read"],
    connections: ["plivo", "nowhere"],
  },
  { name: "nothing", sha256: sha256("k-none"), scopes: [], connections: ["*"] },
];

let world: TestWorld;
beforeAll(async () => {
  world = await startKeyedWorld(KEYS);
}, 60_000);
afterAll(() => world[Symbol.asyncDispose]());

const as = (key: string) => ({ authorization: `Bearer ${key}` });
const ask = <Data>(query: string, headers: Record<string, string>, variables = {}) =>
  world.gateway.query<Data>(query, variables, headers);

describe("credentials", () => {
  it.each([
    ["none", {}],
    ["an unknown key", as("guess")],
    ["another scheme", { authorization: "Basic abc" }],
    ["an empty key", { "x-api-key": "" }],
  ])("%s: 401 and UNAUTHENTICATED, and nothing else is said", async (_title, headers) => {
    const { status, data, errors } = await ask("{ viewer { name } }", headers as Record<string, string>);
    expect(status).toBe(401);
    expect(data).toBeNull();
    expect(errors.map(({ extensions }) => extensions["code"])).toEqual(["UNAUTHENTICATED"]);
  });

  it("a key works as a bearer token and as X-API-Key", async () => {
    for (const headers of [as("k-all"), { "x-api-key": "k-all" }]) {
      const { data } = await ask<{ viewer: { name: string } }>(
        "{ viewer { name scopes connections } }",
        headers,
      );
      expect(data?.viewer.name).toBe("everything");
    }
  });
});

describe("scopes", () => {
  it("without sessions:read the root field fails", async () => {
    const { errors } = await ask("{ sessions { totalCount } }", as("k-none"));
    expect(errors[0]?.extensions).toMatchObject({ code: "FORBIDDEN", scope: "sessions:read" });
  });

  it("a field without its scope is null with FORBIDDEN, and the rest of the answer stands", async () => {
    const query = `{ sessions(first: 1, filter: { connections: ["speko"] }) { nodes { id state transcript { text } report { summary } raw timeline { nodes { id } } ... on SpekoSession { pipelineConfig metadata } } } connections { name lastError { code } } }`;
    const { data, errors } = await ask<{ sessions: { nodes: Record<string, unknown>[] } }>(
      query,
      as("k-list"),
    );
    const [node] = data?.sessions.nodes ?? [];
    expect(node).toMatchObject({
      transcript: null,
      report: null,
      raw: null,
      timeline: null,
      pipelineConfig: null,
      metadata: null,
    });
    expect(node?.["state"]).toEqual(expect.any(String));
    const scopes = errors.map(({ extensions }) => extensions["scope"]);
    expect(new Set(scopes)).toEqual(new Set(["transcripts:read", "raw:read", "admin"]));
    expect(errors.every(({ extensions }) => extensions["code"] === "FORBIDDEN")).toBe(true);
  });
});

describe("a principal limited to one connection cannot learn that others exist", () => {
  it("not by list, count, sources, connections or viewer", async () => {
    const query = `{ viewer { connections } connections { name } sessions(first: 100) { totalCount nodes { provider } sources { connection { name } } } }`;
    const { data } = await ask<{
      viewer: { connections: string[] };
      connections: { name: string }[];
      sessions: {
        totalCount: number;
        nodes: { provider: string }[];
        sources: { connection: { name: string } }[];
      };
    }>(query, as("k-plivo"));
    expect(data?.viewer.connections).toEqual(["plivo"]);
    expect(data?.connections).toEqual([{ name: "plivo" }]);
    expect(new Set(data?.sessions.nodes.map(({ provider }) => provider))).toEqual(new Set(["PLIVO"]));
    expect(data?.sessions.totalCount).toBe(world.sandbox.servers.plivo.records()["session"]?.length);
    expect(data?.sessions.sources).toEqual([{ connection: { name: "plivo" } }]);
  });

  it("not by id, filter, cursor or number", async () => {
    const all = await ask<{
      sessions: { nodes: { id: string; from: { address: string } }[]; pageInfo: { endCursor: string } };
      connections: { id: string }[];
    }>(
      `{ sessions(first: 5, filter: { connections: ["speko"] }) { nodes { id from { address } } pageInfo { endCursor } } connections { id } }`,
      as("k-all"),
    );
    const foreign = all.data?.sessions.nodes.map(({ id }) => id) ?? [];
    world.sandbox.servers.speko.forget();
    const query = `query ($ids: [ID!]!, $id: ID!, $cursor: String, $number: String!) {
      nodes(ids: $ids) { id } session(id: $id) { id }
      byId: sessions(filter: { ids: $ids }) { totalCount }
      byName: sessions(filter: { connections: ["speko"] }) { totalCount sources { ok } }
      byCursor: sessions(first: 100, after: $cursor) { nodes { provider } }
      phoneNumber(number: $number) { sessions { nodes { provider } } }
    }`;
    const variables = {
      ids: [...foreign, ...(all.data?.connections.map(({ id }) => id) ?? []).slice(1)],
      id: foreign[0],
      cursor: all.data?.sessions.pageInfo.endCursor,
      number: all.data?.sessions.nodes[0]?.from.address ?? "+12025550100",
    };
    const { data, errors } = await ask<Record<string, never>>(query, as("k-plivo"), variables);
    expect(errors).toEqual([]);
    expect(data).toMatchObject({
      session: null,
      byId: { totalCount: 0 },
      byName: { totalCount: 0, sources: [] },
    });
    expect((data as unknown as { nodes: unknown[] }).nodes.filter((node) => node !== null)).toHaveLength(0);
    expect(JSON.stringify(data)).not.toMatch(/SPEKO|EVO_VOICE|PORTSIP/);
    expect(world.sandbox.servers.speko.requests).toEqual([]);
  });
});
