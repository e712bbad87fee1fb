import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Conversation, SandboxServer, Step, Traits } from "../../src/sandbox/conversation.js";
import { startSpekoServer } from "../../src/sandbox/speko/speko-server.js";

const START = Date.parse("2026-03-01T10:00:00Z");
const MINUTE = 60_000;

let clock = START;
let server: SandboxServer;

beforeEach(async () => {
  clock = START;
  server = await startSpekoServer({ port: 0, host: "127.0.0.1", seed: 7, now: () => clock });
});
afterEach(() => server.close());

type Json = Record<string, unknown>;

async function send(
  method: string,
  path: string,
  body?: unknown,
  key = server.environment.SPEKO_API_KEY,
): Promise<{ status: number; headers: Headers; json: Json }> {
  const response = await fetch(`${server.baseUrl}${path}`, {
    method,
    redirect: "manual",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, json: text === "" ? {} : JSON.parse(text) };
}

const get = (path: string) => send("GET", path);

/** Begins a call, and plays those of its steps that lie in the past. Answers its id. */
function begin(id: string, steps: Step[], traits: Traits = {}, startedAt = START): string {
  const person = (name: string, number: string) => ({ name, number, extension: null, email: null });
  const conversation: Conversation = {
    id,
    provider: "speko",
    channel: "voice",
    direction: "inbound",
    from: person("Ada", "+12025550150"),
    to: person("Desk", "+14155550100"),
    startedAt,
    steps,
    traits: { agentIndex: 0, ...traits },
    links: [],
  };
  const known = new Set((server.records().session ?? []).map(({ sessionId }) => sessionId));
  server.begin(conversation);
  for (const step of steps) {
    if (startedAt + step.at <= clock) server.apply(conversation, step, startedAt + step.at);
  }
  const rows = server.records().session ?? [];
  return String(rows.find(({ sessionId }) => !known.has(sessionId))?.sessionId);
}

const TALK: Step[] = [
  { at: 1_000, do: "answer", party: "to" },
  { at: 2_000, do: "say", who: "agent", text: "Good morning.", lastsMs: 1_000 },
  { at: 4_000, do: "say", who: "user", text: "A table for two.", lastsMs: 2_000 },
];
const ENDED: Step[] = [...TALK, { at: 30_000, do: "end", reason: "caller-hung-up" }];
const REPORTED: Step[] = [
  ...ENDED,
  { at: 33_000, do: "report", analysis: "heuristic", summary: "A booking.", outcome: "completed" },
];

describe("the connection", () => {
  test("a wrong key gets the envelope with its code", async () => {
    const { status, json } = await send("GET", "/v1/organization", undefined, "sk_live_wrong");
    expect({ status, json }).toEqual({ status: 401, json: { error: "Unauthorized", code: "UNAUTHORIZED" } });
  });

  test("the right key reads the organization", async () => {
    expect((await get("/v1/organization")).status).toBe(200);
  });

  test("another organization's id is an unknown session", async () => {
    const { status, json } = await get("/v1/calls/0b0b0b0b-0000-4000-8000-000000000000");
    expect([status, json.code]).toEqual([404, "SESSION_NOT_FOUND"]);
  });
});

describe("reading a call", () => {
  test("one id names the call, its alias and the session", async () => {
    clock = START + MINUTE;
    const id = begin("one", ENDED);
    const { json } = await get(`/v1/calls/${id}`);
    expect([json.id, json.call_id]).toEqual([id, id]);
    expect((await get(`/v1/sessions/${id}`)).json.sessionId).toBe(id);
  });

  test("a turn is spelt in snake case by calls and in camel case by sessions", async () => {
    clock = START + MINUTE;
    const id = begin("spelling", ENDED);
    const { transcript } = (await get(`/v1/calls/${id}`)).json as { transcript: { entries: Json[] } };
    const { entries } = (await get(`/v1/sessions/${id}/transcript`)).json as { entries: Json[] };
    expect(transcript.entries.map((turn) => turn.started_at)).toEqual(entries.map((turn) => turn.startedAt));
    expect(entries[0]).not.toHaveProperty("started_at");
  });

  test("a turn is open while it is being spoken", async () => {
    clock = START + 4_500;
    const id = begin("open", TALK);
    const { transcript } = (await get(`/v1/calls/${id}`)).json as { transcript: { entries: Json[] } };
    expect(transcript.entries.map((turn) => turn.ended_at ?? null)).toEqual([
      "2026-03-01T10:00:03.000Z",
      null,
    ]);
  });

  test("a status that says failed does not end a call", async () => {
    clock = START + 10_000;
    const id = begin("liar", TALK, { status: "failed" });
    const { json } = await get(`/v1/calls/${id}`);
    expect([json.status, json.ended_at ?? null]).toEqual(["failed", null]);
  });

  test("what is null on one call is missing on another", async () => {
    clock = START + 10_000;
    const first = (await get(`/v1/calls/${begin("nulls", TALK)}`)).json;
    const second = (await get(`/v1/calls/${begin("gaps", TALK)}`)).json;
    expect(first).toHaveProperty("ended_at", null);
    expect(second).not.toHaveProperty("ended_at");
  });
});

describe("the report", () => {
  test("is not found before it is written", async () => {
    clock = START + MINUTE;
    expect((await get(`/v1/calls/${begin("none", ENDED)}/report`)).status).toBe(404);
  });

  test("comes as a guess, and analysing again rewrites it", async () => {
    clock = START + 34_000;
    const id = begin("rewritten", REPORTED);
    expect((await get(`/v1/calls/${id}/report`)).json.analysis_status).toBe("heuristic");
    await send("POST", `/v1/calls/${id}/report/finalize`, { forceAnalysis: true });
    expect((await get(`/v1/calls/${id}/report`)).json.analysis_status).toBe("completed");
  });

  test("can be made of a call that is still going on", async () => {
    clock = START + 10_000;
    const id = begin("early", TALK);
    const { status, json } = await send("POST", `/v1/calls/${id}/report/finalize`, {});
    expect([status, json.session_id]).toEqual([200, id]);
    expect((await get(`/v1/calls/${id}`)).json.ended_at ?? null).toBeNull();
  });

  test("states money as a string, in one call more than a double can hold", async () => {
    clock = START + MINUTE;
    const ids = Array.from({ length: 8 }, (_, index) => begin(`cost ${index}`, REPORTED));
    const costs = await Promise.all(
      ids.map(async (id) => (await get(`/v1/calls/${id}/report`)).json.cost_micro_usd),
    );
    expect(costs.every((cost) => typeof cost === "string")).toBe(true);
    expect(costs).toContain("9007199254740993");
  });
});

describe("transfers", () => {
  const path = (id: string, rest: string) => `/v1/calls/${id}/transfers/${rest}`;
  let id = "";
  beforeEach(() => {
    clock = START + 10_000;
    id = begin("transferred", TALK);
  });

  test("a blind one takes any target, answers 201 and completes by itself", async () => {
    const { status, json } = await send("POST", path(id, "blind"), { to: "sip:desk@example.com" });
    expect([status, json.status, json.transfer_to]).toEqual([201, "requested", "sip:desk@example.com"]);
    clock += MINUTE;
    const { transfers } = (await get(`/v1/calls/${id}`)).json as { transfers: Json[] };
    expect(transfers[0]?.status).toBe("completed");
  });

  test("a warm one only takes E.164, and says which member is wrong", async () => {
    const { status, json } = await send("POST", path(id, "warm"), { to: "1001" });
    expect([status, json.code]).toEqual([400, "VALIDATION_ERROR"]);
    expect(json.issues).toEqual([expect.objectContaining({ path: "to" })]);
  });

  test("a warm one is screened, and bridged once somebody asks for it", async () => {
    const started = await send("POST", path(id, "warm"), { to: "+12125550101" });
    expect([started.status, started.json.status]).toEqual([201, "requested"]);
    clock += 10_000;
    const { transfers } = (await get(`/v1/calls/${id}`)).json as { transfers: Json[] };
    expect(transfers[0]?.status).toBe("screening");
    const completed = await send("POST", path(id, `${started.json.id}/complete`), {});
    expect([completed.status, completed.json.status]).toEqual([200, "bridging"]);
    clock += 10_000;
    const after = (await get(`/v1/calls/${id}`)).json as { transfers: Json[] };
    expect(after.transfers[0]?.status).toBe("completed");
  });

  test("cancelling can go on to the next destination, with a hole among the attempts", async () => {
    const destinations = [{ to: "+12125550101" }, { to: "+12125550102" }];
    const started = await send("POST", path(id, "warm"), { destinations });
    const { json } = await send("POST", path(id, `${started.json.id}/cancel`), { tryNext: true });
    expect(json.status).toBe("cancelled");
    expect(json.next_transfer).toMatchObject({ transfer_to: "+12125550102", status: "requested" });
    expect(json.routing_attempts).toContain(null);
  });

  test("cancelling the last destination applies the fallback, spelt as an action", async () => {
    const fallback = { strategy: "take_message", takeMessagePrompt: "Ask for a number." };
    const started = await send("POST", path(id, "warm"), { to: "+12125550101", fallback });
    const { json } = await send("POST", path(id, `${started.json.id}/cancel`), { tryNext: true });
    expect(json.next_transfer).toBeNull();
    expect(json.fallback).toMatchObject({
      action: "take_message",
      take_message_prompt: "Ask for a number.",
    });
  });

  test("cancelling twice is a conflict", async () => {
    const started = await send("POST", path(id, "warm"), { to: "+12125550101" });
    const cancel = path(id, `${started.json.id}/cancel`);
    expect((await send("POST", cancel, {})).status).toBe(200);
    expect((await send("POST", cancel, {})).status).toBe(409);
  });

  test("a blind one can be neither completed nor cancelled", async () => {
    const { json } = await send("POST", path(id, "blind"), { to: "+12125550101" });
    expect((await send("POST", path(id, `${json.id}/complete`), {})).status).toBe(409);
    expect((await send("POST", path(id, `${json.id}/cancel`), {})).status).toBe(409);
  });
});

describe("ending and recording", () => {
  test("ending is answered with a receipt, then with the end", async () => {
    clock = START + 10_000;
    const id = begin("ended", TALK);
    expect((await send("POST", `/v1/calls/${id}/end`, {})).json).toEqual({ ok: true, status: "ending" });
    clock += 5_000;
    expect((await send("POST", `/v1/calls/${id}/end`, {})).json).toMatchObject({ status: "already_ended" });
  });

  test("only a ready recording has an address: JSON from calls, a redirect from sessions", async () => {
    clock = START + MINUTE;
    const ready: Step = { at: 35_000, do: "recording", outcome: "ready" };
    const id = begin("recorded", [...ENDED, ready]);
    const other = begin("uploading", [...ENDED, { at: 35_000, do: "recording", outcome: "uploading" }]);
    const { json } = await get(`/v1/calls/${id}/recording`);
    expect((await fetch(String(json.url))).status).toBe(200);
    const redirect = await get(`/v1/sessions/${id}/recording`);
    expect([redirect.status, redirect.headers.has("location")]).toEqual([302, true]);
    expect((await get(`/v1/calls/${other}/recording`)).json.code).toBe("RECORDING_NOT_AVAILABLE");
  });
});
