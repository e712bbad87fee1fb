import { expect, test } from "vitest";
import { parseJson } from "../../../src/http/parse-json.js";
import type { FieldProblem, JsonObject, SessionSnapshot } from "../../../src/model/index.js";
import { toSnapshot } from "../../../src/providers/plivo/plivo.snapshot.js";
import { parsePlivoTime, parseSession } from "../../../src/providers/plivo/plivo.wire.js";
import { quietSession, recordedCall } from "./bodies.js";

const OBSERVED_AT = Date.UTC(2026, 0, 5, 9, 10);

function read(body: JsonObject | string): SessionSnapshot {
  const problems: FieldProblem[] = [];
  const json = parseJson(typeof body === "string" ? body : JSON.stringify(body));
  const wire = parseSession(json, problems);
  if (wire === null) throw new Error("expected a session");
  const context = {
    observedAt: OBSERVED_AT,
    defaultRegion: "US",
    currency: "USD",
    source: "READ",
    problems,
  } as const;
  return toSnapshot(wire, json, context);
}

test("a mapping that takes calls is OPEN: numbers with their plus, no end yet, nothing charged", () => {
  const { facts, problems, version, raw, observedAt } = read(quietSession());
  expect(facts).toEqual({
    channel: "VOICE",
    direction: "UNKNOWN",
    phase: "OPEN",
    state: "OPEN",
    title: null,
    from: { address: "12025550134", number: "+12025550134", displayName: null },
    to: { address: "12025550156", number: "+12025550156", displayName: null },
    startedAt: Date.UTC(2026, 0, 5, 9),
    answeredAt: null,
    endedAt: null,
    updatedAt: Date.UTC(2026, 0, 5, 9),
    durationSeconds: null,
    cost: { amount: "0", currency: "USD" },
  });
  expect([problems, version, observedAt]).toEqual([[], null, OBSERVED_AT]);
  expect(raw).toEqual(quietSession());
});

test.each([
  ["active", "OPEN", "OPEN"],
  ["in-progress", "LIVE", "IN_PROGRESS"],
  ["expired", "ENDED", "EXPIRED"],
  ["paused", "UNKNOWN", "UNKNOWN"],
  [null, "UNKNOWN", "UNKNOWN"],
])("status %s is %s, %s, and its own word stays visible", (status, phase, state) => {
  const snapshot = read(quietSession({ status }));
  expect([snapshot.facts.phase, snapshot.facts.state, snapshot.fields["status"]]).toEqual([
    phase,
    state,
    status,
  ]);
});

test("an expired mapping ended at its expiry and has a derived report, however its calls went", () => {
  const body = quietSession({
    status: "expired",
    interaction: [recordedCall()],
    total_session_amount: 0.025,
  });
  const { facts, report } = read(body);
  expect(facts.endedAt).toBe(Date.UTC(2026, 0, 5, 9, 30));
  expect(report).toMatchObject({
    origin: "DERIVED",
    outcome: "expired",
    cost: { amount: "0.025", currency: "USD" },
  });
});

test("a session that rings the first party by itself is OUTBOUND", () => {
  expect(read(quietSession({ initiate_call_to_first_party: true })).facts.direction).toBe("OUTBOUND");
});

test("money is exact whether it comes as a number or as a string (Q1)", () => {
  const text = JSON.stringify(quietSession()).replace(
    '"amount":0,',
    '"amount":"0.0010","total_session_amount":0.30000000000000001,',
  );
  const { facts, fields } = read(text.replace(/,"total_session_amount":0(?=})/, ""));
  expect(facts.cost).toEqual({ amount: "0.30000000000000001", currency: "USD" });
  expect([fields["amount"], fields["totalSessionAmount"]]).toEqual(["0.001", "0.30000000000000001"]);
});

test("without a session total the cost is creation and calls together", () => {
  const body = quietSession({ amount: 0.1, total_call_amount: 0.2, total_session_amount: null });
  expect(read(body).facts.cost).toEqual({ amount: "0.3", currency: "USD" });
});

test("interactions may be null, an array or a single object (Q2)", () => {
  const counts = [null, [], [recordedCall()], recordedCall()].map(
    (interaction) => read(quietSession({ interaction })).interactions?.length,
  );
  expect(counts).toEqual([0, 0, 1, 1]);
});

