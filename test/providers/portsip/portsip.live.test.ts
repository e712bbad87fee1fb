/** PortSIP's WSI (PortSIP reference §6): what the client says and hears, in whichever order, and what breaks it. */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WebSocketServer, type WebSocket } from "ws";
import type { ProviderError } from "../../../src/errors/index.js";
import type { SessionSnapshot } from "../../../src/model/index.js";
import { PortsipLive } from "../../../src/providers/portsip/portsip.live.js";
import { createCaptureLogger } from "../../support/capture-logger.js";

type Json = Record<string, unknown>;
const KEY = "700551909773148160";
const REST_ID = "NzAwNTUxOTA5NzczMTQ4MTYw";

let server: WebSocketServer;
let live: PortsipLive | undefined;
/** What the PBX answers to a command; null: nothing. */
let answer: (command: Json) => Json | null;
let sockets: WebSocket[];
let commands: Json[];
beforeEach(async () => {
  [sockets, commands] = [[], []];
  answer = ({ command }) => ({ command, id: "1", status: 0 });
  server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  server.on("connection", (socket) => {
    sockets.push(socket);
    socket.on("message", (data: Buffer) => {
      const command = JSON.parse(data.toString()) as Json;
      commands.push(command);
      const reply = answer(command);
      if (reply !== null) socket.send(JSON.stringify(reply));
    });
  });
  await once(server, "listening");
});
afterEach(async () => {
  await live?.close();
  for (const socket of sockets) socket.terminate();
  await new Promise((resolve) => server.close(resolve));
});

/** `shown`: ids that REST has shown, and shows after so many looks. */
function listen({
  shown = [REST_ID] as string[],
  afterLooks = 0,
  pingMs = 60_000,
  handshakeTimeoutMs = 30_000,
} = {}) {
  const { port } = server.address() as AddressInfo;
  const { log } = createCaptureLogger();
  const heard = {
    told: [] as SessionSnapshot[],
    changed: [] as { providerId: string; otherwise?: SessionSnapshot }[],
    looks: [] as boolean[],
    opened: 0,
    lost: [] as ProviderError[],
  };
  const source = { provider: "PORTSIP", connection: "pbx" };
  const config = {
    baseUrl: `http://127.0.0.1:${port}/api`,
    wsiUrl: `ws://127.0.0.1:${port}/wsi`,
    ...{ username: "svc", password: "pw", domain: "acme.test", webhookToken: undefined },
  };
  const idOf = (key: string) =>
    heard.looks.length < afterLooks
      ? undefined
      : shown.find((id) => id === key || Buffer.from(id, "base64").toString() === key);
  live = new PortsipLive(
    { config, source, log, now: Date.now, idOf, handshakeTimeoutMs, pingMs },
    {
      told: (snapshots) => Promise.resolve(void heard.told.push(...snapshots)),
      changed: (sessions) => void heard.changed.push(...sessions),
      look: (isUrgent) => Promise.resolve(void heard.looks.push(isUrgent)),
      opened: () => void (heard.opened += 1),
      lost: (error) => void heard.lost.push(error),
      ended: () => undefined,
    },
  );
  return heard;
}

const event = (type: string, more: Json = {}) =>
  JSON.stringify({ event_type: type, session_id: KEY, time: "1772359200", direction: "in", ...more });

