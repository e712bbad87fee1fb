import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Conversation, EndReason, Step, Traits } from "../../src/sandbox/conversation.js";
import { PLIVO_SUBACCOUNT } from "../../src/sandbox/plivo/plivo-accounts.js";
import { startPlivoServer, type PlivoSandboxServer } from "../../src/sandbox/plivo/plivo-server.js";

const START = Date.parse("2026-03-01T10:00:00Z");
const DAY = 86_400_000;

let clock = START;
let server: PlivoSandboxServer;

beforeEach(async () => {
  clock = START;
  server = await startPlivoServer({ port: 0, host: "127.0.0.1", seed: 7, now: () => clock });
});
afterEach(() => server.close());

interface Reply {
  status: number;
  text: string;
  /** Empty when the body is not JSON. */
  json: Record<string, unknown>;
}

async function call(method: string, path: string, body?: unknown, user?: [string, string]): Promise<Reply> {
  const { PLIVO_AUTH_ID = "", PLIVO_AUTH_TOKEN = "" } = server.environment;
  const [id, token] = user ?? [PLIVO_AUTH_ID, PLIVO_AUTH_TOKEN];
  const response = await fetch(`${server.baseUrl}/v1/Account/${id}${path}`, {
    method,
    headers: {
      authorization: `Basic ${Buffer.from(`${id}:${token}`).toString("base64")}`,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get("content-type")?.startsWith("application/json") ?? false;
  return { status: response.status, text, json: isJson ? JSON.parse(text) : {} };
}

const SESSIONS = "/Masking/Session";
const PAIR = { first_party: "+12025550150", second_party: "+12125550160" };

function conversation(id: string, startedAt: number, steps: Step[], traits: Traits = {}): Conversation {
  const person = (number: string) => ({ name: number, number, extension: null, email: null });
  return {
    id,
    provider: "plivo",
    channel: "voice",
    direction: "inbound",
    from: person("+12025550150"),
    to: person("+12125550160"),
    startedAt,
    steps,
    traits,
    links: [],
  };
}

/** Writes a whole conversation at once, as history is written. */
function play(script: Conversation): void {
  server.begin(script);
  for (const step of script.steps) server.apply(script, step, script.startedAt + step.at);
}

function talk(reason: EndReason = "caller-hung-up"): Step[] {
  return [
    { at: 1000, do: "ring", party: "to" },
    { at: 5000, do: "answer", party: "to" },
    { at: 36_000, do: "hangup", by: "from" },
    { at: 60_000, do: "end", reason },
  ];
}

describe("the three envelopes", () => {
  test("create answers 201 with the session under `session` and a plus on the outer number only", async () => {
    const { status, json } = await call("POST", `${SESSIONS}/`, PAIR);
    expect(status).toBe(201);
    expect(json.message).toBe("Session created");
    expect(json.virtual_number).toMatch(/^\+1212555\d{4}$/);
    expect(json.session).toMatchObject({
      session_uuid: json.session_uuid,
      first_party: "12025550150",
      second_party: "12125550160",
      virtual_number: String(json.virtual_number).slice(1),
      status: "active",
      created_time: "2026-03-01 10:00:00 +0000 UTC",
      expiry_time: "2026-03-01 10:30:00 +0000 UTC",
      last_interaction_time: "",
      duration: 1800,
      callback_url: "",
      interaction: null,
      total_session_amount: 0,
      first_party_pin: null,
    });
    expect(json.session).not.toHaveProperty("session_expiry");
    expect(json.session).not.toHaveProperty("resource_uri");
  });

  test("retrieve answers under `response`, with and without a trailing slash", async () => {
    const { json } = await call("POST", SESSIONS, PAIR);
    const plain = await call("GET", `${SESSIONS}/${json.session_uuid}`);
    const slashed = await call("GET", `${SESSIONS}/${json.session_uuid}/`);
    expect(plain.json.response).toEqual(json.session);
    expect(slashed.json.response).toEqual(json.session);
    expect(plain.json.api_id).not.toBe(slashed.json.api_id);
  });

  test("a list row has alphabetical keys and says where it lives", async () => {
    const created = await call("POST", SESSIONS, PAIR);
    const { json } = await call("GET", SESSIONS);
    const response = json.response as { meta: unknown; objects: Record<string, unknown>[] };
    expect(response.meta).toEqual({ limit: 20, offset: 0, total_count: 1, next: null, previous: null });
    const [row = {}] = response.objects;
    expect(Object.keys(row)).toEqual(Object.keys(row).toSorted());
    const { resource_uri: uri, ...session } = row;
    expect(uri).toBe(`/v1/Account/${server.environment.PLIVO_AUTH_ID}${SESSIONS}/${session.session_uuid}/`);
    expect(session).toEqual(created.json.session);
  });
});

describe("listing", () => {
  async function list(query: Record<string, string> = {}) {
    const reply = await call("GET", `${SESSIONS}/?${new URLSearchParams(query)}`);
    const response = (reply.json.response ?? { meta: {}, objects: [] }) as {
      meta: { total_count: number; next: string | null; previous: string | null };
      objects: Record<string, unknown>[];
    };
    return { ...reply, meta: response.meta, rows: response.objects };
  }

  test("pages run newest first to the end, and the links lead there", async () => {
    for (let n = 0; n < 45; n += 1) play(conversation(`c${n}`, START - (n + 1) * 60_000, talk()));
    const uuids: unknown[] = [];
    let next: string | null = `/v1/Account/${server.environment.PLIVO_AUTH_ID}${SESSIONS}/?status=expired`;
    const sizes: number[] = [];
    clock = START + 3_600_000;
    while (next !== null) {
      const page = await list(Object.fromEntries(new URL(next, server.baseUrl).searchParams));
      sizes.push(page.rows.length);
      uuids.push(...page.rows.map((row) => row.session_uuid));
      expect(page.meta.total_count).toBe(45);
      next = page.meta.next;
    }
    expect(sizes).toEqual([20, 20, 5]);
    expect(uuids).toEqual(server.records().session?.map((row) => row.session_uuid));
    expect(new Set(uuids).size).toBe(45);
  });

  test("offset skips rows, it does not count pages", async () => {
    for (let n = 0; n < 8; n += 1) play(conversation(`c${n}`, START - (n + 1) * 60_000, talk()));
    const all = await list();
    const page = await list({ limit: "2", offset: "5" });
    expect(page.rows).toEqual(all.rows.slice(5, 7));
    expect(new URL(page.meta.previous ?? "", server.baseUrl).searchParams.get("offset")).toBe("3");
  });

  test("without a boundary seven days are seen, with one up to ninety", async () => {
    for (const age of [1, 6, 8, 40, 89, 91]) play(conversation(`d${age}`, START - age * DAY, talk()));
    expect((await list()).rows).toHaveLength(2);
    expect((await list({ created_time__gte: "2026-02-10 00:00" })).rows).toHaveLength(3);
    const oldest = await list({
      created_time__gte: "2025-11-20 00:00",
      created_time__lte: "2025-12-15 00:00:00",
    });
    expect(oldest.rows).toHaveLength(1);
  });

  test.each<Record<string, string>>([
    { created_time__gte: "2026-01-01 00:00" },
    { created_time__lt: "2026-03-01 00:00:00" },
    { created_time__gt: "2026-01-01 00:00", created_time__lt: "2026-02-15 00:00:00.5" },
    { expiry_time__gte: "2025-12-20 00:00", expiry_time__lte: "2026-02-15 00:00" },
    { created_time: "2026-03-01T10:00:00Z" },
    { limit: "0" },
    { limit: "21" },
    { offset: "-1" },
    { duration__gte: "long" },
    { status: "closed" },
  ])("refuses %o", async (query) => {
    const { status, json } = await list(query);
    expect(status).toBe(400);
    expect(json).toEqual({
      api_id: expect.any(String),
      error: expect.stringMatching(/^Invalid parameter\. /),
    });
  });

  test("filters by number with or without a plus, by status, duration and exact time", async () => {
    play(conversation("done", START - DAY, talk()));
    await call("POST", SESSIONS, { ...PAIR, session_expiry: 600 });
    expect((await list({ first_party: "+12025550150" })).rows).toHaveLength(2);
    expect((await list({ first_party: "12025550150" })).rows).toHaveLength(2);
    expect((await list({ second_party: "12025550150" })).rows).toHaveLength(0);
    expect((await list({ status: "active" })).rows).toHaveLength(1);
    expect((await list({ duration__gt: "60" })).rows).toHaveLength(1);
    expect((await list({ duration: "60" })).rows).toHaveLength(1);
    expect((await list({ created_time: "2026-03-01 10:00" })).rows).toHaveLength(1);
    expect((await list({ expiry_time__gt: "2026-03-01 10:00" })).rows).toHaveLength(1);
  });
});

describe("authentication", () => {
  test("a wrong token is 401 with a body that is not JSON", async () => {
    const reply = await call("GET", SESSIONS, undefined, [server.environment.PLIVO_AUTH_ID ?? "", "wrong"]);
    expect(reply.status).toBe(401);
    expect(() => JSON.parse(reply.text)).toThrow();
  });

  test("good credentials do not open another account's path", async () => {
    const { PLIVO_AUTH_ID: id, PLIVO_AUTH_TOKEN: token } = server.environment;
    const response = await fetch(`${server.baseUrl}/v1/Account/${PLIVO_SUBACCOUNT.authId}${SESSIONS}`, {
      headers: { authorization: `Basic ${Buffer.from(`${id}:${token}`).toString("base64")}` },
    });
    expect(response.status).toBe(401);
  });

  test("a subaccount sees its own sessions only", async () => {
    const { authId, authToken } = PLIVO_SUBACCOUNT;
    await call("POST", SESSIONS, PAIR);
    const own = await call("POST", SESSIONS, PAIR, [authId, authToken]);
    expect(own.json.session).toMatchObject({ subaccount: authId });
    const { json } = await call("GET", SESSIONS, undefined, [authId, authToken]);
    expect(json.response).toMatchObject({ meta: { total_count: 1 } });
  });
});

describe("errors", () => {
  test.each([
    [{ second_party: "+12125550160" }, "Mandatory parameter missing. first_party must be present."],
    [{ ...PAIR, second_party: "soon" }, "Invalid parameter. second_party is not a valid phone number."],
    [{ ...PAIR, session_expiry: 1 }, "Invalid parameter. session_expiry is outside the allowed range."],
    [{ ...PAIR, record: "yes" }, "Invalid parameter. record allowed values are true or false."],
    [
      { ...PAIR, record_file_format: "ogg" },
      "Invalid parameter. record_file_format allowed values are mp3 or wav.",
    ],
    [
      { ...PAIR, recording_callback_url: "nowhere" },
      "Invalid parameter. recording_callback_url should be a valid URL.",
    ],
    [
      { ...PAIR, recording_callback_url: `https://a.example/${"x".repeat(1000)}` },
      "Invalid parameter. recording_callback_url should be under 1000 characters.",
    ],
    [
      { ...PAIR, is_pin_authentication_required: true },
      "Mandatory parameter missing. pin_prompt_play must be present.",
    ],
    [{ ...PAIR, first_party: "+4930231250" }, "Number pool exhausted or not available."],
    [{ ...PAIR, first_party: 12025550150 }, "Invalid parameter. first_party is not a valid phone number."],
    [{ first_party: "", second_party: null }, "Mandatory parameter missing. first_party must be present."],
    [
      { ...PAIR, virtual_number_cooloff_period: 3601 },
      "Invalid parameter. virtual_number_cooloff_period is outside the allowed range.",
    ],
    [
      { ...PAIR, callback_method: "PUT" },
      "Invalid parameter. callback_method allowed values are GET or POST.",
    ],
    [
      { ...PAIR, generate_pin: true },
      "Invalid parameter. generate_pin needs is_pin_authentication_required to be true.",
    ],
    [
      { ...PAIR, generate_pin_length: 4 },
      "Invalid parameter. generate_pin_length needs generate_pin to be true.",
    ],
    [
      { ...PAIR, subaccount: "SASOMEBODYELSES00000" },
      "Invalid parameter. subaccount is not a valid subaccount.",
    ],
  ])("create refuses %o", async (body, error) => {
    const { status, json } = await call("POST", SESSIONS, body);
    expect(status).toBe(400);
    expect(json).toEqual({ api_id: expect.any(String), error });
  });

  const PIN = { is_pin_authentication_required: true, pin_prompt_play: "https://a.example/pin.wav" };
  test.each([
    [{ first_party_pin: "1234" }, "Mandatory parameter missing. second_party_pin must be present."],
    [
      { first_party_pin: "1234", second_party_pin: "1234" },
      "Invalid parameter. first_party_pin and second_party_pin should be different.",
    ],
    [
      { first_party_pin: "12a4", second_party_pin: "1234" },
      "Invalid parameter. first_party_pin should have 4 to 15 digits.",
    ],
    [
      { generate_pin: true, generate_pin_length: 16 },
      "Invalid parameter. generate_pin_length is outside the allowed range.",
    ],
    [{ generate_pin: true, pin_retry: 6 }, "Invalid parameter. pin_retry is outside the allowed range."],
    [
      { generate_pin: true, pin_retry_wait: 4 },
      "Invalid parameter. pin_retry_wait is outside the allowed range.",
    ],
  ])("a PIN group refuses %o", async (group, error) => {
    const { status, json } = await call("POST", SESSIONS, { ...PAIR, ...PIN, ...group });
    expect(status).toBe(400);
    expect(json).toEqual({ api_id: expect.any(String), error });
  });

  test("only the recording's URL has a limit to its length, and unknown keys are ignored", async () => {
    const url = `https://a.example/${"x".repeat(1000)}`;
    const { status, json } = await call("POST", SESSIONS, { ...PAIR, callback_url: url, colour: "blue" });
    expect(status).toBe(201);
    expect(json.session).toMatchObject({ callback_url: url });
    expect(json.session).not.toHaveProperty("colour");
  });

  test("a refused update changes nothing", async () => {
    const { json } = await call("POST", SESSIONS, PAIR);
    const path = `${SESSIONS}/${json.session_uuid}`;
    clock += 60_000;
    const refused = await call("POST", path, { record: true, session_expiry: "soon" });
    expect(refused).toMatchObject({
      status: 400,
      json: { error: "Invalid parameter. session_expiry is outside the allowed range." },
    });
    expect((await call("GET", path)).json.response).toEqual(json.session);
  });

  test("a body that is not JSON is refused", async () => {
    const { PLIVO_AUTH_ID: id, PLIVO_AUTH_TOKEN: token } = server.environment;
    const response = await fetch(`${server.baseUrl}/v1/Account/${id}${SESSIONS}`, {
      method: "POST",
      headers: { authorization: `Basic ${Buffer.from(`${id}:${token}`).toString("base64")}` },
      body: new URLSearchParams(PAIR),
    });
    expect(response.status).toBe(400);
  });

  test("an unknown session is 404, an unknown verb 405", async () => {
    expect((await call("GET", `${SESSIONS}/4189591e-d004-4801-abdf-8893c15e5dcd`)).status).toBe(404);
    expect((await call("PUT", SESSIONS, PAIR)).status).toBe(405);
  });

  test("the pool runs out when a pair has a session on every number", async () => {
    const replies: number[] = [];
    for (let n = 0; n < 7; n += 1) replies.push((await call("POST", SESSIONS, PAIR)).status);
    expect(replies).toEqual([201, 201, 201, 201, 201, 201, 400]);
  });
});

describe("the life of a session", () => {
  test("a session expires by the clock and stays readable", async () => {
    const { json } = await call("POST", SESSIONS, { ...PAIR, session_expiry: 60 });
    clock += 60_000;
    const { json: read } = await call("GET", `${SESSIONS}/${json.session_uuid}`);
    expect(read.response).toMatchObject({ status: "expired", duration: 60 });
    expect((await call("POST", `${SESSIONS}/${json.session_uuid}`, { record: true })).status).toBe(400);
  });

  test("update counts the expiry from now and leaves the rest", async () => {
    const { json } = await call("POST", SESSIONS, { ...PAIR, ring_timeout: 30 });
    clock += 600_000;
    const reply = await call("POST", `${SESSIONS}/${json.session_uuid}`, {
      session_uuid: json.session_uuid,
      session_expiry: 900,
      record: true,
    });
    expect(reply.status).toBe(200);
    expect(reply.json.message).toBe("Session updated");
    expect(reply.json.session).toMatchObject({
      modified_time: "2026-03-01 10:10:00 +0000 UTC",
      expiry_time: "2026-03-01 10:25:00 +0000 UTC",
      duration: 1500,
      record: true,
      ring_timeout: 30,
    });
  });

  test("DELETE ends the mapping now, takes a body, and refuses the second time", async () => {
    const { json } = await call("POST", SESSIONS, PAIR);
    clock += 10_000;
    const path = `${SESSIONS}/${json.session_uuid}`;
    const first = await call("DELETE", path, {});
    expect(first).toMatchObject({ status: 200, json: { message: "Session expired" } });
    const second = await call("DELETE", path);
    expect(second).toMatchObject({ status: 400, json: { error: "Session already expired" } });
    expect((await call("GET", path)).json.response).toMatchObject({
      status: "expired",
      expiry_time: "2026-03-01 10:00:10 +0000 UTC",
      modified_time: "2026-03-01 10:00:10 +0000 UTC",
      duration: 10,
    });
  });

  test("a call makes the session in-progress, then an interaction with both legs", async () => {
    const script = conversation("live", START, talk());
    server.begin(script);
    const [ring, answer, hangup] = script.steps as [Step, Step, Step];
    server.apply(script, ring, START + ring.at);
    server.apply(script, answer, START + answer.at);
    expect(server.records().session?.[0]).toMatchObject({ status: "in-progress", total_call_count: 2 });
    expect(server.records().interaction?.[0]).not.toHaveProperty("total_call_amount");
    server.apply(script, hangup, START + hangup.at);
    // 35 s and 31 s, each in pulses of 30 s.
    expect(server.records().session?.[0]).toMatchObject({
      status: "active",
      last_interaction_time: "2026-03-01 10:00:36 +0000 UTC",
      total_call_billed_duration: 120,
      total_call_amount: 0.05,
      interaction: [
        {
          type: "call",
          start_time: "2026-03-01 10:00:01 +0000 UTC",
          duration: 66,
          call_billed_duration: 120,
        },
      ],
    });
  });

  test("a conversation whose mapping runs out expires at its end", () => {
    const script = conversation("runs-out", START, talk("expired"));
    server.begin(script);
    expect(server.records().session?.[0]).toMatchObject({ status: "active", duration: 60 });
    clock += 60_000;
    expect(server.records().session?.[0]).toMatchObject({ status: "expired" });
  });

  test("a recording can be followed from the interaction to its file", async () => {
    const steps: Step[] = [...talk(), { at: 70_000, do: "recording", outcome: "ready" }];
    play(conversation("recorded", START, steps, { record: true }));
    const url = String(server.records().interaction?.[0]?.recording_resource_url);
    const uuid = url.split("/").at(-1);
    expect(url).toMatch(/^https:\/\/api\.plivo\.com\/v1\/Account\/[MS]A\w{18}\/Recording\/[\w-]{36}$/);
    const { json } = await call("GET", `/Recording/${uuid}/`);
    expect(json).toMatchObject({ recording_id: uuid, recording_duration_ms: "31000.00000" });
    expect((await fetch(String(json.recording_url))).status).toBe(200);
    expect((await call("GET", `/Call/${json.call_uuid}/`)).json).toMatchObject({ call_direction: "inbound" });
  });

  test("every optional member is filled in by some session", () => {
    for (let n = 0; n < 60; n += 1) {
      const steps: Step[] = [...talk(), { at: 70_000, do: "recording", outcome: "ready" }];
      const traits = { pin: n % 3 === 0, record: n % 2 === 0, singleParty: n % 7 === 0 };
      play(conversation(`w${n}`, START - n * 3_600_000, steps, traits));
    }
    const seen = new Set<string>();
    const { session = [], interaction = [] } = server.records();
    for (const record of [...session, ...interaction]) {
      for (const [key, value] of Object.entries(record)) if (value !== null && value !== "") seen.add(key);
    }
    const unfilled = [...new Set([...session, ...interaction].flatMap(Object.keys))].filter(
      (key) => !seen.has(key),
    );
    expect(unfilled).toEqual([]);
    for (const key of ["subaccount", "first_party_status", "auth_id", "recording_resource_url"]) {
      expect(seen).toContain(key);
    }
  });
});

describe("modes and faults of the serializer", () => {
  test("money as strings, microseconds and the numeric zone can be switched on", async () => {
    play(conversation("c", START + 123, talk()));
    server.setModes({ money: "string", timestamps: "microseconds", zone: "+0000" });
    expect(server.records().session?.[0]).toMatchObject({
      total_call_amount: "0.05000",
      created_time: expect.stringMatching(/^2026-03-01 10:00:00\.123\d{0,3} \+0000 \+0000$/),
    });
  });

  test("a create can fail after its work is done", async () => {
    server.setModes({ failAfterCreate: 1 });
    expect((await call("POST", SESSIONS, PAIR)).status).toBe(500);
    expect((await call("POST", SESSIONS, PAIR)).status).toBe(201);
    expect(server.records().session).toHaveLength(2);
  });

  test("unknown enums reach every record", async () => {
    play(conversation("c", START, talk()));
    server.setFaults({ unknownEnums: true });
    const { json } = await call("GET", SESSIONS);
    expect(json.response).toMatchObject({
      objects: [{ status: "hibernating", interaction: [{ type: "hologram" }] }],
    });
  });

  test("wrong types arrive in a well-formed envelope", async () => {
    play(conversation("c", START, talk()));
    server.setFaults({ malformed: "wrong-types" });
    const { status, json } = await call("GET", SESSIONS);
    expect(status).toBe(200);
    expect(json.response).toMatchObject({ objects: [{ duration: "half an hour", interaction: "none" }] });
  });
});
