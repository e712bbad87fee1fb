/** The four transfer operations of the Speko sandbox, line by line as the reference has them (§3.1, §4.5, §4.6, §6). */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Conversation, Step } from "../../src/sandbox/conversation.js";
import { startSpekoServer, type SpekoSandboxServer } from "../../src/sandbox/speko/speko-server.js";

const START = Date.parse("2026-03-01T10:00:00Z");
const [ANNA, BEN, CARL] = ["+12125550101", "+12125550102", "+12125550103"];

let clock = START;
let server: SpekoSandboxServer;
let id = "";

beforeEach(async () => {
  clock = START + 10_000;
  server = await startSpekoServer({ port: 0, host: "127.0.0.1", seed: 7, now: () => clock });
  id = begin("talking");
});
afterEach(() => server.close());

type Json = Record<string, unknown>;
interface Reply {
  status: number;
  json: Json;
}

const TALK: Step[] = [
  { at: 1_000, do: "answer", party: "to" },
  { at: 2_000, do: "say", who: "agent", text: "Good morning.", lastsMs: 1_000 },
];

/** A call that is going on, or, with `endsAt`, over. */
function begin(name: string, endsAt?: number): string {
  const person = (number: string) => ({ name: "", number, extension: null, email: null });
  const steps: Step[] = [...TALK, ...(endsAt ? [{ at: endsAt, do: "end", reason: "busy" } as Step] : [])];
  const conversation: Conversation = {
    id: name,
    provider: "speko",
    channel: "voice",
    direction: "inbound",
    from: person("+12025550150"),
    to: person("+14155550100"),
    startedAt: START,
    steps,
    traits: { agentIndex: 0 },
    links: [],
  };
  const known = new Set((server.records().call ?? []).map((call) => call.id));
  server.begin(conversation);
  for (const step of steps) server.apply(conversation, step, START + step.at);
  return String((server.records().call ?? []).find((call) => !known.has(call.id))?.id);
}

async function send(method: string, path: string, body?: unknown): Promise<Reply> {
  const response = await fetch(`${server.baseUrl}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${server.environment.SPEKO_API_KEY}`,
      "content-type": "application/json",
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, json: (await response.json()) as Json };
}

const start = (kind: "blind" | "warm", body: unknown, call = id) =>
  send("POST", `/v1/calls/${call}/transfers/${kind}`, body);
const complete = (transfer: unknown, body: unknown = {}) =>
  send("POST", `/v1/calls/${id}/transfers/${String(transfer)}/complete`, body);
const cancel = (transfer: unknown, body: unknown = {}) =>
  send("POST", `/v1/calls/${id}/transfers/${String(transfer)}/cancel`, body);
const call = async () => (await send("GET", `/v1/calls/${id}`)).json;
const transfers = async () => (await call()).transfers as Json[];
const told = async () => (await transfers()).map((one) => [one.transfer_to, one.status, one.failure_cause]);

/** The events of the call's transfers; they are stored a moment after they happened. */
async function events(): Promise<Json[]> {
  clock += 1_000;
  const { json } = await send("GET", `/v1/calls/${id}/events`);
  return (json.events as Json[]).filter(({ event_type }) => String(event_type).startsWith("transfer"));
}

