/** What the PortSIP sandbox pushes about calls that were asked for, phones and queues (reference §6, §7). */
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { startPortsipServer, type PortsipSandboxServer } from "../../src/sandbox/portsip/portsip-server.js";

const START = Date.parse("2026-03-01T10:00:00Z");

let clock = START;
let server: PortsipSandboxServer;
let token = "";

beforeEach(async () => {
  clock = START;
  server = await startPortsipServer({ port: 0, host: "127.0.0.1", seed: 7, now: () => clock });
  server.setIdSpelling("decimal");
  server.setPace(0);
  token = String((await send("POST", "/auth/sign_in", credentials())).json.access_token);
  for (const number of ["1001", "1002", "1003"]) server.answers(number, "answers");
});
afterEach(() => server.close());

type Json = Record<string, unknown>;
interface Reply {
  status: number;
  json: Json;
}

async function send(method: string, path: string, body?: unknown): Promise<Reply> {
  const response = await fetch(`${server.baseUrl}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, json: text === "" ? {} : (JSON.parse(text) as Json) };
}

function credentials(username = server.environment.PORTSIP_USERNAME): Json {
  const { PORTSIP_PASSWORD: password, PORTSIP_DOMAIN: domain } = server.environment;
  return { username, password, domain };
}

async function create(body: Json = {}): Promise<string> {
  const call = { caller: "1001", callee: "1002", send_sdp: true };
  return String((await send("POST", "/sessions", { ...call, ...body })).json.id);
}

interface Line {
  ask(message: Json): Promise<Json>;
  /** Everything that was told so far. */
  readonly heard: Json[];
  /** Resolves once `count` messages of this type have come. */
  until(eventType: string, count?: number): Promise<Json>;
}

async function connect(username?: string): Promise<Line> {
  const socket = new WebSocket(server.baseUrl.replace(/^http(.*)\/api$/, "ws$1/wsi"));
  const heard: Json[] = [];
  const replies: Json[] = [];
  socket.on("message", (data: Buffer) => {
    const message = JSON.parse(data.toString()) as Json;
    (message.command === undefined ? heard : replies).push(message);
  });
  await once(socket, "open");
  const ask = async (message: Json): Promise<Json> => {
    socket.send(JSON.stringify(message));
    while (replies.length === 0) await once(socket, "message");
    return replies.shift() as Json;
  };
  const until = async (eventType: string, count = 1): Promise<Json> => {
    const found = () => heard.filter(({ event_type }) => event_type === eventType);
    while (found().length < count) await once(socket, "message");
    return found()[count - 1] as Json;
  };
  expect(await ask({ command: "auth", ...credentials(username) })).toMatchObject({ status: 0 });
  return { ask, heard, until };
}

async function subscribed(topic: string, scope: Json = {}): Promise<Line> {
  const line = await connect();
  expect(await line.ask({ command: "subscribe", topics: [topic], ...scope })).toMatchObject({ status: 0 });
  return line;
}

const types = ({ heard }: Line) => heard.map(({ event_type }) => event_type);

describe("calls that were asked for", () => {
  test("are told from the caller's phone to the callee's, without anybody looking", async () => {
    const line = await subscribed("cdr_events");
    const id = await create({ user_data: "crm-4711" });
    await line.until("call_update_info");
    expect(line.heard.map(({ event_type, destiantion }) => [event_type, destiantion])).toEqual([
      ["call_start", undefined],
      ["cdr_target_add", "sip:1001@parcels.example.test"],
      ["cdr_target_ringing", "sip:1001@parcels.example.test"],
      ["cdr_target_answer", "sip:1001@parcels.example.test"],
      ["cdr_target_add", "sip:1002@parcels.example.test"],
      ["cdr_target_ringing", "sip:1002@parcels.example.test"],
      ["cdr_target_answer", "sip:1002@parcels.example.test"],
      ["call_update_info", undefined],
    ]);
    expect(line.heard[0]).toEqual({
      event_type: "call_start",
      time: "1772359200",
      session_id: id,
      cdr_id: (BigInt(id) + 1n).toString(),
      tenant_id: expect.any(String) as string,
      direction: "ext",
      caller: "1001",
      callee: "1002",
      caller_display_name: "Elena Marchetti",
      callee_display_name: "Samuel Adeyemi",
      did: "",
      outbound_caller_id: "",
      call_id: expect.any(String) as string,
      user_data: "crm-4711",
    });
  });

  test.each([
    ["busy", "cdr_target_fail", "fail", "486"],
    ["unreachable", "cdr_target_fail", "fail", "404"],
    ["no_answer", "cdr_target_noanswer", "noanswer", "480"],
  ] as const)(
    "to somebody who is or does %s end with %s",
    async (behaviour, event, call_status, status_code) => {
      server.answers("1002", behaviour);
      const line = await subscribed("cdr_events");
      await create();
      expect(await line.until("call_cdr")).toMatchObject({ call_status, status_code, talk_duration: 0 });
      expect(types(line).at(-2)).toBe(event);
    },
  );

  test("wrap their user data when they go to a queue", async () => {
    const line = await subscribed("cdr_events");
    const id = await create({ callee: "8000", user_data: "crm-4711" });
    await line.until("call_update_info");
    expect(line.heard[0]?.user_data).toBe("user-data=crm-4711;service-number=8000");
    await send("POST", `/sessions/${id}/destroy`);
    expect(await line.until("call_cdr")).toMatchObject({
      callee: "8000",
      user_data: "user-data=crm-4711;service-number=8000",
      call_targets: [{ call_type: "queue_call", status: "answered" }],
    });
  });

  test("and are handed on end one target and add the next", async () => {
    const line = await subscribed("cdr_events");
    const id = await create();
    await line.until("call_update_info");
    line.heard.splice(0);
    await send("POST", `/sessions/${id}/refer`, { extension_number: "1002", refer_to: "1003" });
    await line.until("call_update_info");
    expect(types(line)).toEqual([
      "cdr_target_end",
      "cdr_target_add",
      "cdr_target_ringing",
      "cdr_target_answer",
      "call_update_info",
    ]);
    await send("POST", `/sessions/${id}/destroy`);
    expect((await line.until("call_cdr")).call_targets).toMatchObject([
      { callee: "1002", end_reason: "blind_transfer_complete" },
      { callee: "1003", end_reason: "caller_disconnected" },
    ]);
  });

  test("and are joined end the consultation", async () => {
    const line = await subscribed("cdr_events");
    const first = await create({ caller: "1003", callee: "1001" });
    const second = await create();
    await line.until("call_update_info", 2);
    line.heard.splice(0);
    const body = { extension_number: "1001", refer_to_1: "1003", refer_to_2: "1002" };
    expect((await send("POST", "/sessions/1/attended_refer", body)).status).toBe(200);
    await line.until("call_update_info");
    expect(line.heard.map(({ event_type, session_id }) => [event_type, session_id])).toEqual([
      ["cdr_target_end", first],
      ["cdr_target_add", first],
      ["cdr_target_end", second],
      ["call_cdr", second],
      ["cdr_target_answer", first],
      ["call_update_info", first],
    ]);
    expect(line.heard[3]).toMatchObject({ ended_reason: "replaced", call_status: "answered" });
    expect(line.heard[5]).toMatchObject({ caller: "1003", callee: "1002" });
  });

  test("are not told of holding: there is no event for it", async () => {
    const line = await subscribed("cdr_events");
    const id = await create();
    await line.until("call_update_info");
    line.heard.splice(0);
    await send("POST", `/sessions/${id}/hold`, { extension_number: "1001" });
    await send("POST", `/sessions/${id}/destroy`);
    await line.until("call_cdr");
    expect(types(line)).toEqual(["cdr_target_end", "call_cdr"]);
  });
});

describe("phones", () => {
  test("are told as they are, then as they change, without session or peer", async () => {
    const line = await subscribed("extension_events", { extensions: ["1001"] });
    expect(await line.until("extension_status")).toMatchObject({
      status: [
        {
          extension: "sip:1001@parcels.example.test",
          extension_id: "2",
          call_status: "",
          online: true,
          push_online: false,
          presence: "AVAILABLE",
          presence_note: "",
          time: "1772359200",
        },
      ],
    });
    const id = await create();
    await line.until("extension_call", 2);
    await send("POST", `/sessions/${id}/destroy`);
    expect(await line.until("extension_call", 3)).toEqual({
      event_type: "extension_call",
      extension: "sip:1001@parcels.example.test",
      extension_id: "2",
      call_status: "",
      tenant_id: expect.any(String) as string,
      time: "1772359200",
    });
    expect(line.heard.slice(1).map(({ call_status }) => call_status)).toEqual(["RINGING", "ON_CALL", ""]);
  });

  test("of the whole house come when nobody is named", async () => {
    const line = await subscribed("extension_events");
    const { status } = await line.until("extension_status");
    expect((status as Json[]).length).toBeGreaterThan(5);
  });
});

describe("queues", () => {
  test("tell who waits and who takes the call", async () => {
    const line = await subscribed("queue_events", { queues: ["8000"] });
    expect(await line.until("queue_status")).toMatchObject({
      queue_number: "8000",
      queue_name: "Support",
      waiting_list: [],
      agents: expect.arrayContaining([
        expect.objectContaining({ agent_extension_number: "1001", state: "READY" }),
      ]) as Json[],
    });
    const id = await create({ caller: "1000", callee: "8000" });
    await line.until("queue_agent_status");
    const reasons = line.heard
      .filter(({ event_type }) => event_type === "queue_caller_status")
      .map(({ updated_callers }) => (updated_callers as Json[])[0]);
    expect(reasons).toMatchObject([
      { reason: "enqueue", session_id: id, caller_number: "1000", position: "1", type: "normal" },
      { reason: "agent_answered", session_id: id },
    ]);
    await send("POST", `/sessions/${id}/destroy`);
    await line.until("queue_agent_status", 2);
  });

  test("are told as they are to whoever comes later", async () => {
    for (const extension of ["1001", "1002", "1003", "1004", "1005", "1006", "1007", "1008", "1009"])
      server.answers(extension, "rings");
    const id = await create({ caller: "1000", callee: "8000" });
    await send("GET", `/sessions/${id}`);
    const line = await subscribed("queue_events", { queues: ["8000"] });
    expect(await line.until("queue_status")).toMatchObject({ waiting_list: [{ session_id: id }] });
    await send("POST", `/sessions/${id}/destroy`);
    expect(await line.until("queue_caller_status")).toMatchObject({
      updated_callers: [{ reason: "hangup" }],
    });
  });
});

describe("topics", () => {
  test("of all tenants, and unknown ones, are refused", async () => {
    const line = await connect();
    for (const topic of ["global_cdr_events", "trunk_events"])
      expect(await line.ask({ command: "subscribe", topics: [topic] })).toMatchObject({ status: -1 });
  });

  test("need their rights", async () => {
    const line = await connect("nobody");
    expect(await line.ask({ command: "subscribe", topics: ["cdr_events"] })).toMatchObject({
      command: "subscribe",
      status: -1,
      error: expect.any(String) as string,
    });
    expect(await line.ask({ command: "subscribe", topics: ["extension_events"] })).toMatchObject({
      status: 0,
    });
  });

  test("that were given back are silent", async () => {
    const line = await subscribed("cdr_events");
    await line.ask({ command: "unsubscribe", topics: ["cdr_events"] });
    await create();
    await line.ask({ command: "subscribe", topics: [] });
    expect(line.heard).toEqual([]);
  });
});

describe("webhooks", () => {
  interface Delivery {
    headers: IncomingHttpHeaders;
    body: Json;
  }
  let receiver: Server;
  let deliveries: Delivery[] = [];
  beforeEach(async () => {
    deliveries = [];
    receiver = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const body = JSON.parse(Buffer.concat(chunks).toString()) as Json;
        deliveries.push({ headers: request.headers, body });
        response.writeHead(200).end();
      });
    }).listen(0, "127.0.0.1");
    await once(receiver, "listening");
  });
  afterEach(() => receiver.close());

  async function enter(hook: "cdr_event" | "extension_event", auth: Json): Promise<void> {
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
    const { status } = await send("POST", "/tenant", { [hook]: { enabled: true, url, ...auth } });
    expect(status).toBe(200);
  }

  test("get every event of a call with the bearer token that was entered", async () => {
    await enter("cdr_event", { auth: "BEARER", token: "hook-token" });
    const id = await create({ user_data: "crm-4711" });
    await expect.poll(() => deliveries.length).toBe(8);
    expect(new Set(deliveries.map(({ headers }) => headers.authorization))).toEqual(
      new Set(["Bearer hook-token"]),
    );
    const started = deliveries.find(({ body }) => body.event_type === "call_start");
    expect(started?.body).toMatchObject({ session_id: id, user_data: "crm-4711" });
  });

  test("get phones and queues at the other address, with a password", async () => {
    await enter("extension_event", { auth: "BASIC", username: "hookuser", password: "hookpass" });
    await create();
    await expect
      .poll(() => deliveries.map(({ body }) => body.event_type))
      .toEqual(expect.arrayContaining(["extension_call"]));
    expect(deliveries[0]?.headers.authorization).toBe(`Basic ${btoa("hookuser:hookpass")}`);
    expect(deliveries.every(({ body }) => body.session_id === undefined)).toBe(true);
  });
});
