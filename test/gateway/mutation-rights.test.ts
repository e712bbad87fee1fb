/** Who may act, on what, and what they are told of it. */
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import type { TestWorld } from "../support/gateway.js";
import { sha256, startKeyedWorld } from "../support/keyed-world.js";
import { createPool, forgetRequests, writesOf, type Candidate } from "../support/mutation-cases.js";

const KEYS = [
  {
    name: "boss",
    scopes: ["sessions:read", "sessions:write", "transcripts:read", "admin"],
    connections: ["*"],
  },
  { name: "agent", scopes: ["sessions:read", "sessions:write"], connections: ["evo", "speko"] },
  { name: "reader", scopes: ["sessions:read"], connections: ["*"] },
  { name: "blind", scopes: ["sessions:write"], connections: ["*"] },
].map((key) => ({ ...key, sha256: sha256(`k-${key.name}`) }));

let world: TestWorld;
beforeAll(async () => {
  world = await startKeyedWorld(KEYS);
}, 60_000);
beforeEach(() => forgetRequests(world.sandbox));
afterAll(() => world[Symbol.asyncDispose]());

const taken = new Set<string>();
async function session(provider: "evo" | "plivo" | "speko"): Promise<Candidate> {
  const asBoss = {
    ...world.gateway,
    query: <Data>(query: string, variables?: object) =>
      world.gateway.query<Data>(query, variables, { "x-api-key": "k-boss" }),
  };
  const found = await createPool(asBoss).take(
    provider,
    ({ id, state }) => state === "IN_PROGRESS" && !taken.has(id),
  );
  taken.add(found.id);
  return found;
}

interface Ended {
  endSession: {
    command: { id: string; outcome: string } | null;
    session: { state: string } | null;
    userErrors: { code: string; message: string; path: string[] | null }[];
  } | null;
}
const END = `mutation ($id: ID!, $key: String) { endSession(input: { sessionId: $id, idempotencyKey: $key }) {
  command { id outcome } session { state } userErrors { code message path } } }`;
const as = (who: string) => ({ "x-api-key": `k-${who}` });
const end = (id: string, who: string, key: string | null = null) =>
  world.gateway.query<Ended>(END, { id, key }, as(who));

it("without sessions:write every mutation is FORBIDDEN, and nothing is sent", async () => {
  const { id } = await session("evo");
  const { data, errors } = await end(id, "reader");
  expect(data?.endSession ?? null).toBeNull();
  expect(errors[0]?.extensions).toMatchObject({ code: "FORBIDDEN", scope: "sessions:write" });
  const refresh = await world.gateway.query(
    `mutation { refreshSession(id: "${id}") { id } }`,
    {},
    as("reader"),
  );
  expect(refresh.data).toEqual({ refreshSession: null });
  expect(refresh.errors[0]?.extensions).toMatchObject({ code: "FORBIDDEN", scope: "sessions:write" });
  expect(writesOf(world.sandbox)).toEqual([]);
});

it("on a connection that the principal may not see a session is told apart from none by nothing", async () => {
  const { id } = await session("plivo");
  const hidden = await end(id, "agent");
  const none = await end(Buffer.from("s\nnowhere\nx").toString("base64url"), "agent");
  expect(hidden.data).toEqual(none.data);
  expect(hidden.data?.endSession?.userErrors).toMatchObject([
    { code: "BAD_USER_INPUT", path: ["input", "sessionId"] },
  ]);
  const create = await world.gateway.query(
    `mutation { createPlivoSession(input: { connection: "plivo", firstParty: "+12025550134", secondParty: "+12025550189" }) {
      command { id } userErrors { code } } }`,
    {},
    as("agent"),
  );
  expect(create.data).toEqual({
    createPlivoSession: { command: null, userErrors: [{ code: "BAD_USER_INPUT" }] },
  });
  expect(writesOf(world.sandbox)).toEqual([]);
});