describe("starting a blind transfer", () => {
  test("answers 201 with the bare transfer, every member of it", async () => {
    const { status, json } = await start("blind", { to: "sip:desk@example.com" });
    expect(status).toBe(201);
    expect(json).toEqual({
      id: expect.stringMatching(/^tr_/) as string,
      session_id: id,
      organization_id: expect.stringMatching(/^org_/) as string,
      kind: "blind",
      status: "requested",
      transfer_to: "sip:desk@example.com",
      from_room_name: (await call()).room_name,
      consultation_room_name: null,
      caller_participant_identity: "sip_12025550150",
      recipient_participant_identity: null,
      outbound_trunk_id: null,
      screening_prompt: null,
      summary: null,
      failure_cause: null,
      metadata: {},
      created_at: "2026-03-01T10:00:10.000Z",
      updated_at: "2026-03-01T10:00:10.000Z",
      completed_at: null,
    });
  });

  test("takes all its members; those that no transfer carries are told by its event", async () => {
    const { status, json } = await start("blind", {
      to: "1001",
      participantIdentity: "sip_other",
      playDialtone: true,
      ringingTimeout: 120,
      headers: { "X-Ticket": "4711" },
    });
    expect([status, json.caller_participant_identity]).toEqual([201, "sip_other"]);
    expect((await events())[0]?.payload).toMatchObject({
      to: "1001",
      play_dialtone: true,
      ringing_timeout: 120,
      headers: { "X-Ticket": "4711" },
    });
  });

  test.each([
    ["to", {}],
    ["to", { to: 12 }],
    ["ringingTimeout", { to: ANNA, ringingTimeout: 0 }],
    ["ringingTimeout", { to: ANNA, ringingTimeout: 121 }],
    ["ringingTimeout", { to: ANNA, ringingTimeout: 1.5 }],
    ["headers.X-Count", { to: ANNA, headers: { "X-Count": 1 } }],
    ["playDialtone", { to: ANNA, playDialtone: "yes" }],
    ["participantIdentity", { to: ANNA, participantIdentity: 1 }],
  ])("names %s in %j as what is wrong", async (path, body) => {
    const { status, json } = await start("blind", body);
    expect(status).toBe(400);
    expect(json).toEqual({
      error: expect.any(String) as string,
      code: "VALIDATION_ERROR",
      issues: [{ path, message: expect.any(String) as string }],
    });
    expect(await transfers()).toEqual([]);
  });

  test("ends completed when it is taken, and the call goes on", async () => {
    server.answers(ANNA, "answers");
    await start("blind", { to: ANNA });
    expect(await transfers()).toMatchObject([
      { status: "completed", completed_at: "2026-03-01T10:00:10.000Z" },
    ]);
    expect((await call()).ended_at ?? null).toBeNull();
  });

  test.each([
    ["busy", "busy", 486],
    ["no_answer", "no_answer", 480],
    ["refuses", "declined_by_recipient", 603],
    ["fails", "sip_dial_failed", 503],
  ] as const)("ends failed when the target %s", async (behaviour, cause, code) => {
    server.answers(ANNA, behaviour);
    await start("blind", { to: ANNA });
    expect(await told()).toEqual([[ANNA, "failed", cause]]);
    expect((await events()).at(-1)).toMatchObject({ failure_cause: cause, sip_status_code: code });
  });

  test("rings no longer than it was told to", async () => {
    server.answers(ANNA, "rings");
    await start("blind", { to: ANNA, ringingTimeout: 5 });
    clock += 4_999;
    expect((await transfers())[0]?.status).toBe("requested");
    clock += 1;
    expect(await told()).toEqual([[ANNA, "failed", "no_answer"]]);
  });

  test("is missed by somebody who takes longer to pick up than it rings", async () => {
    await start("blind", { to: BEN, ringingTimeout: 1 });
    await start("blind", { to: CARL, ringingTimeout: 120 });
    clock += 10_000;
    expect(await told()).toEqual([
      [BEN, "failed", "no_answer"],
      [CARL, "completed", null],
    ]);
  });

  test("can be neither completed nor cancelled", async () => {
    server.answers(ANNA, "rings");
    const { json } = await start("blind", { to: ANNA });
    expect((await complete(json.id)).status).toBe(409);
    expect((await cancel(json.id)).status).toBe(409);
    expect((await transfers())[0]?.status).toBe("requested");
  });
});

