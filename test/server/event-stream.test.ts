import { once } from "node:events";
import http from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openStream, posted } from "../support/event-source.js";
import { KEYS, startLiveServer, type LiveServer } from "../support/live-server.js";

let server: LiveServer;
let url: string;
let strict: LiveServer;
beforeAll(async () => {
  server = await startLiveServer();
  url = `${server.url}/graphql`;
  strict = await startLiveServer({ auth: "required", limits: { connectionsPerPrincipal: 1 } });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await strict[Symbol.asyncDispose]();
});

const query = "subscription Live($after: String) { sessionChanges(after: $after) { cursor } }";
const COMPLETE = { event: "complete", data: "" };

describe("a subscription", () => {
  it("with POST: each result is an event, the end another", async () => {
    const listener = server.listenersFromNow();
    const body = { query, operationName: "Live", variables: { after: "x" } };
    await using stream = await openStream(url, posted(body));
    expect(stream.response.status).toBe(200);
    expect(stream.response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    expect(stream.response.headers.get("cache-control")).toBe("no-cache");
    const { operation, subscriber } = await listener(0);
    expect(operation).toEqual(body);
    subscriber.next('{"data":{"text":"é 😀"}}');
    subscriber.next('{"data":{"n":2}}');
    subscriber.complete();
    expect(await stream.next()).toEqual({ event: "next", data: '{"data":{"text":"é 😀"}}' });
    expect(await stream.next()).toEqual({ event: "next", data: '{"data":{"n":2}}' });
    expect(await stream.next()).toEqual(COMPLETE);
    expect(await stream.next()).toBeNull();
  });

  it("tells results that come together as single events, in their order", async () => {
    const listener = server.listenersFromNow();
    await using stream = await openStream(url, posted({ query }));
    const { subscriber } = await listener(0);
    const told = [1, 200_000, 3, 40_000, 40_000].map((length, n) =>
      JSON.stringify({ data: { n, text: "é".repeat(length) } }),
    );
    subscriber.next(...told);
    subscriber.complete();
    for (const data of told) expect(await stream.next()).toEqual({ event: "next", data });
    expect(await stream.next()).toEqual(COMPLETE);
  });

  it("with GET, as an EventSource sends it", async () => {
    const listener = server.listenersFromNow();
    const search = new URLSearchParams({ query, variables: '{"after":"x"}' });
    await using stream = await openStream(`${url}?${search}`);
    const { operation, subscriber } = await listener(0);
    expect(operation).toEqual({ query, operationName: null, variables: { after: "x" } });
    subscriber.next('{"data":{}}');
    expect(await stream.next()).toEqual({ event: "next", data: '{"data":{}}' });
  });

  it("ends at the source when the client hangs up", async () => {
    const listener = server.listenersFromNow();
    const stream = await openStream(url, posted({ query }));
    const { stopped } = await listener(0);
    stream.abort();
    await stopped;
  });

  it("that the source ends with an error tells it, and completes", async () => {
    const listener = server.listenersFromNow();
    await using stream = await openStream(url, posted({ query }));
    const errors = [{ message: "too old", extensions: { code: "BAD_USER_INPUT" } }];
    (await listener(0)).subscriber.error(errors);
    expect(await stream.next()).toEqual({ event: "next", data: JSON.stringify({ errors }) });
    expect(await stream.next()).toEqual(COMPLETE);
    expect(await stream.next()).toBeNull();
  });

  it("is streamed to clients that accept everything they can read, too", async () => {
    const accept = "application/graphql-response+json, application/json, text/event-stream, multipart/mixed";
    const listener = server.listenersFromNow();
    await using stream = await openStream(url, posted({ query }, { accept }));
    (await listener(0)).subscriber.complete();
    expect(await stream.next()).toEqual(COMPLETE);
    const answer = await fetch(url, posted({ query: "{ viewer { name } }" }, { accept }));
    expect(await answer.json()).toEqual({ data: { viewer: { name: "anonymous" } } });
  });

  it.each(["application/json", "application/graphql-response+json", "*/*"])(
    "over HTTP with Accept: %s is an error that names both ways",
    async (accept) => {
      const answer = await fetch(
        url,
        posted({ query: "subscription { connectionChanges { name } }" }, { accept }),
      );
      expect(answer.status).toBe(400);
      const { errors } = (await answer.json()) as { errors: { message: string; extensions: object }[] };
      expect(errors).toMatchObject([{ extensions: { code: "GRAPHQL_VALIDATION_FAILED" } }]);
      expect(errors[0]?.message).toMatch(/WebSocket.*graphql-transport-ws.*text\/event-stream/);
    },
  );
});

describe("anything else as a stream", () => {
  it.each([
    ["a query", "{ viewer { name } }", { data: { viewer: { name: "anonymous" } } }],
    ["a mutation", "mutation { __typename }", { data: { __typename: "Mutation" } }],
    ["what is not valid", "{ nothing }", { errors: [{ extensions: { code: "GRAPHQL_VALIDATION_FAILED" } }] }],
    ["what cannot be read", "{ nothing", { errors: [{ extensions: { code: "GRAPHQL_PARSE_FAILED" } }] }],
  ])("%s is answered by one event and the end", async (_what, text, expected) => {
    await using stream = await openStream(url, posted({ query: text }));
    expect(stream.response.status).toBe(200);
    const event = await stream.next();
    expect(event?.event).toBe("next");
    expect(JSON.parse(event?.data ?? "")).toMatchObject(expected);
    expect(await stream.next()).toEqual(COMPLETE);
    expect(await stream.next()).toBeNull();
  });

  it.each([
    [{}, 400],
    [{ query: 1 }, 400],
    [{ query: "{ a }", variables: [] }, 400],
    [{ query: "{ a }", operationName: 1 }, 400],
  ])("a request that is none (%j) is answered %i", async (body, status) => {
    const { response } = await openStream(url, posted(body));
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: "BAD_USER_INPUT" } }] });
  });

  it("a mutation with GET is refused", async () => {
    const search = new URLSearchParams({ query: "mutation { __typename }" });
    const { response } = await openStream(`${url}?${search}`);
    expect(response.status).toBe(405);
    expect(response.headers.get("allow")).toBe("POST");
  });
});