it("whoever may act but not read is told what became of it, and nothing of the session", async () => {
  const { id } = await session("speko");
  const { data, errors } = await end(id, "blind");
  expect(data?.endSession?.command?.outcome).toBe("SUCCEEDED");
  expect(data?.endSession?.session).toBeNull();
  expect(errors.map(({ path, extensions }) => ({ path, ...extensions }))).toEqual([
    { path: ["endSession", "session"], code: "FORBIDDEN", scope: "sessions:read" },
  ]);
});

it("reading a session again is reading it: sessions:read is needed beside sessions:write", async () => {
  const { id } = await session("speko");
  const { data, errors } = await world.gateway.query(
    `mutation { refreshSession(id: "${id}") { state } }`,
    {},
    as("blind"),
  );
  expect(data).toEqual({ refreshSession: null });
  expect(errors[0]?.extensions).toMatchObject({ code: "FORBIDDEN", scope: "sessions:read" });
  expect(world.sandbox.servers.speko.requests).toEqual([]);
});

it("a command is its principal's own to read; admin reads all", async () => {
  const { id } = await session("evo");
  const { data } = await end(id, "agent");
  const command = data?.endSession?.command?.id ?? "";
  const read = (who: string) =>
    world.gateway.query<{ command: object | null; node: object | null }>(
      "query ($id: ID!) { command(id: $id) { outcome } node(id: $id) { id } }",
      { id: command },
      as(who),
    );
  expect((await read("agent")).data).toEqual({ command: { outcome: "SUCCEEDED" }, node: { id: command } });
  expect((await read("boss")).data).toEqual({ command: { outcome: "SUCCEEDED" }, node: { id: command } });
  expect(await read("reader")).toMatchObject({ data: { command: null, node: null }, errors: [] });
});

it("idempotency keys of two principals are two", async () => {
  const one = await session("evo");
  const other = await session("evo");
  expect((await end(one.id, "agent", "same key")).data?.endSession?.command?.outcome).toBe("SUCCEEDED");
  expect((await end(other.id, "boss", "same key")).data?.endSession?.command?.outcome).toBe("SUCCEEDED");
  expect(writesOf(world.sandbox)).toHaveLength(2);
});

it("mutations of one operation happen one after the other, each seeing what the last one did", async () => {
  const { id } = await session("evo");
  const { data, errors } = await world.gateway.query<Record<string, { session: { state: string } }>>(
    `mutation ($id: ID!) {
      hold: holdSession(input: { sessionId: $id }) { session { state members { state } } }
      end: endSession(input: { sessionId: $id }) { session { state members { state } } }
      refreshed: refreshSession(id: $id) { state }
    }`,
    { id },
    as("boss"),
  );
  expect(errors).toEqual([]);
  expect(data).toMatchObject({
    hold: { session: { state: "ON_HOLD" } },
    end: { session: { state: "COMPLETED" } },
    refreshed: { state: "COMPLETED" },
  });
  expect(writesOf(world.sandbox).map((line) => line.split(" ")[1])).toEqual(["POST", "DELETE"]);
});

it("refreshSession asks the provider however young the copy is; null for what is no session", async () => {
  const { id, providerId } = await session("speko");
  const refresh = () =>
    world.gateway.query<{ refreshSession: { freshness: { source: string } } }>(
      "mutation ($id: ID!) { refreshSession(id: $id) { id freshness { source stale } } }",
      { id },
      as("agent"),
    );
  await refresh();
  forgetRequests(world.sandbox);
  expect((await refresh()).data?.refreshSession.freshness.source).toBe("PROVIDER");
  const reads = world.sandbox.servers.speko.requests.map(({ url }) => url);
  expect(reads.filter((url) => url === `/v1/calls/${providerId}`)).toHaveLength(1);
  const nobody = await world.gateway.query(
    'mutation { refreshSession(id: "nobody") { id } }',
    {},
    as("agent"),
  );
  expect(nobody).toMatchObject({ data: { refreshSession: null }, errors: [] });
});