test("an interaction has its times, both legs, its price and its recording", () => {
  const { interactions, recordings, facts } = read(quietSession({ interaction: [recordedCall()] }));
  const start = Date.UTC(2026, 0, 5, 9, 5);
  expect(interactions).toHaveLength(1);
  expect(interactions?.[0]).toMatchObject({
    key: String(start),
    index: 0,
    type: "call",
    startedAt: start,
    endedAt: start + 31_000,
    durationSeconds: 48,
    billedSeconds: 60,
    cost: { amount: "0.025", currency: "USD" },
    callCount: 2,
    recordingKey: "rec-1",
    legs: [
      { role: "CALLER", status: "completed", party: { number: "+12025550134" } },
      { role: "CALLEE", status: "completed", party: { number: "+12025550156" } },
    ],
    fields: { startTime: start, authId: "MAXXXXXXXXXXXXXXXXXX", totalCallAmount: "0.025", duration: 48 },
  });
  expect(recordings).toMatchObject([{ key: "rec-1", format: "mp3", locator: { id: "rec-1" } }]);
  expect(facts.durationSeconds).toBe(48);
});

test("interactions are told oldest first, and the duration is what was talked in all of them", () => {
  const early = recordedCall({ start_time: "2026-01-05 09:01:00 +0000 UTC", duration: 12 });
  const { interactions, facts } = read(quietSession({ interaction: [recordedCall(), early] }));
  expect(interactions?.map((call) => [call.index, call.durationSeconds])).toEqual([
    [0, 12],
    [1, 48],
  ]);
  expect(facts.durationSeconds).toBe(60);
});

test("an interaction keeps its key while its legs appear, and calls of one second have different keys", () => {
  const ringing = recordedCall({ first_party_resource_url: null, recording_resource_url: null });
  const keys = [ringing, recordedCall()].map(
    (call) => read(quietSession({ interaction: [call] })).interactions?.[0]?.key,
  );
  expect(keys[0]).toBe(keys[1]);
  const twins = read(quietSession({ interaction: [recordedCall(), recordedCall()] })).interactions ?? [];
  expect(new Set(twins.map((call) => call.key)).size).toBe(2);
});

test("what is missing from an interaction is null, not zero, and a leg without a call is not there (Q17)", () => {
  const call = { start_time: "2026-01-05 09:05:00 +0000 UTC", type: "call", total_call_count: 1 };
  const { interactions, problems } = read(quietSession({ interaction: [call] }));
  expect(interactions?.[0]).toMatchObject({
    endedAt: null,
    durationSeconds: null,
    billedSeconds: null,
    cost: null,
    callCount: 1,
    legs: [],
    recordingKey: null,
  });
  expect(problems).toEqual([]);
});

test("the parties are the two members; an empty slot of a single-party session is none", () => {
  const roles = (body: JsonObject) => read(body).members?.map(({ key, role }) => [key, role]);
  expect(roles(quietSession())).toEqual([
    ["first_party", "CALLER"],
    ["second_party", "CALLEE"],
  ]);
  expect(roles(quietSession({ second_party: "" }))).toEqual([["first_party", "CALLER"]]);
});

test("the virtual number is found by address, with and without its plus (Q4)", () => {
  expect(read(quietSession()).addresses).toEqual(["12025550178", "+12025550178"]);
  expect(read(quietSession({ virtual_number: "+12025550178" })).addresses).toContain("+12025550178");
});

test.each([
  ["2024-01-03 13:35:51 +0000 UTC", Date.UTC(2024, 0, 3, 13, 35, 51)],
  ["2023-07-31 08:00:00.12345 +0000 UTC", Date.UTC(2023, 6, 31, 8, 0, 0, 123)],
  ["2023-07-31 08:00:00.123456 +0000 +0000", Date.UTC(2023, 6, 31, 8, 0, 0, 123)],
  ["2023-07-31 08:00:00 +0530 IST", Date.UTC(2023, 6, 31, 2, 30)],
  ["2023-07-31 08:00:00 +0000", Date.UTC(2023, 6, 31, 8)],
  ["2024-02-30 08:00:00 +0000 UTC", null],
  ["2023-07-31, 08-00-00", null],
  ["yesterday", null],
])("time %s is read as Go renders it (Q5)", (text, ms) => {
  expect(parsePlivoTime(text)).toBe(ms);
});