describe("starting a warm transfer", () => {
  test("answers 201 with the transfer and three more keys at its level", async () => {
    const { status, json } = await start("warm", {
      to: ANNA,
      from: "+14155550100",
      participantIdentity: "sip_other",
      outboundTrunkId: "ST_1",
      screeningPrompt: "Ask for a minute.",
      summary: "A claim.",
      ringingTimeout: 30,
      fallback: { strategy: "take_message" },
      voicemailDetection: { mode: "amd", enabled: true, timeoutSeconds: 8 },
      metadata: { ticket: 4711 },
    });
    expect(status).toBe(201);
    expect(json).toMatchObject({
      kind: "warm",
      status: "requested",
      transfer_to: ANNA,
      caller_participant_identity: "sip_other",
      outbound_trunk_id: "ST_1",
      screening_prompt: "Ask for a minute.",
      summary: "A claim.",
      metadata: { ticket: 4711 },
      consultation_room_name: expect.stringMatching(/_consult_1$/) as string,
      next_transfer: null,
      fallback: null,
    });
    expect(json.routing_attempts).toEqual([expect.objectContaining({ id: json.id })]);
    expect((await events())[0]?.payload).toMatchObject({
      from: "+14155550100",
      ringing_timeout: 30,
      voicemail_detection: { mode: "amd", enabled: true, timeoutSeconds: 8 },
    });
  });

  test("a destination's own members come before those of the whole", async () => {
    const common = { outboundTrunkId: "ST_1", screeningPrompt: "Ask.", summary: "A claim." };
    const own = { label: "Ben", outboundTrunkId: "ST_2", screeningPrompt: "Beg.", summary: "Urgent." };
    const { json } = await start("warm", {
      ...common,
      metadata: { ticket: 1 },
      destinations: [{ to: ANNA, ...own, metadata: { shift: "late" } }, { to: BEN }],
    });
    expect(json).toMatchObject({
      outbound_trunk_id: "ST_2",
      screening_prompt: "Beg.",
      summary: "Urgent.",
      metadata: { ticket: 1, shift: "late", label: "Ben" },
    });
    const { next_transfer } = (await cancel(json.id, { tryNext: true })).json;
    expect(next_transfer).toMatchObject({ outbound_trunk_id: "ST_1", summary: "A claim." });
  });

  const many = (count: number) => Array.from({ length: count }, () => ({ to: ANNA }));
  test.each([
    ["to", {}],
    ["to", { to: "1001" }],
    ["to", { to: "+0125550101" }],
    ["to", { to: "+123456" }],
    ["to", { to: "+1234567890123456" }],
    ["to", { to: ANNA, destinations: many(1) }],
    ["destinations", { destinations: [] }],
    ["destinations", { destinations: many(11) }],
    ["destinations.0.to", { destinations: [{ label: "Ben" }] }],
    ["destinations.0.to", { destinations: [{ to: "sip:desk@example.com" }] }],
    ["from", { to: ANNA, from: "anonymous" }],
    ["ringingTimeout", { to: ANNA, ringingTimeout: 121 }],
    ["fallback.strategy", { to: ANNA, fallback: { strategy: "give_up" } }],
    ["voicemailDetection.mode", { to: ANNA, voicemailDetection: { mode: "carrier" } }],
    ["metadata", { to: ANNA, metadata: "ticket" }],
    ["waitUntilAnswered", { to: ANNA, waitUntilAnswered: 1 }],
  ])("names %s in %j as what is wrong", async (path, body) => {
    const { status, json } = await start("warm", body);
    expect([status, json.code]).toEqual([400, "VALIDATION_ERROR"]);
    expect(json.issues).toEqual([{ path, message: expect.any(String) as string }]);
  });

  test.each(["+1234567", "+123456789012345"])("takes %s, the bounds of E.164", async (to) => {
    expect((await start("warm", { to })).status).toBe(201);
  });

  test("ten destinations are one hunt", async () => {
    expect((await start("warm", { destinations: many(10) })).status).toBe(201);
  });
});

