/** Everything a client can get wrong: the code, and a message that names what was wrong and what was expected. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { toGlobalId } from "../../src/model/index.js";
import { startTestWorld, type TestWorld } from "../support/gateway.js";

let world: TestWorld;
beforeAll(async () => {
  world = await startTestWorld({ sandbox: { days: 2 } });
}, 60_000);
afterAll(() => world[Symbol.asyncDispose]());

const list = (args: string) => `{ sessions(${args}) { nodes { id } } }`;
const cursor = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

describe("bad input is refused by name", () => {
  const cases: [title: string, query: string, code: string, message: RegExp][] = [
    ["first of 0", list("first: 0"), "BAD_USER_INPUT", /first: expected 1 to 100, got 0/],
    ["first of 101", list("first: 101"), "BAD_USER_INPUT", /first: expected 1 to 100, got 101/],
    ["last of -1", list("last: -1"), "BAD_USER_INPUT", /last: expected 1 to 100, got -1/],
    ["first and last", list("first: 1, last: 1"), "BAD_USER_INPUT", /first or last, not both/],
    ["first as text", list('first: "ten"'), "GRAPHQL_VALIDATION_FAILED", /Int/],
    ["a cursor that is no cursor", list('after: "nonsense!"'), "BAD_USER_INPUT", /after: expected a cursor/],
    ["an empty cursor's JSON", list(`after: "${cursor({})}"`), "BAD_USER_INPUT", /after: expected a cursor/],
    [
      "a cursor of another order",
      list(`after: "${cursor(["ENDED_AT", "ASC", 1, "ab"])}"`),
      "BAD_USER_INPUT",
      /another orderBy/,
    ],
    [
      "a cursor with a forged tie",
      list(`before: "${cursor(["STARTED_AT", "DESC", 1, "' OR 1"])}"`),
      "BAD_USER_INPUT",
      /before: expected a cursor/,
    ],
    [
      "a date without a zone",
      list('filter: { startedAfter: "2026-03-01T10:00:00" }'),
      "GRAPHQL_VALIDATION_FAILED",
      /zone|RFC 3339/i,
    ],
    [
      "a date that does not exist",
      list('filter: { startedAfter: "2026-02-30T10:00:00Z" }'),
      "GRAPHQL_VALIDATION_FAILED",
      /DateTime|date/i,
    ],
    [
      "a date as a number",
      list("filter: { startedBefore: 12 }"),
      "GRAPHQL_VALIDATION_FAILED",
      /DateTime|RFC 3339/i,
    ],
    ["an unknown phase", list("filter: { phases: [SLEEPING] }"), "GRAPHQL_VALIDATION_FAILED", /SLEEPING/],
    ["an unknown filter", list("filter: { colour: 1 }"), "GRAPHQL_VALIDATION_FAILED", /colour/],
    [
      "an empty text",
      list('filter: { text: "  " }'),
      "BAD_USER_INPUT",
      /filter.text: expected at least one word/,
    ],
    [
      "a huge text",
      list(`filter: { text: "${"x".repeat(501)}" }`),
      "BAD_USER_INPUT",
      /filter.text: expected at most 500 characters, got 501/,
    ],
    [
      "an empty address",
      list('filter: { address: "" }'),
      "BAD_USER_INPUT",
      /filter.address: expected a number or an address/,
    ],
    [
      "a negative duration",
      list("filter: { minDurationSeconds: -1 }"),
      "BAD_USER_INPUT",
      /minDurationSeconds: expected seconds/,
    ],
    [
      "an unknown provider field",
      list('filter: { providerFields: { password: "x" } }'),
      "BAD_USER_INPUT",
      /"password" is not a field/,
    ],
    [
      "a provider field's name as SQL",
      list('filter: { providerFields: "x" }'),
      "BAD_USER_INPUT",
      /providerFields: expected an object/,
    ],
    [
      "a provider field with a list",
      list("filter: { providerFields: { status: [1] } }"),
      "BAD_USER_INPUT",
      /status: expected text/,
    ],
    [
      "a number that is none",
      '{ phoneNumber(number: "call me") { e164 } }',
      "BAD_USER_INPUT",
      /number: expected a telephone number/,
    ],
    ["a missing argument", "{ session { id } }", "GRAPHQL_VALIDATION_FAILED", /id/],
    ["an unknown field", "{ sessions { nodes { colour } } }", "GRAPHQL_VALIDATION_FAILED", /colour/],
    ["no GraphQL", "{ sessions {", "GRAPHQL_PARSE_FAILED", /Syntax Error/],
    ["an unknown operation type", "mutation { launch }", "GRAPHQL_VALIDATION_FAILED", /./],
  ];

  it.each(cases)("%s", async (_title, query, code, message) => {
    const { errors } = await world.gateway.query(query);
    expect(errors[0]?.extensions["code"]).toBe(code);
    expect(errors[0]?.message).toMatch(message);
    expect(JSON.stringify(errors)).not.toMatch(/stack|node_modules|SELECT|\.ts/);
  });

  it("variables of the wrong type are BAD_USER_INPUT", async () => {
    const query = "query ($first: Int) { sessions(first: $first) { nodes { id } } }";
    const { errors } = await world.gateway.query(query, { first: "ten" });
    expect(errors[0]?.extensions["code"]).toBe("BAD_USER_INPUT");
    expect(errors[0]?.message).toMatch(/\$first/);
  });

  it("more ids than 500 are refused", async () => {
    const { errors } = await world.gateway.query("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", {
      ids: Array(501).fill("x"),
    });
    expect(errors[0]).toMatchObject({ extensions: { code: "BAD_USER_INPUT" } });
  });
});

describe("an id that names nothing answers null, without a request to any provider", () => {
  const good = toGlobalId("session", "speko", "b54a5d46-c11c-42ea-8f95-a7813a417cd3");
  const ids: [string, string][] = [
    ["empty", ""],
    ["nonsense", "nonsense"],
    ["not base64url", "a+b/c="],
    ["huge", "A".repeat(5_000)],
    ["another spelling of a real one", `${good.slice(0, -1)}${good.at(-1) === "A" ? "B" : "A"}=`],
    ["of an unknown connection", toGlobalId("session", "nowhere", "1")],
    ["with a path in it", toGlobalId("session", "plivo", "../../Account")],
    ["PortSIP's wildcard", toGlobalId("session", "portsip", "1")],
    ["another kind", toGlobalId("event", "plivo", "a", "b")],
  ];

  it.each(ids)("%s", async (_title, id) => {
    for (const server of Object.values(world.sandbox.servers)) server.forget();
    const query =
      "query ($id: ID!) { node(id: $id) { id } session(id: $id) { id } transfer(id: $id) { id } report(sessionId: $id) { id } command(id: $id) { id } }";
    const { data, errors } = await world.gateway.query(query, { id });
    expect(errors).toEqual([]);
    expect(Object.values(data ?? {})).toEqual([null, null, null, null, null]);
    for (const server of Object.values(world.sandbox.servers)) expect(server.requests).toEqual([]);
  });
});