test("an empty last interaction and empty addresses are null (Q6)", () => {
  const { fields, problems } = read(quietSession());
  expect([fields["lastInteractionTime"], fields["callbackUrl"], fields["unknownCallerPlay"]]).toEqual([
    null,
    null,
    null,
  ]);
  expect(problems).toEqual([]);
});

test("a field that no answer carries is null, and the defaults of the documents are not assumed (Q7, Q8)", () => {
  const { fields } = read({ session_uuid: "s-1", status: "active" });
  const present = Object.entries(fields).filter(([, value]) => value !== null);
  expect(present).toEqual([["status", "active"]]);
  expect(fields).toHaveProperty("sessionExpiry", null);
});

test("the wire's duration is passed on as it is, even where it disagrees with the times (Q9)", () => {
  const { fields, facts } = read(quietSession({ duration: 6000 }));
  expect([fields["duration"], facts.durationSeconds]).toEqual([6000, null]);
});

test("a modification time hours ahead is shown but orders nothing (Q10)", () => {
  const { facts, version } = read(quietSession({ modified_time: "2026-01-05 14:40:00 +0000 UTC" }));
  expect([facts.updatedAt, version]).toEqual([Date.UTC(2026, 0, 5, 14, 40), null]);
});

test("quoted integers and booleans, and members in other spellings, are read (Q14, Q15, Q16)", () => {
  const { pin_prompt_play: _, is_pin_authentication_required: __, ...rest } = quietSession();
  const { fields, problems } = read({
    ...rest,
    "pin_ prompt_play": "https://media.example.com/prompt.wav",
    pin_retry_wait: "5",
    record: "false",
    is_pin_authentication: true,
    create_session_with_single_Party: true,
    first_party_pin: 1234,
  });
  expect(fields).toMatchObject({
    pinPromptPlay: "https://media.example.com/prompt.wav",
    pinRetryWait: 5,
    record: false,
    isPinAuthenticationRequired: true,
    createSessionWithSingleParty: true,
    firstPartyPin: "1234",
  });
  expect(problems).toEqual([]);
});

test("another spelling counts where the usual one is null or empty (§2.5)", () => {
  const { fields } = read({
    ...quietSession({ is_pin_authentication_required: null, pin_prompt_play: "" }),
    is_pin_authentication: true,
    "pin_ prompt_play": "https://media.example.com/prompt.wav",
  });
  expect(fields).toMatchObject({
    isPinAuthenticationRequired: true,
    pinPromptPlay: "https://media.example.com/prompt.wav",
  });
});

test("every field of the session object is there under its camelCase name", () => {
  const names = Object.keys(quietSession()).filter(
    (name) => name !== "session_uuid" && name !== "interaction",
  );
  const { fields } = read(quietSession());
  for (const name of names) {
    expect(fields).toHaveProperty(name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase()));
  }
});

test("a value of the wrong type costs its own fields and is reported by shape", () => {
  const { facts, fields, problems } = read(
    quietSession({ created_time: 5, first_party: ["12025550134"], ring_timeout: {} }),
  );
  expect([facts.startedAt, facts.from, fields["ringTimeout"], facts.to?.number]).toEqual([
    null,
    null,
    null,
    "+12025550156",
  ]);
  expect(problems.map(({ path, field, received }) => [path, field, received])).toEqual(
    expect.arrayContaining([
      ["created_time", "createdTime", "number"],
      ["created_time", "startedAt", "number"],
      ["first_party", "from", "array of 1"],
      ["ring_timeout", "ringTimeout", "object"],
    ]),
  );
  expect(JSON.stringify(problems)).not.toContain("12025550134");
});

test("a row without an id, or that is no object, cannot be kept", () => {
  expect(parseSession({ status: "active" }, [])).toBeNull();
  expect(parseSession("a session", [])).toBeNull();
  expect(parseSession({ session_uuid: "../Account" }, [])).toBeNull();
});
