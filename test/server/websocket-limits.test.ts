import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { KEYS, startLiveServer, type LiveServer } from "../support/live-server.js";
import { connect, type RawSocket } from "../support/raw-socket.js";

const subscribe = (id: string, query = "subscription { any }") => ({
  id,
  type: "subscribe",
  payload: { query },
});

/** Everything a client has been sent, as numbers. */
function numbersHeard(raw: RawSocket): number[] {
  const heard: number[] = [];
  raw.socket.on("message", (data: Buffer) => {
    const { payload } = JSON.parse(data.toString()) as { payload?: { data: { n: number } } };
    if (payload !== undefined) heard.push(payload.data.n);
  });
  return heard;
}

/** Publishes until somebody has been closed for not reading. Answers how many results that took. */
async function publishUntilOneIsClosed(server: LiveServer, filler: string): Promise<number> {
  for (let n = 0; n < 100_000; n += 1) {
    server.publish({ n, filler });
    // Those who read get the time to do so.
    if (n % 10 === 0) await sleep(1);
    if (server.lines.some(({ message }) => message.includes("does not read"))) return n + 1;
  }
  throw new Error("nobody was closed");
}

describe("a client that does not read", () => {
  it("is closed with 4429 while others get everything, and what waits for it stays bounded", async () => {
    await using server = await startLiveServer({ limits: { maxBufferedBytes: 256 * 1024 } });
    const listener = server.listenersFromNow();
    using slow = await connect(server.socketUrl);
    using quick = await connect(server.socketUrl);
    slow.send(subscribe("1"));
    const { stopped } = await listener(0);
    quick.send(subscribe("1"));
    await listener(1);
    const heard = numbersHeard(quick);
    slow.socket.pause();

    const published = await publishUntilOneIsClosed(server, "x".repeat(10_000));
    await stopped;
    expect(server.listeners.size).toBe(1);
    const line = server.lines.find(({ message }) => message.includes("does not read"));
    expect(line?.level).toBe("info");
    // One message more than the limit at most.
    expect(line?.fields["waitingBytes"]).toBeLessThan(256 * 1024 + 2 * 10_100);

    slow.socket.resume();
    expect(await slow.closed).toEqual({
      code: 4429,
      reason: "Reads too slowly: resume with the last cursor",
    });

    server.publish({ n: published });
    await expect.poll(() => heard.at(-1)).toBe(published);
    expect(heard).toEqual(Array.from({ length: published + 1 }, (_, n) => n));
  });

  it("is closed for many small messages too", async () => {
    await using server = await startLiveServer({ limits: { maxBufferedMessages: 20 } });
    const listener = server.listenersFromNow();
    using slow = await connect(server.socketUrl);
    slow.send(subscribe("1"));
    const { stopped } = await listener(0);
    slow.socket.pause();
    await publishUntilOneIsClosed(server, "x".repeat(30_000));
    await stopped;
    const line = server.lines.find(({ message }) => message.includes("does not read"));
    expect(line?.fields["waitingMessages"]).toBe(21);
  });

  it("is noticed by its silence when little is published", async () => {
    await using server = await startLiveServer({ limits: { keepAliveMs: 60 } });
    const listener = server.listenersFromNow();
    using slow = await connect(server.socketUrl);
    slow.send(subscribe("1"));
    const { stopped, subscriber } = await listener(0);
    slow.socket.pause();
    // More than any operating system takes for a client that does not read, and less than the limit leaves.
    subscriber.next(JSON.stringify({ data: "x".repeat(16 * 1024 * 1024) }));
    await stopped;
  });

  it("cannot fill memory with pings", async () => {
    await using server = await startLiveServer({ limits: { maxBufferedBytes: 2_000 } });
    using slow = await connect(server.socketUrl);
    slow.socket.pause();
    const ping = JSON.stringify({ type: "ping", payload: { text: "x".repeat(100_000) } });
    while (!server.lines.some(({ message }) => message.includes("does not read"))) {
      slow.send(ping);
      await sleep(1);
    }
  });

  it("may be sent one message larger than everything that may wait", async () => {
    await using server = await startLiveServer({ limits: { maxBufferedBytes: 1_024 } });
    const listener = server.listenersFromNow();
    using socket = await connect(server.socketUrl);
    socket.send(subscribe("1"));
    const text = "x".repeat(8 * 1024 * 1024);
    (await listener(0)).subscriber.next(JSON.stringify({ data: text }));
    expect(await socket.message()).toMatchObject({ payload: { data: text } });
  });
});