describe("rights", () => {
  it("nobody unknown gets a stream", async () => {
    const { response } = await openStream(`${strict.url}/graphql`, posted({ query }));
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: "UNAUTHENTICATED" } }] });
  });

  it("are those of the key", async () => {
    const listener = strict.listenersFromNow();
    const headers = { authorization: `Bearer ${KEYS.reader}` };
    await using stream = await openStream(`${strict.url}/graphql`, posted({ query }, headers));
    expect((await listener(0)).principal).toMatchObject({ name: "reader", scopes: new Set() });
    const second = await openStream(`${strict.url}/graphql`, posted({ query }, headers));
    expect(second.response.status).toBe(429);
    stream.abort();
    await (
      await listener(0)
    ).stopped;
    await using third = await openStream(`${strict.url}/graphql`, posted({ query }, headers));
    expect(third.response.status).toBe(200);
  });

  it("pages from elsewhere have none in open mode", async () => {
    const search = new URLSearchParams({ query });
    const { response } = await openStream(`${url}?${search}`, {
      headers: { origin: "https://evil.example" },
    });
    expect(response.status).toBe(403);
  });

  it("end with the credentials", async () => {
    await using expiring = await startLiveServer({ auth: "required", expiresInMs: 3_600_000 });
    const listener = expiring.listenersFromNow();
    await using stream = await openStream(
      `${expiring.url}/graphql`,
      posted({ query }, { "x-api-key": KEYS.expiring }),
    );
    const { subscriber, stopped } = await listener(0);
    subscriber.next('{"data":{"n":1}}');
    expect(await stream.next()).toMatchObject({ data: '{"data":{"n":1}}' });
    expiring.clock.push(3_600_001);
    subscriber.next('{"data":{"n":2}}');
    const last = await stream.next();
    expect(JSON.parse(last?.data ?? "")).toMatchObject({
      errors: [{ extensions: { code: "UNAUTHENTICATED" } }],
    });
    expect(await stream.next()).toEqual(COMPLETE);
    await stopped;
  });
});

describe("a long stream", () => {
  it("is kept alive by comments", async () => {
    await using quick = await startLiveServer({ limits: { keepAliveMs: 30 } });
    const listener = quick.listenersFromNow();
    await using stream = await openStream(`${quick.url}/graphql`, posted({ query }));
    const event = stream.next();
    const { subscriber } = await listener(0);
    await expect.poll(() => stream.comments.length).toBeGreaterThan(3);
    subscriber.next('{"data":{}}');
    expect(await event).toMatchObject({ data: '{"data":{}}' });
  });

  it("that nobody reads is broken off, and others get everything", async () => {
    await using bounded = await startLiveServer({ limits: { maxBufferedBytes: 64 * 1024 } });
    const listener = bounded.listenersFromNow();
    const slow = http.request(`${bounded.url}/graphql`, {
      method: "POST",
      headers: { accept: "text/event-stream", "content-type": "application/json" },
    });
    slow.on("error", () => undefined);
    slow.end(JSON.stringify({ query }));
    const [response] = (await once(slow, "response")) as [http.IncomingMessage];
    response.on("error", () => undefined);
    response.pause();
    const { stopped } = await listener(0);
    await using quick = await openStream(`${bounded.url}/graphql`, posted({ query }));
    await listener(1);
    const heard: number[] = [];
    const reading = (async () => {
      for (;;) {
        const event = await quick.next();
        if (event === null) return;
        heard.push((JSON.parse(event.data) as { data: { n: number } }).data.n);
      }
    })().catch(() => undefined);
    let n = 0;
    while (bounded.listeners.size > 1) {
      bounded.publish({ n: n++, filler: "x".repeat(10_000) });
      if (n % 5 === 0) await sleep(1);
    }
    await stopped;
    await expect.poll(() => heard.length).toBe(n);
    const line = bounded.lines.find(({ message }) => message.includes("does not read"));
    expect(line?.fields["waitingBytes"]).toBeLessThan(64 * 1024 + 2 * 10_100);
    response.destroy();
    quick.abort();
    await reading;
  });

  it("that nobody reads is noticed when little is published", async () => {
    await using quick = await startLiveServer({ limits: { keepAliveMs: 60 } });
    const listener = quick.listenersFromNow();
    const slow = http.request(`${quick.url}/graphql`, {
      method: "POST",
      headers: { accept: "text/event-stream", "content-type": "application/json" },
    });
    slow.on("error", () => undefined);
    slow.end(JSON.stringify({ query }));
    const [response] = (await once(slow, "response")) as [http.IncomingMessage];
    response.on("error", () => undefined);
    response.pause();
    const { stopped, subscriber } = await listener(0);
    subscriber.next(JSON.stringify({ data: "x".repeat(16 * 1024 * 1024) }));
    await stopped;
    response.destroy();
  });
});
