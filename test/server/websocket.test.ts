import { createClient, type Client } from "graphql-ws";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { KEYS, startLiveServer, type LiveServer } from "../support/live-server.js";
import { connect, openSocket } from "../support/raw-socket.js";

let server: LiveServer;
let strict: LiveServer;
beforeAll(async () => {
  server = await startLiveServer({ limits: { operationsPerSocket: 3, connectionInitMs: 100 } });
  strict = await startLiveServer({ auth: "required", limits: { connectionsPerPrincipal: 2 } });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await strict[Symbol.asyncDispose]();
});

const clients: Client[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) await client.dispose();
});

function clientOf(url: string, connectionParams?: Record<string, unknown>): Client {
  const client = createClient({
    url,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    ...(connectionParams && { connectionParams }),
  });
  clients.push(client);
  return client;
}

const SUBSCRIPTION = "subscription Live { sessionChanges { cursor } }";
const subscribe = (id: string, query = SUBSCRIPTION) => ({ id, type: "subscribe", payload: { query } });

describe("a graphql-ws client", () => {
  it("gets each result, in order, and the completion", async () => {
    const listener = server.listenersFromNow();
    const results = clientOf(server.socketUrl).iterate({
      query: SUBSCRIPTION,
      operationName: "Live",
      variables: { after: "x" },
    });
    const first = results.next();
    const { operation, subscriber, principal } = await listener(0);
    expect(operation).toEqual({ query: SUBSCRIPTION, operationName: "Live", variables: { after: "x" } });
    expect(principal.name).toBe("anonymous");
    subscriber.next('{"data":{"n":1,"text":"é “”  😀"}}');
    subscriber.next('{"data":{"n":2}}');
    subscriber.complete();
    expect(await first).toEqual({ done: false, value: { data: { n: 1, text: "é “”  😀" } } });
    expect(await results.next()).toEqual({ done: false, value: { data: { n: 2 } } });
    expect((await results.next()).done).toBe(true);
  });

  it("gets results that come together as single ones, short and long, in their order", async () => {
    const listener = server.listenersFromNow();
    const results = clientOf(server.socketUrl).iterate({ query: SUBSCRIPTION });
    const told = [1, 60, 100, 126, 200_000, 3, 65_500, 70_000, 2, 40_000, 40_000].map((length, n) => ({
      data: { n, text: "é".repeat(length) },
    }));
    const first = results.next();
    const { subscriber } = await listener(0);
    subscriber.next(...told.map((result) => JSON.stringify(result)));
    subscriber.complete();
    expect((await first).value).toEqual(told[0]);
    for (const result of told.slice(1)) expect((await results.next()).value).toEqual(result);
    expect((await results.next()).done).toBe(true);
  });

  it("ends its subscription at the source when it has heard enough", async () => {
    const listener = server.listenersFromNow();
    const results = clientOf(server.socketUrl).iterate({ query: SUBSCRIPTION });
    const first = results.next();
    const { subscriber, stopped } = await listener(0);
    subscriber.next('{"data":{}}');
    await first;
    await results.return?.();
    await stopped;
  });

  it("gets the source's errors as they are", async () => {
    const listener = server.listenersFromNow();
    const results = clientOf(server.socketUrl).iterate({ query: SUBSCRIPTION });
    const first = results.next();
    const errors = [{ message: "too old", extensions: { code: "BAD_USER_INPUT" } }];
    (await listener(0)).subscriber.error(errors);
    await expect(first).rejects.toEqual(errors);
  });

  it("asks queries and mutations as over HTTP, errors included", async () => {
    const client = clientOf(server.socketUrl);
    const ask = async (query: string) => (await client.iterate({ query }).next()).value as unknown;
    expect(await ask("{ viewer { name } }")).toEqual({ data: { viewer: { name: "anonymous" } } });
    expect(
      await ask('mutation { finalizeReport(input: { sessionId: "x" }) { userErrors { code } } }'),
    ).toMatchObject({
      data: { finalizeReport: { userErrors: [{ code: expect.any(String) as string }] } },
    });
    await expect(ask("{ viewer { nothing } }")).rejects.toMatchObject([
      { extensions: { code: "GRAPHQL_VALIDATION_FAILED" } },
    ]);
    await expect(ask("{ viewer {")).rejects.toMatchObject([{ extensions: { code: "GRAPHQL_PARSE_FAILED" } }]);
  });

  it("has the rights of its key, and of nobody else", async () => {
    const client = clientOf(strict.socketUrl, { authorization: `Bearer ${KEYS.reader}` });
    const { value } = await client.iterate({ query: '{ viewer { name } node(id: "x") { id } }' }).next();
    expect(value).toMatchObject({
      data: { viewer: { name: "reader" }, node: null },
      errors: [{ path: ["node"], extensions: { code: "FORBIDDEN" } }],
    });
  });
});

