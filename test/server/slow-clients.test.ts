/** Clients that stop reading, at a whole gateway: what they cost, what they are told at the end, and how they go on. */
import { once } from "node:events";
import { connect as connectTcp } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { startTestGateway, type TestGateway } from "../support/gateway.js";
import { subscribeBy, TRANSPORTS, type LiveSubscriber } from "../support/live-subscriber.js";
import { facts, snapshot } from "../support/snapshots.js";

interface Told {
  sessionChanges: { cursor: string; kind: string; session: { providerId: string } };
}

/** A frame is as long as sixteen titles. */
const ALIASES = Array.from({ length: 16 }, (_, n) => `t${n}: title`).join(" ");
const QUERY = `subscription ($after: String, $snapshot: Boolean = false) {
  sessionChanges(after: $after, snapshot: $snapshot) { cursor kind session { providerId ${ALIASES} } }
}`;
const NOWHERE = { SPEKO_API_KEY: "none", SPEKO_BASE_URL: "http://127.0.0.1:9" };
const LIMIT = 256 * 1024;
const PATIENCE = { timeout: 60_000, interval: 5 };

let gateway: TestGateway;
let serial = 0;
async function start(environment: Record<string, string> = {}): Promise<TestGateway> {
  // Nobody is found by silence, however long a busy machine takes, but where that is the test.
  const limits = { SWITCHBOARD_LIVE_BUFFER_BYTES: String(LIMIT), SWITCHBOARD_LIVE_KEEP_ALIVE_MS: "600000" };
  const given = { ...limits, ...environment };
  return (gateway = await startTestGateway({ environment: { ...NOWHERE, ...given } }));
}
afterEach(() => gateway[Symbol.asyncDispose]());

/** One change; a frame about it is sixteen times as long as `length`. */
async function change(id: string, length = 4_000): Promise<void> {
  serial += 1;
  const title = `${serial} ${"said ".repeat(length / 5)}`;
  await gateway.running.ingest.ingest("speko", [
    snapshot(id, { observedAt: Date.now() + serial, facts: facts({ title }) }),
  ]);
}

const subscribe = (transport: (typeof TRANSPORTS)[number], variables: object = {}) =>
  subscribeBy<Told>(transport, gateway.url, QUERY, variables);
const cursors = (...clients: LiveSubscriber<Told>[]) =>
  clients.flatMap(({ heard }) => heard.map(({ sessionChanges }) => sessionChanges.cursor));
const untilSubscribed = (count: number) =>
  expect.poll(() => gateway.running.live.subscribers, PATIENCE).toBe(count);
const untilHeard = (client: LiveSubscriber<Told>, count: number) =>
  expect.poll(() => client.heard.length, PATIENCE).toBe(count);
const closing = () => gateway.lines.find(({ message }) => message.includes("does not read"));
const lastCursor = (client: LiveSubscriber<Told>) => ({ after: cursors(client).at(-1) });