describe("a warm transfer", () => {
  test("goes from requested over screening and bridging to completed", async () => {
    server.answers(ANNA, "answers");
    const { json } = await start("warm", { to: ANNA });
    expect(await transfers()).toMatchObject([
      { status: "screening", recipient_participant_identity: expect.any(String) as string },
    ]);
    const bridged = await complete(json.id, {
      recipientParticipantIdentity: "sip_anna",
      summary: "She takes the claim.",
    });
    expect([bridged.status, bridged.json]).toMatchObject([
      200,
      { status: "bridging", recipient_participant_identity: "sip_anna", summary: "She takes the claim." },
    ]);
    expect(bridged.json).not.toHaveProperty("routing_attempts");
    expect(await transfers()).toMatchObject([
      { status: "completed", completed_at: expect.any(String) as string, summary: "She takes the claim." },
    ]);
    expect((await events()).map(({ event_type }) => event_type)).toEqual([
      "transfer.warm.requested",
      "transfer.warm.screening",
      "transfer.warm.bridging",
      "transfer.warm.completed",
    ]);
  });

  test("cannot be completed before somebody is there, nor twice", async () => {
    server.answers(ANNA, "rings");
    const { json } = await start("warm", { to: ANNA });
    expect(await complete(json.id)).toMatchObject({ status: 409, json: { code: "CONFLICT" } });
    server.answers(ANNA, "answers");
    expect((await complete(json.id)).status).toBe(200);
    expect((await complete(json.id)).status).toBe(409);
    expect((await cancel(json.id)).status).toBe(409);
  });

  test("rings on until somebody says what happens", async () => {
    server.answers(ANNA, "rings");
    await start("warm", { to: ANNA, ringingTimeout: 120 });
    expect(await told()).toEqual([[ANNA, "requested", null]]);
    server.answers(ANNA, "busy");
    expect(await told()).toEqual([[ANNA, "failed", "busy"]]);
  });

  test("fails in the middle of the screening when the recipient hangs up", async () => {
    server.answers(ANNA, "answers");
    const { json } = await start("warm", { to: ANNA });
    expect((await transfers())[0]?.status).toBe("screening");
    server.answers(ANNA, "hangs_up");
    expect(await told()).toEqual([[ANNA, "failed", "recipient_hung_up"]]);
    expect((await complete(json.id)).status).toBe(409);
  });

  test("holds its answer until somebody has answered, when told to wait", async () => {
    server.answers(ANNA, "rings");
    const answer = start("warm", { to: ANNA, waitUntilAnswered: true });
    let isAnswered = false;
    void answer.then(() => (isAnswered = true));
    await expect.poll(transfers).toHaveLength(1);
    expect(isAnswered).toBe(false);
    server.answers(ANNA, "answers");
    expect(await answer).toMatchObject({ status: 201, json: { status: "screening", transfer_to: ANNA } });
  });

  test("waiting goes on over the whole hunt, and answers the attempt that was taken", async () => {
    server.answers(ANNA, "busy");
    server.answers(BEN, "no_answer");
    server.answers(CARL, "answers");
    const destinations = [{ to: ANNA }, { to: BEN }, { to: CARL }];
    const { json } = await start("warm", { destinations, waitUntilAnswered: true });
    expect(json).toMatchObject({ status: "screening", transfer_to: CARL, fallback: null });
    expect((json.routing_attempts as (Json | null)[]).map((one) => one?.failure_cause)).toEqual([
      "busy",
      "no_answer",
      null,
      undefined,
    ]);
  });

  test("waiting ends with the fallback when nobody takes the call", async () => {
    server.answers(ANNA, "voicemail");
    const fallback = {
      strategy: "return_to_assistant",
      message: "Sorry.",
      holdAudioUrl: "https://example.com/hold.mp3",
    };
    const { status, json } = await start("warm", { to: ANNA, fallback, waitUntilAnswered: true });
    expect([status, json.status, json.failure_cause]).toEqual([201, "failed", "voicemail_detected"]);
    expect(json.fallback).toEqual({
      action: "return_to_assistant",
      message: "Sorry.",
      take_message_prompt: null,
      hold_audio_url: "https://example.com/hold.mp3",
      voicemail_detected: true,
    });
  });
});

