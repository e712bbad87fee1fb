import { afterEach, beforeEach, expect, test } from "vitest";
import { WebSocket } from "ws";
import type { Conversation } from "../../src/sandbox/conversation.js";
import { startPortsipServer, type PortsipSandboxServer } from "../../src/sandbox/portsip/portsip-server.js";

const START = Date.parse("2026-03-01T10:00:00Z");

let server: PortsipSandboxServer;

beforeEach(async () => {
  const now = () => START + 60_000;
  server = await startPortsipServer({ port: 0, host: "127.0.0.1", seed: 7, now });
});
afterEach(() => server.close());

type Json = Record<string, unknown>;

/** From outside to extension 1001, answered. */
const CALL: Conversation = {
  id: "told",
  provider: "portsip",
  channel: "voice",
  direction: "inbound",
  from: { name: "Ada", number: "+12025550150", extension: null, email: null },
  to: { name: "Elena", number: "+13125550101", extension: "1001", email: null },
  startedAt: START,
  steps: [
    { at: 1_000, do: "ring", party: "to" },
    { at: 4_000, do: "answer", party: "to" },
    { at: 30_000, do: "end", reason: "caller-hung-up" },
  ],
  traits: { trunk: "AtlanticVoice", userData: "crm-4711" },
  links: [],
};

function credentials(): Json {
  const { PORTSIP_USERNAME, PORTSIP_PASSWORD, PORTSIP_DOMAIN } = server.environment;
  return { username: PORTSIP_USERNAME, password: PORTSIP_PASSWORD, domain: PORTSIP_DOMAIN };
}

/** Opens the WebSocket; answers a way to send and what has arrived so far. */
async function connect(): Promise<{ socket: WebSocket; ask(message: Json): Promise<Json>; heard: Json[] }> {
  const socket = new WebSocket(server.baseUrl.replace(/^http(.*)\/api$/, "ws$1/wsi"));
  const heard: Json[] = [];
  let waiting: ((message: Json) => void) | undefined;
  socket.on("message", (data: Buffer) => {
    const message = JSON.parse(data.toString()) as Json;
    if (message.command === undefined) heard.push(message);
    else waiting?.(message);
  });
  await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
  const ask = (message: Json): Promise<Json> =>
    new Promise((resolve) => {
      waiting = resolve;
      socket.send(JSON.stringify(message));
    });
  return { socket, ask, heard };
}

test("wrong credentials get status -1, and nobody unknown may subscribe", async () => {
  const { ask } = await connect();
  expect(await ask({ command: "auth", ...credentials(), password: "guess" })).toMatchObject({
    command: "auth",
    status: -1,
    error: expect.any(String) as string,
  });
  expect(await ask({ command: "subscribe", topics: ["cdr_events"] })).toMatchObject({ status: -1 });
});

test("tells a call from its start to its record, in the vendor's mixture of types", async () => {
  const { socket, ask, heard } = await connect();
  expect(await ask({ command: "auth", ...credentials() })).toMatchObject({ status: 0 });
  await ask({ command: "subscribe", topics: ["cdr_events"] });
  server.begin(CALL);
  for (const step of CALL.steps) server.apply(CALL, step, START + step.at);
  await new Promise((resolve) => socket.once("pong", resolve).ping());
  expect(heard.map(({ event_type }) => event_type)).toEqual([
    "call_start",
    "cdr_target_add",
    "cdr_target_ringing",
    "cdr_target_answer",
    "call_update_info",
    "cdr_target_end",
    "call_cdr",
  ]);
  expect(heard[1]).toHaveProperty("destiantion");
  expect(heard.at(-1)).toMatchObject({
    start_time: "1772359200",
    talk_duration: 26,
    status_code: "0",
    call_status: "answered",
    direction: "in",
    user_data: "crm-4711",
    call_targets: [{ talk_duration: "26", status_code: 0 }],
  });
});
