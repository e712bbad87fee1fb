/** Members of an input that have a default may be left out, in a document and in variables alike. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { startTestWorld, type TestWorld } from "../support/gateway.js";

let world: TestWorld;
beforeAll(async () => {
  world = await startTestWorld({ sandbox: { days: 2 } });
}, 60_000);
afterAll(() => world[Symbol.asyncDispose]());

interface Listed {
  sessions: { nodes: { startedAt: string; durationSeconds: number | null }[] };
}

it.each<[string, object]>([
  ["both", {}],
  ["the field", { direction: "ASC" }],
  ["the direction", { field: "DURATION" }],
])("of a nested input: %s left out", async (_, orderBy) => {
  const fields = "nodes { startedAt durationSeconds }";
  const literal = JSON.stringify(orderBy).replaceAll('"', "");
  const written = await world.gateway.query<Listed>(`{ sessions(orderBy: ${literal}) { ${fields} } }`);
  const variable = await world.gateway.query<Listed>(
    `query ($orderBy: SessionOrder) { sessions(orderBy: $orderBy) { ${fields} } }`,
    { orderBy },
  );
  expect(written.errors).toEqual([]);
  expect(variable.errors).toEqual([]);
  expect(variable.data).toEqual(written.data);
  expect(variable.data?.sessions.nodes.length).toBeGreaterThan(5);
});

it("and null for one is the client's mistake, as is what does not fit", async () => {
  for (const orderBy of [{ field: null }, { field: "COLOUR" }, { direction: 5 }, { colour: "red" }, "ASC"]) {
    const { errors, data } = await world.gateway.query(
      "query ($orderBy: SessionOrder) { sessions(orderBy: $orderBy) { totalCount } }",
      { orderBy },
    );
    expect({ orderBy, data, code: errors[0]?.extensions["code"] }).toEqual({
      orderBy,
      data: null,
      code: "BAD_USER_INPUT",
    });
  }
});
