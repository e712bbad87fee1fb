/** The writes of the Speko sandbox that are no transfers, as the reference has them (§3.1, §4.7, §7, §9). */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Conversation, Step, Traits } from "../../src/sandbox/conversation.js";
import { startSpekoServer, type SpekoSandboxServer } from "../../src/sandbox/speko/speko-server.js";
import { SPEKO_READ_ONLY_KEY } from "../../src/sandbox/speko/speko-organization.js";

const START = Date.parse("2026-03-01T10:00:00Z");
const CALLER = "+12025550150";

let clock = START;
let server: SpekoSandboxServer;

beforeEach(async () => {
  clock = START + 60_000;
  server = await startSpekoServer({ port: 0, host: "127.0.0.1", seed: 7, now: () => clock });
});
afterEach(() => server.close());

type Json = Record<string, unknown>;
interface Reply {
  status: number;
  json: Json;
}

async function send(
  method: string,
  path: string,
  body?: unknown,
  key = server.environment.SPEKO_API_KEY,
): Promise<Reply> {
  const response = await fetch(`${server.baseUrl}${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, json: (await response.json()) as Json };
}

const get = async (path: string) => (await send("GET", path)).json;

const TALK: Step[] = [
  { at: 1_000, do: "answer", party: "to" },
  { at: 2_000, do: "say", who: "agent", text: "Good morning.", lastsMs: 1_000 },
];
const END: Step = { at: 20_000, do: "end", reason: "caller-hung-up" };
const GUESS: Step = {
  at: 21_000,
  do: "report",
  analysis: "heuristic",
  summary: "",
  outcome: "completed",
};

function begin(name: string, steps: Step[], traits: Traits = {}): string {
  const person = (number: string) => ({ name: "", number, extension: null, email: null });
  const conversation: Conversation = {
    id: name,
    provider: "speko",
    channel: "voice",
    direction: "inbound",
    from: person(CALLER),
    to: person("+14155550100"),
    startedAt: START,
    steps,
    traits: { agentIndex: 0, ...traits },
    links: [],
  };
  const known = new Set((server.records().call ?? []).map((call) => call.id));
  server.begin(conversation);
  for (const step of steps) server.apply(conversation, step, START + step.at);
  return String((server.records().call ?? []).find((call) => !known.has(call.id))?.id);
}

/** Ended calls with a first report, enough of them that every state of the webhook is among them. */
function beginMany(): string[] {
  return Array.from({ length: 12 }, (_, index) => begin(`call ${index}`, [...TALK, END, GUESS]));
}

describe("finalizing a report", () => {
  const finalize = (id: string, body?: unknown) => send("POST", `/v1/calls/${id}/report/finalize`, body);

  test("makes the one that is missing, even of a call that is going on", async () => {
    const id = begin("live", TALK);
    const { status, json } = await finalize(id, {});
    expect([status, json]).toMatchObject([
      200,
      {
        session_id: id,
        summary: expect.any(String) as string,
        outcome: expect.any(String) as string,
        cost_micro_usd: expect.stringMatching(/^\d+$/) as string,
        webhook: null,
      },
    ]);
    expect((await get(`/v1/calls/${id}`)).ended_at ?? null).toBeNull();
    expect(await get(`/v1/calls/${id}/report`)).toMatchObject({ analysis_status: "completed" });
  });

  test("takes no body at all", async () => {
    expect((await finalize(begin("live", TALK))).status).toBe(200);
  });

  test("leaves a report alone that exists, unless the analysis is forced", async () => {
    const id = begin("guessed", [...TALK, END, GUESS]);
    const before = await get(`/v1/calls/${id}/report`);
    await finalize(id, { forceAnalysis: false });
    expect(await get(`/v1/calls/${id}/report`)).toEqual(before);
    await finalize(id, { forceAnalysis: true });
    const after = await get(`/v1/calls/${id}/report`);
    expect(after).toMatchObject({ analysis_status: "completed", updated_at: "2026-03-01T10:01:00.000Z" });
    expect(after.summary).not.toBe("");
  });

  test("delivers again when asked to, and the report shows it", async () => {
    const results = new Set<unknown>();
    for (const id of beginMany()) {
      const before = await get(`/v1/calls/${id}/report`);
      const { json } = await finalize(id, { retryWebhook: true });
      const after = await get(`/v1/calls/${id}/report`);
      const webhook = json.webhook as Json;
      results.add(webhook.delivered);
      expect(webhook.delivered).toBe(before.post_call_webhook_status !== "not_configured");
      if (webhook.delivered !== true) {
        expect(after).toEqual(before);
        continue;
      }
      expect(after.post_call_webhook_status).toBe("delivered");
      if (!("webhook_deliveries" in after)) continue;
      const deliveries = after.webhook_deliveries as Json[];
      expect(json.webhook_deliveries).toEqual(deliveries);
      expect(deliveries).toHaveLength((before.webhook_deliveries as Json[]).length + 1);
      expect(deliveries.at(-1)).toEqual({
        endpointId: deliveries[0]?.endpointId,
        deliveryId: expect.any(String) as string,
        eventId: deliveries[0]?.eventId,
        delivered: true,
        status: 200,
        error: null,
        createdAt: "2026-03-01T10:01:00.000Z",
      });
      expect(after.post_call_webhook_attempts).toBe(Number(before.post_call_webhook_attempts) + 1);
    }
    expect(results).toEqual(new Set([true, false]));
  });

  test("servers of both generations answer it", async () => {
    const answers = await Promise.all(beginMany().map((id) => finalize(id, {})));
    expect(new Set(answers.map(({ json }) => "webhook_deliveries" in json))).toEqual(new Set([true, false]));
  });

  test("refuses what is no switch, and an unknown call", async () => {
    const id = begin("live", TALK);
    expect(await finalize(id, { forceAnalysis: "yes" })).toMatchObject({
      status: 400,
      json: { code: "VALIDATION_ERROR", issues: [{ path: "forceAnalysis" }] },
    });
    expect(await finalize("nobody")).toMatchObject({ status: 404, json: { code: "SESSION_NOT_FOUND" } });
  });
});

describe("ending a call", () => {
  test("is a receipt first; the end and what is made of the call follow", async () => {
    const id = begin("live", TALK);
    const end = () => send("POST", `/v1/calls/${id}/end`, {});
    expect(await end()).toEqual({ status: 200, json: { ok: true, status: "ending" } });
    expect((await get(`/v1/calls/${id}`)).ended_at ?? null).toBeNull();
    expect((await end()).json.status).toBe("ending");
    clock += 10_000;
    const call = await get(`/v1/calls/${id}`);
    expect(await end()).toEqual({
      status: 200,
      json: { ok: true, status: "already_ended", ended_at: call.ended_at },
    });
    expect(call).toMatchObject({
      status: "ended",
      recording_status: "ready",
      report: { analysis_status: "completed" },
    });
    const { events } = (await get(`/v1/calls/${id}/events`)) as { events: Json[] };
    expect(events.map((event) => event.event_type ?? event.type)).toContain("room_finished");
  });

  test("at pace 0 it is over at the next look", async () => {
    server.setPace(0);
    const id = begin("live", TALK);
    await send("POST", `/v1/calls/${id}/end`, {});
    expect((await get(`/v1/calls/${id}`)).ended_at).toBe("2026-03-01T10:01:00.000Z");
  });

  test("takes the call out of its conversation's hands", async () => {
    server.setPace(0);
    const id = begin("live", TALK);
    await send("POST", `/v1/calls/${id}/end`, {});
    const before = await get(`/v1/calls/${id}`);
    const late: Step = { at: 90_000, do: "say", who: "user", text: "Hello?", lastsMs: 1_000 };
    server.apply({ id: "live" } as Conversation, late, START + late.at);
    expect((await get(`/v1/calls/${id}`)).transcript).toEqual(before.transcript);
  });
});

describe("callbacks", () => {
  let path = "";
  beforeEach(async () => {
    begin("promised", [...TALK, END], { callback: { afterMs: 86_400_000, reason: "Tell what was found" } });
    const { callbacks } = (await get("/v1/callbacks")) as { callbacks: Json[] };
    path = `/v1/callbacks/${String(callbacks[0]?.id)}`;
  });

  test("are read one by one as in the list", async () => {
    const { callbacks } = (await get("/v1/callbacks?status=scheduled")) as { callbacks: Json[] };
    expect(await get(path)).toEqual(callbacks[0]);
    expect(callbacks[0]).toMatchObject({ to_number: CALLER, phone_number_id: expect.any(String) as string });
    expect(await send("GET", "/v1/callbacks/nobody")).toMatchObject({
      status: 404,
      json: { code: "NOT_FOUND" },
    });
    expect((await send("GET", "/v1/callbacks?limit=101")).status).toBe(400);
  });

  test("are cancelled once, with a reason of at most five hundred characters", async () => {
    const cancel = (reason: string) => send("POST", `${path}/cancel`, { reason });
    expect(await cancel("x".repeat(501))).toMatchObject({
      status: 400,
      json: { issues: [{ path: "reason" }] },
    });
    expect(await cancel("x".repeat(500))).toMatchObject({ status: 200, json: { status: "cancelled" } });
    expect(await get(path)).toMatchObject({
      status: "cancelled",
      cancelled_at: "2026-03-01T10:01:00.000Z",
      reason: "x".repeat(500),
    });
    expect((await cancel("again")).status).toBe(409);
    expect((await send("POST", `${path}/dispatch`, {})).status).toBe(409);
  });

  test("are dispatched now, and the call they make is a session", async () => {
    server.answers(CALLER, "answers");
    const { status, json } = await send("POST", `${path}/dispatch`, {});
    expect([status, json]).toMatchObject([
      200,
      { status: "dispatching", attempted_at: "2026-03-01T10:01:00.000Z", created_session_id: null },
    ]);
    expect((await send("POST", `${path}/cancel`, {})).status).toBe(409);
    clock += 5_000;
    const callback = await get(path);
    expect(callback).toMatchObject({ status: "dispatched", dispatched_at: "2026-03-01T10:01:01.000Z" });
    const call = await get(`/v1/calls/${String(callback.created_session_id)}`);
    expect(call).toMatchObject({ status: "active", agent_id: callback.agent_id });
    const { entries } = (await get("/v1/sessions")) as { entries: Json[] };
    expect(entries.map(({ sessionId }) => sessionId)).toContain(call.id);
  });

  test("that reach nobody leave a session that says so", async () => {
    server.setPace(0);
    server.answers(CALLER, "no_answer");
    await send("POST", `${path}/dispatch`, {});
    const { created_session_id } = await get(path);
    expect(await get(`/v1/calls/${String(created_session_id)}`)).toMatchObject({ status: "no_answer" });
  });
});

describe("call control beyond the nine operations", () => {
  test("a message is put into a live call, spoken or as context", async () => {
    const id = begin("live", TALK);
    const spoken = await send("POST", `/v1/calls/${id}/messages`, { text: "One moment.", mode: "respond" });
    await send("POST", `/v1/calls/${id}/messages`, { text: "VIP", mode: "context" });
    const { transcript } = (await get(`/v1/calls/${id}`)) as { transcript: { entries: Json[] } };
    expect(transcript.entries.slice(-2)).toMatchObject([
      { id: spoken.json.message_id, source: "agent", text: "One moment." },
      { source: "system", text: "VIP" },
    ]);
    expect((await send("POST", `/v1/calls/${id}/messages`, { text: "x", mode: "shout" })).status).toBe(400);
  });

  test("joining from the web needs a live call", async () => {
    const { status, json } = await send("POST", `/v1/calls/${begin("live", TALK)}/web-join`, {});
    expect([status, Object.keys(json)]).toEqual([200, ["token", "url", "identity", "roomName", "expiresAt"]]);
    expect((await send("POST", `/v1/calls/${begin("over", [...TALK, END])}/web-join`, {})).status).toBe(409);
  });

  test("a phone call is dialled for an agent", async () => {
    server.answers(CALLER, "busy");
    const [agent] = (await get("/v1/agents")) as unknown as Json[];
    const { status, json } = await send("POST", "/v1/sessions/phone", { to: CALLER, agentId: agent?.id });
    expect([status, json]).toMatchObject([200, { to: CALLER, status: "dialing" }]);
    const call = await get(`/v1/calls/${String(json.sessionId)}`);
    expect(call).toMatchObject({ status: "busy", agent_id: agent?.id });
    expect((await send("POST", "/v1/sessions/phone", { to: CALLER })).status).toBe(400);
    expect(await send("POST", "/v1/sessions/phone", { to: CALLER, agentId: "agent_x" })).toMatchObject({
      status: 404,
      json: { code: "AGENT_NOT_FOUND" },
    });
  });
});

describe("who may write", () => {
  test("a key without the right reads and writes nothing", async () => {
    const id = begin("live", TALK);
    expect((await send("GET", `/v1/calls/${id}`, undefined, SPEKO_READ_ONLY_KEY)).status).toBe(200);
    const { status, json } = await send("POST", `/v1/calls/${id}/end`, {}, SPEKO_READ_ONLY_KEY);
    expect([status, Object.keys(json)]).toEqual([403, ["error", "code"]]);
    expect((await send("POST", `/v1/calls/${id}/end`, {}, "sk_live_wrong")).json.code).toBe("UNAUTHORIZED");
  });

  test("without credit nothing is analysed or dialled", async () => {
    const id = begin("live", TALK);
    server.setCredit(false);
    expect((await send("POST", `/v1/calls/${id}/report/finalize`, {})).status).toBe(402);
    expect(
      (await send("POST", "/v1/sessions/phone", { to: CALLER, intent: { language: "en" } })).status,
    ).toBe(402);
    expect((await send("GET", `/v1/calls/${id}`)).status).toBe(200);
    server.setCredit(true);
    expect((await send("POST", `/v1/calls/${id}/report/finalize`, {})).status).toBe(200);
  });
});
