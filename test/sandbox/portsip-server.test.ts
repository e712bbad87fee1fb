import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Conversation, Step, Traits } from "../../src/sandbox/conversation.js";
import { startPortsipServer, type PortsipSandboxServer } from "../../src/sandbox/portsip/portsip-server.js";

const START = Date.parse("2026-03-01T10:00:00Z");
const MINUTE = 60_000;

let clock = START;
let server: PortsipSandboxServer;

beforeEach(async () => {
  clock = START;
  server = await startPortsipServer({ port: 0, host: "127.0.0.1", seed: 7, now: () => clock });
});
afterEach(() => server.close());

type Json = Record<string, unknown>;
interface Reply {
  status: number;
  json: Json;
}

async function send(method: string, path: string, body?: unknown, token?: string): Promise<Reply> {
  const response = await fetch(`${server.baseUrl}${path}`, {
    method,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined || body instanceof URLSearchParams
        ? {}
        : { "content-type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: body instanceof URLSearchParams ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, json: text === "" ? {} : JSON.parse(text) };
}

function credentials(): Record<"username" | "password" | "domain", string> {
  const {
    PORTSIP_USERNAME: username = "",
    PORTSIP_PASSWORD: password = "",
    PORTSIP_DOMAIN: domain = "",
  } = server.environment;
  return { username, password, domain };
}

async function signIn(): Promise<string> {
  return String((await send("POST", "/auth/sign_in", credentials())).json.access_token);
}

async function read(
  path: string,
): Promise<{ status: number; json: { count: number; items: Json[] } & Json }> {
  const { status, json } = await send("GET", path, undefined, await signIn());
  return { status, json: json as { count: number; items: Json[] } & Json };
}

const CALL: Step[] = [
  { at: 1_000, do: "ring", party: "to" },
  { at: 4_000, do: "answer", party: "to" },
  { at: 30_000, do: "end", reason: "caller-hung-up" },
];

interface Telling {
  steps?: Step[];
  traits?: Traits;
  links?: Conversation["links"];
  startedAt?: number;
}

/** Begins a call from outside to extension 1001, and plays those of its steps that lie in the past. */
function begin(
  id: string,
  { steps = CALL, traits = {}, links = [], startedAt = START }: Telling = {},
): Conversation {
  const conversation: Conversation = {
    id,
    provider: "portsip",
    channel: "voice",
    direction: "inbound",
    from: { name: "Ada", number: "+12025550150", extension: null, email: null },
    to: { name: "Elena", number: "+13125550101", extension: "1001", email: null },
    startedAt,
    steps,
    traits: { trunk: "AtlanticVoice", ...traits },
    links,
  };
  server.begin(conversation);
  for (const step of steps) {
    if (startedAt + step.at <= clock) server.apply(conversation, step, startedAt + step.at);
  }
  return conversation;
}

describe("signing in", () => {
  test("answers tokens, and wrong credentials are a bad request", async () => {
    const { json } = await send("POST", "/auth/sign_in", credentials());
    expect(json).toMatchObject({ token_type: "Bearer", expires_in: 3600 });
    const refused = await send("POST", "/auth/sign_in", { ...credentials(), password: "guess" });
    expect([refused.status, refused.json]).toEqual([
      400,
      { errors: [expect.objectContaining({ code: "UNAUTHORIZED" })] },
    ]);
  });

  test("a user with a second factor gets no token", async () => {
    const { status, json } = await send("POST", "/auth/sign_in", { ...credentials(), username: "careful" });
    expect([status, json.two_factor_enabled, json.access_token]).toEqual([200, true, undefined]);
  });

  test("a refresh token works once", async () => {
    const { refresh_token } = (await send("POST", "/auth/sign_in", credentials())).json;
    expect((await send("POST", "/auth/refresh_token", { refresh_token })).status).toBe(200);
    const again = await send("POST", "/auth/refresh_token", { refresh_token });
    expect([again.status, again.json]).toMatchObject([400, { errors: [{ code: "UNKNOWN" }] }]);
  });

  test("an older PBX only knows the form", async () => {
    server.setGeneration("oauth");
    expect((await send("POST", "/auth/sign_in", credentials())).status).not.toBe(200);
    const form = new URLSearchParams({
      ...credentials(),
      grant_type: "password",
      scope: "all",
      client_id: "9d806019-75b2-4b3d-bb8b-f5a3a412cc0a",
    });
    expect((await send("POST", "/login/oauth/token", form)).json).toHaveProperty("access_token");
  });

  test("a token ends after its lifetime, or when it is taken away", async () => {
    server.setExpiresIn(60);
    const token = await signIn();
    expect((await send("GET", "/sessions", undefined, token)).status).toBe(200);
    clock += MINUTE;
    expect((await send("GET", "/sessions", undefined, token)).status).toBe(401);
    const other = await signIn();
    server.expireTokens();
    expect((await send("GET", "/sessions", undefined, other)).status).toBe(401);
  });
});

describe("live sessions", () => {
  test("have legs that talk longer and longer, and nothing about state or direction", async () => {
    clock = START + 5_000;
    begin("live");
    const first = (await read("/sessions")).json;
    expect(first.count).toBe(1);
    expect(first.items[0]).toEqual({
      id: expect.stringMatching(/^[A-Za-z0-9+/]+=*$/) as string,
      calls: [
        {
          caller: "+12025550150",
          caller_display_name: "Ada",
          callee: "1001",
          trunk: "AtlanticVoice",
          started_at: "2026-03-01T10:00:00.000Z",
          talking_time: 1,
        },
      ],
    });
    clock += 10_000;
    expect((await read("/sessions")).json.items[0]).toMatchObject({ calls: [{ talking_time: 11 }] });
  });

  test("are found by either spelling of their id", async () => {
    clock = START + 5_000;
    begin("spelt");
    const encoded = String((await read("/sessions")).json.items[0]?.id);
    server.setIdSpelling("decimal");
    const decimal = String((await read("/sessions")).json.items[0]?.id);
    expect(Buffer.from(encoded, "base64").toString()).toBe(decimal);
    expect((await read(`/sessions/${encodeURIComponent(encoded)}`)).status).toBe(200);
    expect((await read(`/sessions/${decimal}`)).status).toBe(200);
  });

  test("carry their time in their id", async () => {
    server.setIdSpelling("decimal");
    clock = START + 5_000;
    begin("snowflake");
    const id = String((await read("/sessions")).json.items[0]?.id);
    expect(Number(BigInt(id) >> 22n) + Date.UTC(2018, 0, 1)).toBe(START);
  });

  test("are gone once they have ended", async () => {
    clock = START + 5_000;
    const conversation = begin("over");
    const id = encodeURIComponent(String((await read("/sessions")).json.items[0]?.id));
    server.apply(conversation, CALL[2]!, START + 30_000);
    clock = START + 31_000;
    expect((await read("/sessions")).json).toEqual({ count: 0, items: [] });
    expect((await read(`/sessions/${id}`)).status).toBe(404);
  });
});

describe("call control", () => {
  const CREATE = { caller: "1001", callee: "1002", send_sdp: true };

  test.each([
    ["send_sdp", { caller: "1001", callee: "1002" }],
    ["trunk", { ...CREATE, trunk: "x".repeat(65) }],
    ["rewrite_from", { ...CREATE, rewrite_from: "x".repeat(17) }],
    ["user_data", { ...CREATE, user_data: "x".repeat(129) }],
    ["additional_header", { ...CREATE, additional_header: "RING_LOUDLY" }],
    ["header_direction", { ...CREATE, header_direction: "BOTH" }],
  ])("creating with a bad %s is refused", async (field, body) => {
    const { status, json } = await send("POST", "/sessions", body, await signIn());
    expect(status).toBe(400);
    const message = expect.stringContaining(field) as string;
    expect(json).toEqual({ errors: [expect.objectContaining({ code: "VALIDATE_FAILED", message })] });
  });

  test("creating answers an id and nothing else; the call can then be hung up", async () => {
    const token = await signIn();
    const created = await send("POST", "/sessions", CREATE, token);
    expect([created.status, Object.keys(created.json)]).toEqual([201, ["id"]]);
    const path = `/sessions/${encodeURIComponent(String(created.json.id))}`;
    expect((await send("POST", `${path}/destroy`, {}, token)).status).toBe(204);
    expect((await send("GET", path, undefined, token)).status).toBe(404);
  });

  test("holding needs the extension that holds, and leaves no trace", async () => {
    clock = START + 5_000;
    begin("held");
    const token = await signIn();
    const before = (await read("/sessions")).json.items[0];
    const path = `/sessions/${encodeURIComponent(String(before?.id))}/hold`;
    expect((await send("POST", path, {}, token)).status).toBe(400);
    expect((await send("POST", path, { extension_number: "1001" }, token)).status).toBe(200);
    expect((await read("/sessions")).json.items[0]).toEqual(before);
  });

  test("a blind transfer brings a leg to the new party", async () => {
    clock = START + 5_000;
    begin("referred");
    const path = `/sessions/${encodeURIComponent(String((await read("/sessions")).json.items[0]?.id))}/refer`;
    const body = { extension_number: "1001", refer_to: "1002" };
    expect((await send("POST", path, body, await signIn())).status).toBe(200);
    expect((await read("/sessions")).json.items[0]).toMatchObject({ calls: [{ callee: "1002" }] });
  });

  test("the open way to place a call needs no token, so that using it can be noticed", async () => {
    const query = "caller=1001&callee=1002&send_sdp=true&extension_number=1001&password=p&domain=d";
    expect((await send("GET", `/sessions/directly?${query}`)).status).toBe(201);
    expect(server.requests.filter(({ url }) => url.includes("/sessions/directly"))).toHaveLength(1);
  });

  test("there is no DELETE", async () => {
    expect((await send("DELETE", "/sessions/1", undefined, await signIn())).status).toBe(404);
  });
});

test("a call that is lost is neither up nor logged, whatever its conversation still had in store", async () => {
  clock = START + 10_000;
  const call = begin("lost");
  const [session] = (await read("/sessions")).json.items;
  server.lose(String(session?.["id"]));
  expect((await read("/sessions")).json.items).toEqual([]);
  expect((await read(`/sessions/${String(session?.["id"])}`)).status).toBe(404);
  server.apply(call, { at: 30_000, do: "end", reason: "caller-hung-up" }, START + 30_000);
  expect((await read("/calllogs")).json.items).toEqual([]);
});