describe("credentials", () => {
  it.each([
    { authorization: `Bearer ${KEYS.all}` },
    { Authorization: `bearer ${KEYS.all}` },
    { authorization: KEYS.all },
    { "x-api-key": KEYS.all },
    { "X-API-Key": KEYS.all },
  ])("%j", async (params) => {
    using socket = await connect(strict.socketUrl, params);
    socket.send({ id: "1", type: "subscribe", payload: { query: "{ viewer { name } }" } });
    expect(await socket.message()).toMatchObject({ payload: { data: { viewer: { name: "all" } } } });
  });

  it("can come with the request that opens the socket", async () => {
    using socket = await connect(strict.socketUrl, undefined, { headers: { "x-api-key": KEYS.reader } });
    socket.send({ id: "1", type: "subscribe", payload: { query: "{ viewer { name } }" } });
    expect(await socket.message()).toMatchObject({ payload: { data: { viewer: { name: "reader" } } } });
  });

  it("that are missing are asked for where this protocol has them", async () => {
    using socket = await openSocket(strict.socketUrl);
    socket.send({ type: "connection_init", payload: { headers: { authorization: "Bearer k" } } });
    const reason = 'Forbidden: credentials are needed: connectionParams { "authorization": "Bearer <key>" }';
    expect(await socket.closed).toEqual({ code: 4403, reason });
  });

  it.each([{}, { authorization: "Bearer wrong" }, { authorization: "Basic abc def" }, { "x-api-key": 7 }])(
    "%j are refused with 4403",
    async (payload) => {
      using socket = await openSocket(strict.socketUrl);
      socket.send({ type: "connection_init", payload });
      const { code, reason } = await socket.closed;
      expect({ code, reason }).toMatchObject({ code: 4403, reason: expect.stringMatching(/^Forbidden/) });
      expect(reason).not.toContain("wrong");
    },
  );

  it("open so many connections and no more; one that is closed makes room", async () => {
    const params = { authorization: KEYS.all };
    using first = await connect(strict.socketUrl, params);
    using _second = await connect(strict.socketUrl, params);
    using third = await openSocket(strict.socketUrl);
    third.send({ type: "connection_init", payload: params });
    expect(await third.closed).toMatchObject({ code: 4429 });
    using _other = await connect(strict.socketUrl, { authorization: KEYS.reader });
    first.socket.close(1000);
    await first.closed;
    using fourth = await connect(strict.socketUrl, params);
    expect(fourth.socket.readyState).toBe(WebSocket.OPEN);
  });
});

describe("one socket", () => {
  it("answers pings of the protocol", async () => {
    using socket = await connect(server.socketUrl);
    socket.send({ type: "ping", payload: { n: 1 } });
    expect(await socket.message()).toEqual({ type: "pong", payload: { n: 1 } });
  });

  it("has so many operations at a time, and an error says so", async () => {
    const listener = server.listenersFromNow();
    using socket = await connect(server.socketUrl);
    for (const id of ["1", "2", "3", "4"]) socket.send(subscribe(id));
    expect(await socket.message()).toMatchObject({
      id: "4",
      type: "error",
      payload: [{ message: expect.stringContaining("3"), extensions: { code: "RATE_LIMITED" } }],
    });
    socket.send({ id: "1", type: "complete" });
    await (
      await listener(0)
    ).stopped;
    socket.send(subscribe("5"));
    (await listener(3)).subscriber.next('{"data":{}}');
    expect(await socket.message()).toEqual({ id: "5", type: "next", payload: { data: {} } });
  });

  it("uses an id again as soon as it is completed", async () => {
    const listener = server.listenersFromNow();
    using socket = await connect(server.socketUrl);
    socket.send(subscribe("1"));
    await listener(0);
    // In one packet, as a busy client sends them.
    socket.send({ id: "1", type: "complete" });
    socket.send(subscribe("1"));
    const { subscriber } = await listener(1);
    await (
      await listener(0)
    ).stopped;
    subscriber.next('{"data":{"n":2}}');
    expect(await socket.message()).toEqual({ id: "1", type: "next", payload: { data: { n: 2 } } });
    subscriber.complete();
    expect(await socket.message()).toEqual({ id: "1", type: "complete" });
  });

  it("ends every subscription when the client is gone", async () => {
    const listener = server.listenersFromNow();
    const socket = await connect(server.socketUrl);
    socket.send(subscribe("1"));
    socket.send(subscribe("2"));
    const both = await Promise.all([listener(0), listener(1)]);
    socket.socket.terminate();
    await Promise.all(both.map(({ stopped }) => stopped));
  });

  it("hides what a source fails with, and the log has it", async () => {
    await using broken = await startLiveServer({ refuse: new Error("SELECT secret FROM table") });
    using socket = await connect(broken.socketUrl);
    socket.send(subscribe("1"));
    expect(await socket.message()).toEqual({
      id: "1",
      type: "error",
      payload: [{ message: "Internal server error", extensions: { code: "INTERNAL_SERVER_ERROR" } }],
    });
    expect(broken.lines.map(({ level, fields }) => [level, String(fields["err"])])).toContainEqual([
      "error",
      "Error: SELECT secret FROM table",
    ]);
  });
});

describe("where a page comes from", () => {
  const status = (url: string, origin: string) =>
    new Promise<number>((resolve) => {
      const socket = new WebSocket(url, "graphql-transport-ws", { origin });
      socket.on("unexpected-response", (_request, response) => resolve(response.statusCode ?? 0));
      socket.on("open", () => (socket.terminate(), resolve(101)));
      socket.on("error", () => undefined);
    });

  it("matters in open mode: only pages of this machine connect", async () => {
    expect(await status(server.socketUrl, "http://localhost:5173")).toBe(101);
    expect(await status(server.socketUrl, "http://127.0.0.1:4000")).toBe(101);
    expect(await status(server.socketUrl, "https://evil.example")).toBe(403);
    expect(await status(server.socketUrl, "http://localhost.evil.example")).toBe(403);
    expect(await status(server.socketUrl, "null")).toBe(403);
  });

  it("does not matter where credentials are needed, which no browser sends by itself", async () => {
    expect(await status(strict.socketUrl, "https://partner.example")).toBe(101);
  });

  it("and other paths have no sockets", async () => {
    expect(await status(server.socketUrl.replace("graphql", "other"), "http://localhost")).toBe(404);
  });
});