it("a source that waits for room between pages can send any amount", async () => {
  await using server = await startLiveServer({ limits: { maxBufferedBytes: 64 * 1024 } });
  const listener = server.listenersFromNow();
  using socket = await connect(server.socketUrl);
  socket.send(subscribe("1"));
  const { subscriber } = await listener(0);
  const heard = numbersHeard(socket);
  for (let n = 0; n < 2_000; n += 1) {
    subscriber.next(JSON.stringify({ data: { n, filler: "x".repeat(20_000) } }));
    await subscriber.drained?.();
  }
  await expect.poll(() => heard.length, { timeout: 10_000 }).toBe(2_000);
});

it("nobody waits for room at a client that is gone", async () => {
  await using server = await startLiveServer({ limits: { maxBufferedBytes: 1_024 } });
  const listener = server.listenersFromNow();
  using socket = await connect(server.socketUrl);
  socket.send(subscribe("1"));
  const { subscriber } = await listener(0);
  socket.socket.pause();
  subscriber.next(JSON.stringify({ data: "x".repeat(16 * 1024 * 1024) }));
  const waiting = subscriber.drained?.();
  socket.socket.terminate();
  await waiting;
});

describe("keep-alive", () => {
  it("pings, and leaves alone whoever answers", async () => {
    await using server = await startLiveServer({ limits: { keepAliveMs: 30 } });
    using socket = await connect(server.socketUrl);
    for (let n = 0; n < 5; n += 1) await once(socket.socket, "ping");
    socket.send({ type: "ping" });
    expect(await socket.message()).toEqual({ type: "pong" });
  });

  it("cuts off whoever gives no sign", async () => {
    await using server = await startLiveServer({ limits: { keepAliveMs: 50 } });
    const listener = server.listenersFromNow();
    using socket = await connect(server.socketUrl, undefined, { autoPong: false });
    socket.send(subscribe("1"));
    const { stopped } = await listener(0);
    await stopped;
    expect(await socket.closed).toMatchObject({ code: 1006 });
  });
});

describe("credentials that expire", () => {
  const credentials = { authorization: `Bearer ${KEYS.expiring}` };

  it("close the socket with 4403 when their time is over", async () => {
    await using server = await startLiveServer({ auth: "required", expiresInMs: 300 });
    const listener = server.listenersFromNow();
    using socket = await connect(server.socketUrl, credentials);
    socket.send(subscribe("1"));
    const { stopped } = await listener(0);
    expect(await socket.closed).toEqual({ code: 4403, reason: "Forbidden: the credentials have expired" });
    await stopped;
  });

  it("let nothing through after that, however late the timer is", async () => {
    await using server = await startLiveServer({ auth: "required", expiresInMs: 3_600_000 });
    const listener = server.listenersFromNow();
    using socket = await connect(server.socketUrl, credentials);
    socket.send(subscribe("1"));
    const { subscriber } = await listener(0);
    subscriber.next('{"data":{"n":1}}');
    expect(await socket.message()).toMatchObject({ payload: { data: { n: 1 } } });
    const later: unknown[] = [];
    socket.socket.on("message", (data: Buffer) => later.push(data.toString()));
    server.clock.push(3_600_001);
    subscriber.next('{"data":{"n":2}}');
    expect(await socket.closed).toMatchObject({ code: 4403 });
    expect(later).toEqual([]);
  });

  it("start nothing after that", async () => {
    await using server = await startLiveServer({ auth: "required", expiresInMs: 3_600_000 });
    using socket = await connect(server.socketUrl, credentials);
    server.clock.push(3_600_001);
    socket.send(subscribe("1", "{ viewer { name } }"));
    expect(await socket.closed).toMatchObject({ code: 4403 });
  });

  it("leave others alone", async () => {
    await using server = await startLiveServer({ auth: "required", expiresInMs: 3_600_000 });
    using socket = await connect(server.socketUrl, { authorization: KEYS.all });
    server.clock.push(3_600_001);
    socket.send(subscribe("1", "{ viewer { name } }"));
    expect(await socket.message()).toMatchObject({ payload: { data: { viewer: { name: "all" } } } });
  });
});