describe.each(TRANSPORTS)("over %s, a client that stops reading", (transport) => {
  it("costs what may wait for it, harms nobody, is sent away, and goes on where it was", async () => {
    await start();
    using quick = await subscribe("WebSocket");
    using events = await subscribe("event stream");
    using slow = await subscribe(transport);
    await untilSubscribed(3);
    let changes = 0;
    const changeAndHear = async () => {
      await change("call");
      changes += 1;
      await untilHeard(quick, changes);
      await untilHeard(events, changes);
    };
    for (let n = 0; n < 3; n += 1) await changeAndHear();
    await untilHeard(slow, 3);

    slow.pause();
    while (closing() === undefined) await changeAndHear();
    expect(closing()?.fields["waitingBytes"]).toBeGreaterThan(LIMIT);
    expect(closing()?.fields["waitingBytes"]).toBeLessThan(LIMIT + slow.longest + 100);
    await untilSubscribed(2);
    for (let n = 0; n < 3; n += 1) await changeAndHear();

    slow.resume();
    expect(await slow.ended).toBe(transport === "WebSocket" ? 4429 : "broken off");
    expect(slow.heard.length).toBeLessThan(changes - 3);
    using again = await subscribe(transport, lastCursor(slow));
    await untilHeard(again, changes - slow.heard.length);
    await changeAndHear();
    await untilHeard(again, changes - slow.heard.length);
    expect(cursors(slow, again)).toEqual(cursors(quick));
    expect(cursors(events)).toEqual(cursors(quick));
    expect(new Set(cursors(quick)).size).toBe(changes);
  });

  it("is noticed by its silence although it may have more waiting", async () => {
    await start({ SWITCHBOARD_LIVE_BUFFER_BYTES: "1073741824", SWITCHBOARD_LIVE_KEEP_ALIVE_MS: "1500" });
    using slow = await subscribe(transport);
    using quick = await subscribe("WebSocket");
    await untilSubscribed(2);
    await change("call");
    await untilHeard(slow, 1);
    slow.pause();
    // More than any operating system takes.
    const changes = 17;
    for (let n = 1; n < changes; n += 1) await change("call", 64_000);
    await untilSubscribed(1);
    await untilHeard(quick, changes);
    slow.resume();
    await slow.ended;
    using again = await subscribe(transport, lastCursor(slow));
    await untilHeard(again, changes - slow.heard.length);
    expect(cursors(slow, again)).toEqual(cursors(quick));
  });

  it("is shown a long snapshot as far as it reads, and the rest when it reads on", async () => {
    await start();
    const sessions = 450;
    const length = 6_400;
    for (let n = 0; n < sessions; n += 1) await change(`s${n}`, length);
    using slow = await subscribe(transport, { snapshot: true });
    slow.pause();
    // Another operation, so that what is executed for it is not shared.
    using quick = await subscribeBy<Told>("WebSocket", gateway.url, `${QUERY} `, { snapshot: true });
    await untilHeard(quick, sessions);
    // 45 MB, of which the operating system may have taken ten, and the others wait to be executed.
    expect(gateway.running.live.executions - sessions).toBeLessThan(sessions / 2);
    expect(closing()).toBeUndefined();

    await change("s0", length);
    await change("new", length);
    await untilHeard(quick, sessions + 2);
    slow.resume();
    await untilHeard(slow, sessions + 2);
    const kinds = (client: LiveSubscriber<Told>) =>
      client.heard
        .map(({ sessionChanges: { kind, session } }) => `${kind} ${session.providerId}`)
        .sort((a, b) => (a < b ? -1 : 1));
    expect(kinds(slow)).toEqual(kinds(quick));
  });
});

it("a WebSocket that reads nothing while nothing happens is cut off, and goes on where it was", async () => {
  await start({ SWITCHBOARD_LIVE_KEEP_ALIVE_MS: "1000" });
  using slow = await subscribe("WebSocket");
  await untilSubscribed(1);
  await change("call");
  await untilHeard(slow, 1);
  slow.pause();
  await untilSubscribed(0);
  await change("call");
  slow.resume();
  expect(await slow.ended).toBe(1006);
  using again = await subscribe("WebSocket", lastCursor(slow));
  await untilHeard(again, 1);
});

it("of an event stream that reads nothing while little happens, nothing waits here", async () => {
  await start({ SWITCHBOARD_LIVE_KEEP_ALIVE_MS: "100" });
  using slow = await subscribe("event stream");
  await untilSubscribed(1);
  slow.pause();
  for (let n = 0; n < 10; n += 1) await change("call", 10);
  slow.resume();
  await untilHeard(slow, 10);
});

it("a client that was closed and does not answer is cut off when its time is over", async () => {
  await start({ SWITCHBOARD_LIVE_CLOSE_MS: "100" });
  const { hostname, port } = new URL(gateway.url);
  const raw = connectTcp(Number(port), hostname);
  const ended = once(raw, "close");
  raw.write(
    `GET /graphql HTTP/1.1\r\nHost: ${hostname}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
      "Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n",
  );
  await once(raw, "data");
  // An empty text, masked with zeros: no message of the protocol. It is told so, reads it, and says nothing.
  raw.write(Buffer.from([0x81, 0x80, 0, 0, 0, 0]));
  const [frame] = (await once(raw, "data")) as [Buffer];
  expect(frame.readUInt16BE(2)).toBe(4400);
  await ended;
});
