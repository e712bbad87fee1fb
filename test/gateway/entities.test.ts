/** References from other subgraphs, as a router resolves them (Federation 2, `_entities`). */
import { afterAll, beforeAll, expect, it } from "vitest";
import { startTestWorld, type TestWorld } from "../support/gateway.js";

let world: TestWorld;
beforeAll(async () => {
  world = await startTestWorld({ sandbox: { days: 3 } });
}, 60_000);
afterAll(() => world[Symbol.asyncDispose]());

interface Reference {
  __typename: string;
  id: string;
}

async function entities(representations: readonly Reference[]) {
  const query = `query ($representations: [_Any!]!) {
    _entities(representations: $representations) { __typename ... on Node { id } }
  }`;
  return world.gateway.query<{ _entities: (Reference | null)[] }>(query, { representations });
}

it("finds everything that has an id by it, whatever its kind", async () => {
  const { data } = await world.gateway.query<{
    sessions: { nodes: (Reference & { members: Reference[]; interactions: Reference[] })[] };
    connections: Reference[];
  }>(`{
    sessions(first: 100) { nodes { __typename id members { __typename id } interactions { __typename id } } }
    connections { __typename id }
  }`);
  const sessions = data?.sessions.nodes ?? [];
  const kinds = new Map(
    [
      ...sessions,
      ...sessions.flatMap(({ members, interactions }) => [...members, ...interactions]),
      ...(data?.connections ?? []),
    ].map(({ __typename, id }) => [__typename, { __typename, id }]),
  );
  expect([...kinds.keys()].sort()).toEqual([
    ...["Connection", "EvoVoiceSession", "Interaction", "Member", "PlivoSession", "PortsipSession"],
    "SpekoSession",
  ]);
  const references = [...kinds.values()];
  expect((await entities(references)).data?._entities).toEqual(references);
});

it("answers null for what is not there, and for what is something else", async () => {
  const { data } = await world.gateway.query<{ sessions: { nodes: Reference[] } }>(
    "{ sessions(first: 1, filter: { providers: [PORTSIP] }) { nodes { __typename id } } }",
  );
  const [session] = data?.sessions.nodes ?? [];
  const found = await entities([
    { __typename: "PlivoSession", id: session?.id ?? "" },
    { __typename: "Member", id: session?.id ?? "" },
    { __typename: "PlivoSession", id: "nothing" },
  ]);
  expect(found).toMatchObject({ data: { _entities: [null, null, null] }, errors: [] });
});