describe("a hunt", () => {
  const destinations = [{ to: ANNA }, { to: BEN }, { to: CARL }];

  test("goes on to the next destination by itself, each a row of its own", async () => {
    server.answers(ANNA, "no_answer");
    server.answers(BEN, "voicemail");
    server.answers(CARL, "answers");
    await start("warm", { destinations });
    expect(await told()).toEqual([
      [ANNA, "failed", "no_answer"],
      [BEN, "failed", "voicemail_detected"],
      [CARL, "screening", null],
    ]);
    expect(new Set((await transfers()).map((one) => one.id)).size).toBe(3);
  });

  test.each([{ mode: "disabled" }, { enabled: false }])(
    "takes a machine for a person with voicemail detection %j",
    async (voicemailDetection) => {
      server.answers(ANNA, "voicemail");
      const { json } = await start("warm", { to: ANNA, voicemailDetection });
      expect(await told()).toEqual([[ANNA, "screening", null]]);
      const fallback = await cancel(json.id, { voicemailDetected: true });
      expect(fallback.json).toMatchObject({ status: "cancelled", failure_cause: "voicemail_detected" });
    },
  );

  test("applies its fallback when all are exhausted, and the caller hears it", async () => {
    for (const { to } of destinations) server.answers(to, "busy");
    const fallback = { strategy: "take_message", message: "Nobody is in.", takeMessagePrompt: "Your name?" };
    await start("warm", { destinations, fallback });
    expect((await told()).map(([, status]) => status)).toEqual(["failed", "failed", "failed"]);
    const { transcript } = (await call()) as { transcript: { entries: Json[] } };
    expect(transcript.entries.slice(-2).map(({ text }) => text)).toEqual(["Nobody is in.", "Your name?"]);
    expect((await events()).at(-1)).toMatchObject({
      event_type: "transfer.warm.fallback",
      payload: { action: "take_message" },
    });
    expect((await call()).ended_at ?? null).toBeNull();
  });

  test("ends the call when that is its fallback", async () => {
    server.answers(ANNA, "fails");
    await start("warm", { to: ANNA, fallback: { strategy: "end_call" } });
    await transfers();
    expect((await call()).ended_at).toBe("2026-03-01T10:00:10.000Z");
  });

  test("fails with the call that it belongs to", async () => {
    server.answers(ANNA, "rings");
    const { json } = await start("warm", { destinations });
    await send("POST", `/v1/calls/${id}/end`, {});
    clock += 5_000;
    expect(await told()).toEqual([[ANNA, "failed", "call_ended"]]);
    expect((await complete(json.id)).status).toBe(409);
    expect((await cancel(json.id, { tryNext: true })).status).toBe(409);
  });
});

