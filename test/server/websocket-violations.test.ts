/** What no client of graphql-transport-ws may do, and how it is told so. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startLiveServer, type LiveServer } from "../support/live-server.js";
import { connect, openSocket } from "../support/raw-socket.js";

let server: LiveServer;
beforeAll(async () => {
  server = await startLiveServer({ limits: { operationsPerSocket: 3, connectionInitMs: 1_000 } });
});
afterAll(() => server[Symbol.asyncDispose]());

const SUBSCRIPTION = "subscription Live { sessionChanges { cursor } }";
const subscribe = (id: string, query = SUBSCRIPTION) => ({ id, type: "subscribe", payload: { query } });

describe("what breaks the protocol closes the socket", () => {
  it.each([
    ["no JSON", "{", /it is no JSON/],
    ["no object", "[]", /object/],
    ["no type", "{}", /'type'/],
    ["an unknown type", { type: "start" }, /start/],
    ["a message of servers", { type: "next", id: "1", payload: { data: {} } }, /"next"/],
    ["no id", { type: "subscribe", payload: { query: "{ viewer { name } }" } }, /'id'/],
    ["no query", { type: "subscribe", id: "1", payload: {} }, /'query'/],
    [
      "variables that are no object",
      { type: "subscribe", id: "1", payload: { query: "{ a }", variables: 1 } },
      /'variables'/,
    ],
  ])("%s: 4400, and why", async (_what, message, why) => {
    using socket = await connect(server.socketUrl);
    socket.send(message);
    const { code, reason } = await socket.closed;
    expect(code).toBe(4400);
    expect(reason).toMatch(why);
  });

  it("bytes: 4400", async () => {
    using socket = await connect(server.socketUrl);
    socket.socket.send(Buffer.from("{}"), { binary: true });
    expect(await socket.closed).toMatchObject({ code: 4400 });
  });

  it("an operation before connection_init: 4401", async () => {
    using socket = await openSocket(server.socketUrl);
    socket.send(subscribe("1"));
    expect(await socket.closed).toEqual({ code: 4401, reason: "Unauthorized" });
  });

  it.each([[["graphql-ws"]], [[]], [["soap", "graphql-ws"]]])(
    "the subprotocols %j: 4406",
    async (protocols) => {
      using socket = await openSocket(server.socketUrl, {}, protocols);
      expect(await socket.closed).toMatchObject({ code: 4406 });
    },
  );

  it("no connection_init in time: 4408", async () => {
    using socket = await openSocket(server.socketUrl);
    expect(await socket.closed).toMatchObject({ code: 4408 });
  });

  it("an id that is taken: 4409, and what ran before has ended", async () => {
    const listener = server.listenersFromNow();
    using socket = await connect(server.socketUrl);
    socket.send(subscribe("same"));
    const { stopped } = await listener(0);
    socket.send(subscribe("same"));
    expect(await socket.closed).toEqual({ code: 4409, reason: "Subscriber for same already exists" });
    await stopped;
  });

  it("an id too long for a close frame that is taken: 4409", async () => {
    const id = "é".repeat(200);
    using socket = await connect(server.socketUrl);
    socket.send(subscribe(id));
    socket.send(subscribe(id));
    expect(await socket.closed).toMatchObject({ code: 4409 });
  });

  it("connection_init twice: 4429", async () => {
    using socket = await connect(server.socketUrl);
    socket.send({ type: "connection_init" });
    expect(await socket.closed).toMatchObject({ code: 4429 });
  });

  it("a message of more than a megabyte: 1009", async () => {
    using socket = await connect(server.socketUrl);
    socket.send(subscribe("1", `# ${"x".repeat(1024 * 1024)}`));
    expect(await socket.closed).toMatchObject({ code: 1009 });
  });
});
