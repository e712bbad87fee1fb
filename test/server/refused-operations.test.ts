/** Operations that are refused, by whatever way they come: the same words and codes, and nothing has run. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openStream, posted } from "../support/event-source.js";
import { startTestWorld, type TestWorld } from "../support/gateway.js";
import { connect } from "../support/raw-socket.js";

let world: TestWorld;
let url: string;
beforeAll(async () => {
  world = await startTestWorld({ sandbox: { days: 1 } });
  url = `${world.gateway.url}/graphql`;
}, 60_000);
afterAll(() => world[Symbol.asyncDispose]());

interface Body extends Record<string, unknown> {
  query: string;
}
interface Answer {
  data?: unknown;
  errors?: readonly { message: string; extensions: Record<string, unknown> }[];
}

async function overHttp(body: Body): Promise<Answer> {
  return (await (await fetch(url, posted(body, { accept: "application/json" }))).json()) as Answer;
}
async function asStream(body: Body): Promise<Answer> {
  await using stream = await openStream(url, posted(body));
  return JSON.parse((await stream.next())?.data ?? "null") as Answer;
}
async function overSocket(body: Body): Promise<Answer> {
  using socket = await connect(url.replace("http", "ws"));
  socket.send({ id: "1", type: "subscribe", payload: body });
  const { type, payload } = (await socket.message()) as { type: string; payload: unknown };
  return (type === "error" ? { errors: payload } : payload) as Answer;
}
const WAYS = [
  ["HTTP", overHttp],
  ["an event stream", asStream],
  ["WebSocket", overSocket],
] as const;
const LIVE_WAYS = WAYS.slice(1);

describe.each(WAYS)("over %s", (_name, ask) => {
  it("an empty operation name names nothing", async () => {
    const answer = await ask({ query: "query A { viewer { name } }", operationName: "" });
    expect(answer).toEqual({
      errors: [{ message: 'Unknown operation named "".', extensions: { code: "BAD_USER_INPUT" } }],
    });
  });
});

describe.each(LIVE_WAYS)("over %s", (name, ask) => {
  it.each([
    ["subscription { connectionChanges @skip(if: true) { name } }", {}],
    ["subscription ($is: Boolean!) { connectionChanges @include(if: $is) { name } }", { is: true }],
    ["subscription ($is: Boolean!) { ... @skip(if: $is) { connectionChanges { name } } }", { is: false }],
    [
      "subscription ($is: Boolean!) { ...F } fragment F on Subscription { connectionChanges @skip(if: $is) { name } }",
      { is: false },
    ],
  ])("conditions at the root of a subscription are refused: %s", async (query, variables) => {
    const { data, errors } = await ask({ query, variables });
    expect(data).toBeUndefined();
    expect(errors).toMatchObject([
      {
        message: expect.stringMatching(/^@(skip|include) cannot stand at the root/) as string,
        extensions: { code: "GRAPHQL_VALIDATION_FAILED" },
      },
    ]);
    expect(Object.keys(errors?.[0]?.extensions ?? {})).toEqual(["code"]);
  });

  it("who sends an empty operation name does not decide what the document is for others", async () => {
    const query = `subscription Of${name.length} { connectionChanges { name } }`;
    expect((await ask({ query, operationName: "" })).errors).toHaveLength(1);
    expect(await ask({ query })).toMatchObject({ data: { connectionChanges: { name: "plivo" } } });
    expect((await ask({ query, operationName: "" })).errors).toMatchObject([
      { message: 'Unknown operation named "".' },
    ]);
  });

  it("conditions below the root stay what they are", async () => {
    const query = "subscription { connectionChanges { name @skip(if: true) provider } }";
    expect(await ask({ query })).toEqual({ data: { connectionChanges: { provider: "PLIVO" } } });
  });
});

it("a mutation under an empty name does not run, not with GET either", async () => {
  const create = (callee: string) =>
    `mutation M { createPortsipSession(input: { caller: "1001", callee: "${callee}", idempotencyKey: "once" }) {
      command { outcome } userErrors { code }
    } }`;
  const search = new URLSearchParams({ query: create("1002"), operationName: "" });
  const got = await fetch(`${url}?${search}`, { headers: { accept: "application/json" } });
  expect(got.status).toBe(400);
  expect(await overHttp({ query: create("1002"), operationName: "" })).toMatchObject({
    errors: [{ extensions: { code: "BAD_USER_INPUT" } }],
  });
  // Had one of them run, this would be another input under a used key.
  expect(await overHttp({ query: create("1003") })).toEqual({
    data: { createPortsipSession: { command: { outcome: "SUCCEEDED" }, userErrors: [] } },
  });
});