describe("the socket", () => {
  it("logs in with credentials, subscribes, and works from the acknowledgement on", async () => {
    const heard = listen();
    await expect.poll(() => heard.opened).toBe(1);
    expect(commands).toEqual([
      { command: "auth", username: "svc", password: "pw", domain: "acme.test" },
      { command: "subscribe", topics: ["cdr_events"] },
    ]);
  });

  it("works without an acknowledgement, which is not documented", async () => {
    answer = ({ command }) => (command === "auth" ? { command, status: 0 } : null);
    const heard = listen();
    await expect.poll(() => heard.opened, { timeout: 5_000 }).toBe(1);
  });

  it("that is refused says so and is left alone", async () => {
    answer = ({ command }) => ({ command, status: -1, error: "no such user" });
    const heard = listen();
    await expect.poll(() => heard.lost.length).toBe(1);
    expect(heard.lost[0]?.code).toBe("PROVIDER_AUTH_FAILED");
    expect(heard.lost[0]?.message).not.toContain("pw");
    expect(heard.opened).toBe(0);
  });

  it("that breaks is made again, with login and subscription", async () => {
    const heard = listen();
    await expect.poll(() => heard.opened).toBe(1);
    sockets[0]?.terminate();
    await expect.poll(() => heard.opened, { timeout: 5_000 }).toBe(2);
    expect(heard.lost).toHaveLength(1);
    expect(commands).toHaveLength(4);
  });

  it("that is closed again as soon as it works is made ever more rarely", async () => {
    const at: number[] = [];
    server.on("connection", () => at.push(performance.now()));
    answer = ({ command }) => {
      if (command === "subscribe") setImmediate(() => sockets.at(-1)?.close(1011));
      return { command, status: 0 };
    };
    const heard = listen();
    await expect.poll(() => at.length, { timeout: 60_000 }).toBe(5);
    // Half of 500 ms at least, then of one second, of two and of four: no pause is ever shorter.
    expect((at[4] ?? 0) - (at[0] ?? 0)).toBeGreaterThan(3_700);
    expect(heard.lost.length).toBeGreaterThanOrEqual(4);
  }, 70_000);

  it("on which the login is never answered is given up, and made again", async () => {
    answer = () => null;
    const heard = listen({ handshakeTimeoutMs: 500 });
    await expect.poll(() => heard.lost.length, { timeout: 30_000 }).toBe(1);
    expect(heard.lost[0]?.message).toBe("PortSIP's WSI does not answer the login.");
    answer = ({ command }) => ({ command, status: 0 });
    await expect.poll(() => heard.opened, { timeout: 30_000 }).toBe(1);
  });

  it("that falls silent is given up, and one that answers pings is not", async () => {
    const heard = listen({ pingMs: 50 });
    await expect.poll(() => heard.opened).toBe(1);
    let pings = 0;
    sockets[0]?.on("ping", () => (pings += 1));
    await expect.poll(() => pings).toBeGreaterThan(4);
    expect(heard.lost).toEqual([]);
    sockets[0]?.pause();
    await expect.poll(() => heard.lost.length, { timeout: 5_000 }).toBeGreaterThan(0);
  });
});

describe("events", () => {
  it("become what they say, under the id that REST uses, in any order and however often", async () => {
    const heard = listen();
    await expect.poll(() => heard.opened).toBe(1);
    const types = ["cdr_target_answer", "call_start", "target_ringing", "call_start", "call_update_info"];
    for (const type of types) sockets[0]?.send(event(type));
    await expect.poll(() => heard.told.length).toBe(types.length);
    for (const snapshot of heard.told)
      expect(snapshot).toMatchObject({ providerId: REST_ID, providerKey: KEY, source: "PUSH", sections: [] });
    expect(heard.told.map(({ facts }) => facts.state)).toEqual([
      "IN_PROGRESS",
      "RINGING",
      "RINGING",
      "RINGING",
      "UNKNOWN",
    ]);
    expect(heard.told[0]?.facts).toMatchObject({ direction: "INBOUND", answeredAt: 1_772_359_200_000 });
    expect(heard.told[1]?.facts.startedAt).toBe(1_772_359_200_000);
    expect(heard.looks.every((isUrgent) => !isUrgent)).toBe(true);
  });

  it("of a call that REST has not shown wait for a look", async () => {
    const heard = listen({ afterLooks: 2 });
    await expect.poll(() => heard.opened).toBe(1);
    sockets[0]?.send(event("call_start"));
    await expect.poll(() => heard.told.map(({ providerId }) => providerId)).toEqual([REST_ID]);
    expect(heard.looks.slice(0, 2)).toEqual([true, true]);
  });

  it("of an end have the call log read, and serve where it is not written yet", async () => {
    const heard = listen();
    await expect.poll(() => heard.opened).toBe(1);
    const end = { call_status: "answered", talk_duration: 26, ended_time: "1772359300", end_reason: "None" };
    sockets[0]?.send(event("call_cdr", end));
    sockets[0]?.send(event("call_cdr", { ...end, end_reason: "blind_transfer_complete" }));
    await expect.poll(() => heard.changed.length).toBe(2);
    const [ended, handedOn] = heard.changed;
    expect(ended?.otherwise?.facts).toMatchObject({
      ...{ phase: "ENDED", state: "COMPLETED", endedAt: 1_772_359_300_000, durationSeconds: 26 },
    });
    // A call that was handed on goes on.
    expect(handedOn).toEqual({ providerId: REST_ID });
  });

  it("that are none, or none about a call, change nothing", async () => {
    const heard = listen();
    await expect.poll(() => heard.opened).toBe(1);
    for (const text of [
      "not JSON",
      "[]",
      '{"event_type":"extension_status","status":[]}',
      '{"event_type":"queue_caller_status","updated_callers":[{"session_id":"1"}]}',
      '{"event_type":"call_start","session_id":"0"}',
      '{"event_type":"call_start","session_id":"../sessions/directly"}',
      event("call_unknown"),
    ])
      sockets[0]?.send(text);
    sockets[0]?.send(event("call_start"));
    await expect.poll(() => heard.told.length).toBe(1);
    expect(heard.lost).toEqual([]);
  });
});
