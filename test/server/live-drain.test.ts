import { createClient } from "graphql-ws";
import { describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { openStream, posted } from "../support/event-source.js";
import { startLiveServer } from "../support/live-server.js";
import { connect } from "../support/raw-socket.js";

const query = "subscription { any }";
const subscribe = (id: string) => ({ id, type: "subscribe", payload: { query } });

describe("a gateway that ends", () => {
  it("closes sockets with 1001, without telling that anything is complete", async () => {
    await using server = await startLiveServer();
    const listener = server.listenersFromNow();
    using idle = await connect(server.socketUrl);
    using busy = await connect(server.socketUrl);
    busy.send(subscribe("1"));
    const { stopped } = await listener(0);
    const later: string[] = [];
    busy.socket.on("message", (data: Buffer) => later.push(data.toString()));
    const draining = server.drain();
    expect(await idle.closed).toMatchObject({ code: 1001 });
    expect(await busy.closed).toMatchObject({ code: 1001 });
    await Promise.all([draining, stopped]);
    expect(later).toEqual([]);
  });

  it("is one that graphql-ws comes back to", async () => {
    const first = await startLiveServer();
    const second = await startLiveServer();
    const urls = [first.socketUrl, second.socketUrl];
    const client = createClient({
      url: () => urls.shift() ?? second.socketUrl,
      webSocketImpl: WebSocket,
      retryWait: () => Promise.resolve(),
    });
    const results = client.iterate({ query });
    const result = results.next();
    await first.listenersFromNow()(0);
    const again = second.listenersFromNow();
    await first[Symbol.asyncDispose]();
    (await again(0)).subscriber.next('{"data":{"n":2}}');
    expect((await result).value).toEqual({ data: { n: 2 } });
    await client.dispose();
    await second[Symbol.asyncDispose]();
  });

  it("ends event streams without an event, so that clients come back", async () => {
    await using server = await startLiveServer();
    const listener = server.listenersFromNow();
    await using stream = await openStream(`${server.url}/graphql`, posted({ query }));
    const { stopped, subscriber } = await listener(0);
    subscriber.next('{"data":{}}');
    const started = Date.now();
    await server.drain(10_000);
    await stopped;
    expect(await stream.next()).toEqual({ event: "next", data: '{"data":{}}' });
    expect(await stream.next()).toBeNull();
    expect(Date.now() - started).toBeLessThan(5_000);
  });

  it("answers what is in flight before it goes", async () => {
    const gate = Promise.withResolvers<void>();
    await using server = await startLiveServer({ holdQueries: gate.promise });
    const listener = server.listenersFromNow();
    using socket = await connect(server.socketUrl);
    socket.send(subscribe("1"));
    await listener(0);
    socket.send({ id: "2", type: "subscribe", payload: { query: "{ viewer { name } }" } });
    await using stream = await openStream(`${server.url}/graphql`, posted({ query: "{ viewer { name } }" }));
    await server.untilHeld(2);
    const draining = server.drain();
    gate.resolve();
    expect(await socket.message()).toEqual({
      id: "2",
      type: "next",
      payload: { data: { viewer: { name: "anonymous" } } },
    });
    expect(await socket.message()).toEqual({ id: "2", type: "complete" });
    expect(await socket.closed).toMatchObject({ code: 1001 });
    expect(await stream.next()).toMatchObject({ event: "next" });
    expect(await stream.next()).toMatchObject({ event: "complete" });
    await draining;
  });

  it("does not wait for ever for a client that does not answer", async () => {
    await using server = await startLiveServer();
    const listener = server.listenersFromNow();
    using socket = await connect(server.socketUrl);
    socket.send(subscribe("1"));
    await listener(0);
    socket.socket.pause();
    const started = Date.now();
    await server.drain(300);
    expect(Date.now() - started).toBeLessThan(3_000);
  });
});