describe("cancelling", () => {
  const destinations = [{ to: ANNA }, { to: BEN }];
  beforeEach(() => {
    server.answers(ANNA, "rings");
    server.answers(BEN, "rings");
  });

  test("with tryNext starts the next destination: top level the old one, a hole among the attempts", async () => {
    const { json } = await start("warm", { destinations });
    const answer = await cancel(json.id, { tryNext: true, reason: "too long", summary: "Try Ben." });
    expect([answer.status, answer.json]).toMatchObject([
      200,
      { id: json.id, status: "cancelled", failure_cause: "too long", summary: "Try Ben.", fallback: null },
    ]);
    const next = answer.json.next_transfer as Json;
    expect(next).toMatchObject({ transfer_to: BEN, status: "requested" });
    expect((answer.json.routing_attempts as (Json | null)[]).map((one) => one?.id)).toEqual([
      json.id,
      next.id,
      undefined,
    ]);
    expect((answer.json.routing_attempts as unknown[]).at(-1)).toBeNull();
    expect(await told()).toEqual([
      [ANNA, "cancelled", "too long"],
      [BEN, "requested", null],
    ]);
  });

  test("the last destination with tryNext applies the fallback", async () => {
    const fallback = { strategy: "take_message", message: "Sorry.", takeMessagePrompt: "Your name?" };
    const { json } = await start("warm", { destinations, fallback });
    const next = (await cancel(json.id, { tryNext: true })).json.next_transfer as Json;
    const last = await cancel(next.id, { tryNext: true, voicemailDetected: true });
    expect(last.json).toMatchObject({
      next_transfer: null,
      fallback: {
        action: "take_message",
        message: "Sorry.",
        take_message_prompt: "Your name?",
        hold_audio_url: null,
        voicemail_detected: true,
      },
    });
  });

  test("without tryNext tries nobody else", async () => {
    const { json } = await start("warm", { destinations, fallback: { strategy: "return_to_assistant" } });
    const answer = await cancel(json.id, {});
    expect(answer.json).toMatchObject({ next_transfer: null, fallback: { action: "return_to_assistant" } });
    expect(await told()).toEqual([[ANNA, "cancelled", null]]);
  });

  test("somebody being screened is possible, and twice is a conflict", async () => {
    server.answers(ANNA, "answers");
    const { json } = await start("warm", { to: ANNA });
    expect((await transfers())[0]?.status).toBe("screening");
    expect((await cancel(json.id)).status).toBe(200);
    expect(await cancel(json.id)).toMatchObject({
      status: 409,
      json: { error: expect.any(String) as string },
    });
  });

  test("takes no reason but a text", async () => {
    const { json } = await start("warm", { to: ANNA });
    expect(await cancel(json.id, { reason: 7 })).toMatchObject({
      status: 400,
      json: { issues: [{ path: "reason" }] },
    });
  });
});

describe("refusals", () => {
  test("an unknown call and an unknown transfer are told apart by their codes", async () => {
    expect(await start("warm", { to: ANNA }, "nobody")).toMatchObject({
      status: 404,
      json: { code: "SESSION_NOT_FOUND" },
    });
    expect(await complete("tr_nobody")).toMatchObject({ status: 404, json: { code: "NOT_FOUND" } });
    expect(await cancel("tr_nobody")).toMatchObject({ status: 404, json: { code: "NOT_FOUND" } });
  });

  test("a transfer of another call is unknown here", async () => {
    const { json } = await start("warm", { to: ANNA }, begin("other"));
    expect((await cancel(json.id)).status).toBe(404);
  });

  test("an ended call starts no transfer", async () => {
    const over = begin("over", 5_000);
    expect(await start("blind", { to: ANNA }, over)).toMatchObject({ status: 409 });
    expect(await start("warm", { to: ANNA }, over)).toMatchObject({ status: 409 });
  });

  test("nothing is dialled without credit, but what goes on can be ended", async () => {
    server.answers(ANNA, "answers");
    const { json } = await start("warm", { to: ANNA });
    server.setCredit(false);
    const { status, json: refusal } = await start("blind", { to: BEN });
    expect([status, Object.keys(refusal)]).toEqual([402, ["error", "code"]]);
    expect(await transfers()).toHaveLength(1);
    expect((await cancel(json.id)).status).toBe(200);
  });

  test("a body that is no JSON is refused as one that is not valid", async () => {
    const response = await fetch(`${server.baseUrl}/v1/calls/${id}/transfers/blind`, {
      method: "POST",
      headers: { authorization: `Bearer ${server.environment.SPEKO_API_KEY}` },
      body: "{to:",
    });
    expect([response.status, await response.json()]).toMatchObject([400, { code: "VALIDATION_ERROR" }]);
  });
});
