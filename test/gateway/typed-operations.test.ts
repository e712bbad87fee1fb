/** Operations typed by codegen, as a client of ours would use them. */
import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import { print } from "graphql";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ConnectionsDocument, LatestSessionsDocument, OneSessionDocument } from "../generated/operations.js";
import { startTestWorld, type TestWorld } from "../support/gateway.js";

let world: TestWorld;
beforeAll(async () => {
  world = await startTestWorld({ sandbox: { days: 3 } });
}, 60_000);
afterAll(() => world[Symbol.asyncDispose]());

async function ask<Data, Variables extends object>(
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
): Promise<Data> {
  const { data, errors } = await world.gateway.query<Data>(print(document), variables);
  expect(errors).toEqual([]);
  if (data === null) throw new Error("no data");
  return data;
}

it("the latest sessions of four providers, then one of them again by its id", async () => {
  const { sessions } = await ask(LatestSessionsDocument, { first: 100 });
  expect(new Set(sessions.nodes.map(({ provider }) => provider)).size).toBe(4);
  expect(sessions.sources.every(({ ok }) => ok)).toBe(true);
  const asked = sessions.nodes.find(({ provider, state }) => provider === "SPEKO" && state === "COMPLETED");
  const { session } = await ask(OneSessionDocument, { id: asked?.id ?? "", maxAge: 0 });
  expect(session).toMatchObject({
    id: asked?.id,
    state: "COMPLETED",
    freshness: { stale: false, source: "PROVIDER" },
  });
  const turns = session?.transcript?.entries.nodes ?? [];
  expect(turns.map(({ index }) => index)).toEqual(turns.map((_, place) => place));
});

it("connections say what they can do and how many sessions they have", async () => {
  const { connections, viewer } = await ask(ConnectionsDocument, {});
  expect(connections.map(({ name }) => name)).toEqual(viewer.connections);
  for (const connection of connections) {
    expect(connection.health).toBe("UP");
    expect(connection.capabilities).toContain("LIST");
    expect(connection.sessionCount).toBeGreaterThan(0);
  }
});
