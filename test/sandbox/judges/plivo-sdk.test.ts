import { Client } from "plivo";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { PLIVO_SUBACCOUNT } from "../../../src/sandbox/plivo/plivo-accounts.js";
import type { PlivoSandboxServer } from "../../../src/sandbox/plivo/plivo-server.js";
import { startSandbox, type Sandbox } from "../../../src/sandbox/sandbox.js";
import { aimPlivoSdk } from "./aim-plivo-sdk.js";

/** The official Node client drives the sandbox: what it sends is understood, and it understands what comes back. */

const START = Date.parse("2026-03-01T10:00:00Z");
const FIRST = "+12025550150";
const SECOND = "+12125550160";
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

let clock = START;
let sandbox: Sandbox;
let server: PlivoSandboxServer;
let restore: () => void;
let masking: Client["maskingSession"];

beforeEach(async () => {
  clock = START;
  sandbox = await startSandbox({
    providers: ["plivo"],
    days: 0,
    traffic: null,
    seed: 7,
    now: () => clock,
  });
  server = sandbox.servers.plivo as PlivoSandboxServer;
  restore = aimPlivoSdk(server.baseUrl);
  const { PLIVO_AUTH_ID, PLIVO_AUTH_TOKEN } = sandbox.environment;
  masking = new Client(PLIVO_AUTH_ID, PLIVO_AUTH_TOKEN).maskingSession;
});
afterEach(async () => {
  restore();
  await sandbox.close();
});

/** What the client says went wrong: its own members on the error object (Plivo reference §14.3). */
async function refusal(call: Promise<unknown>): Promise<unknown> {
  const outcome = await call.then(
    (value) => ({ resolved: value }),
    (error: unknown) => error,
  );
  return { ...(outcome as object), message: (outcome as { message?: unknown }).message };
}

async function list(params: Record<string, unknown> = {}) {
  const { response } = await masking.listMaskingSession(params);
  return response as {
    meta: { limit: number; offset: number; totalCount: number; next: string | null; previous: string | null };
    objects: Record<string, unknown>[];
  };
}

describe("create", () => {
  test("a plain session comes back under `session`, its number with a plus outside only", async () => {
    const created = await masking.createMaskingSession(FIRST, SECOND, {
      sessionExpiry: 600,
      callTimeLimit: 1200,
      ringTimeout: 30,
      record: true,
      recordFileFormat: "wav",
      callbackUrl: "https://hooks.example.com/plivo/session",
      callbackMethod: "GET",
      recordingCallbackUrl: "https://hooks.example.com/plivo/recording",
      recordingCallbackMethod: "GET",
      firstPartyPlayUrl: "https://media.example.com/a.mp3",
      secondPartyPlayUrl: "https://media.example.com/b.mp3",
      unknownCallerPlay: "https://media.example.com/c.wav",
      virtualNumberCooloffPeriod: 60,
    });
    expect(created).toMatchObject({
      message: "Session created",
      virtualNumber: expect.stringMatching(/^\+1/),
    });
    expect(created.apiId).toMatch(UUID);
    expect(created.session).toMatchObject({
      sessionUuid: created.sessionUuid,
      virtualNumber: created.virtualNumber.slice(1),
      firstParty: "12025550150",
      secondParty: "12125550160",
      status: "active",
      createdTime: "2026-03-01 10:00:00 +0000 UTC",
      expiryTime: "2026-03-01 10:10:00 +0000 UTC",
      lastInteractionTime: "",
      duration: 600,
      callTimeLimit: 1200,
      ringTimeout: 30,
      record: true,
      recordFileFormat: "wav",
      callbackMethod: "GET",
      recordingCallbackUrl: "https://hooks.example.com/plivo/recording",
      recordingCallbackMethod: "GET",
      unknownCallerPlay: "https://media.example.com/c.wav",
      virtualNumberCooloffPeriod: 60,
      interaction: null,
      isPinAuthenticationRequired: false,
    });
  });

  test("a PIN group with given PINs, and one whose PINs are made", async () => {
    const prompt = { isPinAuthenticationRequired: true, pinPromptPlay: "https://media.example.com/pin.wav" };
    const given = await masking.createMaskingSession(FIRST, SECOND, {
      ...prompt,
      firstPartyPin: "1234",
      secondPartyPin: "4321",
      pinRetry: 2,
      pinRetryWait: 6,
      incorrectPinPlay: "https://media.example.com/wrong.wav",
      forcePinAuthentication: true,
    });
    expect(given.session).toMatchObject({
      isPinAuthenticationRequired: true,
      generatePin: false,
      generatePinLength: null,
      firstPartyPin: "1234",
      secondPartyPin: "4321",
      pinRetry: 2,
      pinRetryWait: 6,
      incorrectPinPlay: "https://media.example.com/wrong.wav",
      forcePinAuthentication: true,
    });
    const made = await masking.createMaskingSession(FIRST, SECOND, {
      ...prompt,
      generatePin: true,
      generatePinLength: 6,
    });
    const { firstPartyPin, secondPartyPin } = made.session as Record<string, unknown>;
    expect(firstPartyPin).toMatch(/^\d{6}$/);
    expect(secondPartyPin).toMatch(/^\d{6}$/);
    expect(firstPartyPin).not.toBe(secondPartyPin);
    expect(made.session).toMatchObject({ pinRetry: 1, pinRetryWait: 5, incorrectPinPlay: null });
  });

  test("one party is enough when the session says so, whichever it is", async () => {
    const params = { createSessionWithSingleParty: true };
    // The client sends no key for a party that is undefined, whatever its types say.
    const none = undefined as unknown as string;
    const first = await masking.createMaskingSession(FIRST, none, { ...params });
    expect(first.session).toMatchObject({ firstParty: "12025550150", secondParty: "" });
    const second = await masking.createMaskingSession(none, SECOND, { ...params });
    expect(second.session).toMatchObject({ firstParty: "", secondParty: "12125550160" });
    expect(await refusal(masking.createMaskingSession(none, none, { ...params }))).toMatchObject({
      status: 400,
      message: "Mandatory parameter missing. first_party must be present.",
    });
    expect(await refusal(masking.createMaskingSession(FIRST, none))).toMatchObject({
      status: 400,
      message: "Mandatory parameter missing. second_party must be present.",
    });
  });

  test("geomatch keeps to the first party's country until it is switched off, by the one-word key only", async () => {
    const german = "+493023125001";
    const exhausted = { status: 400, message: "Number pool exhausted or not available." };
    expect(await refusal(masking.createMaskingSession(german, SECOND))).toMatchObject(exhausted);
    // The spelling of the client's own comments goes out as `geo_match`, which nobody knows.
    expect(await refusal(masking.createMaskingSession(german, SECOND, { geoMatch: false }))).toMatchObject(
      exhausted,
    );
    const { session } = await masking.createMaskingSession(german, SECOND, { geomatch: false });
    expect(session).toMatchObject({ firstParty: "493023125001", status: "active" });
  });

  test("a subaccount's session is on one of its own numbers", async () => {
    const { session } = await masking.createMaskingSession(FIRST, SECOND, {
      subaccount: PLIVO_SUBACCOUNT.authId,
    });
    expect(session).toMatchObject({ subaccount: PLIVO_SUBACCOUNT.authId });
    const { virtualNumber } = session as { virtualNumber: string };
    expect(PLIVO_SUBACCOUNT.virtualNumbers).toContain(virtualNumber);

    const own = new Client(PLIVO_SUBACCOUNT.authId, PLIVO_SUBACCOUNT.authToken).maskingSession;
    await masking.createMaskingSession(FIRST, SECOND);
    expect((await own.listMaskingSession()).response).toMatchObject({ meta: { totalCount: 1 } });
    expect((await list()).meta.totalCount).toBe(2);
    expect((await list({ subaccount: PLIVO_SUBACCOUNT.authId })).meta.totalCount).toBe(1);
  });

  test("the first party is rung at once when that is asked for", async () => {
    const created = await masking.createMaskingSession(FIRST, SECOND, {
      initiateCallToFirstParty: true,
      ringTimeout: 30,
    });
    expect(created.session).toMatchObject({ status: "active", interaction: null });
    const ringing = await masking.getMaskingSession(created.sessionUuid);
    expect(ringing.response).toMatchObject({
      status: "in-progress",
      totalCallCount: 1,
      interaction: [{ startTime: "2026-03-01 10:00:00 +0000 UTC", endTime: "" }],
    });
    clock += 30_000;
    const after = await masking.getMaskingSession(created.sessionUuid);
    expect(after.response).toMatchObject({
      status: "active",
      lastInteractionTime: "2026-03-01 10:00:30 +0000 UTC",
      interaction: [{ endTime: "2026-03-01 10:00:30 +0000 UTC", totalCallCount: 1, duration: 0 }],
    });
  });
});

describe("get, update and delete", () => {
  test("a session is read back under `response` as it was created", async () => {
    const created = await masking.createMaskingSession(FIRST, SECOND);
    const { response, apiId } = await masking.getMaskingSession(created.sessionUuid);
    expect(response).toEqual(created.session);
    expect(apiId).toMatch(UUID);
    expect(apiId).not.toBe(created.apiId);
  });

  test("an update counts the expiry from itself and ignores what cannot be updated", async () => {
    const { sessionUuid } = await masking.createMaskingSession(FIRST, SECOND, {
      callbackUrl: "https://hooks.example.com/plivo/session",
      firstPartyPlayUrl: "https://media.example.com/a.mp3",
    });
    clock += 600_000;
    const updated = await masking.updateMaskingSession(sessionUuid, {
      sessionExpiry: 900,
      record: true,
      firstPartyPlayUrl: "",
      firstParty: "+12025550199",
      initiateCallToFirstParty: true,
      isPinAuthenticationRequired: true,
      geomatch: false,
      subaccount: PLIVO_SUBACCOUNT.authId,
    });
    expect(updated.message).toBe("Session updated");
    expect(updated.session).toMatchObject({
      modifiedTime: "2026-03-01 10:10:00 +0000 UTC",
      expiryTime: "2026-03-01 10:25:00 +0000 UTC",
      duration: 1500,
      record: true,
      firstPartyPlayUrl: "",
      callbackUrl: "https://hooks.example.com/plivo/session",
      firstParty: "12025550150",
      initiateCallToFirstParty: false,
      isPinAuthenticationRequired: false,
    });
    expect(updated.session).not.toHaveProperty("subaccount");
    expect((await masking.getMaskingSession(sessionUuid)).response).toEqual(updated.session);
  });

  test("a single-party session learns its other party from an update, which then needs its own number", async () => {
    const none = undefined as unknown as string;
    const single = await masking.createMaskingSession(FIRST, none, { createSessionWithSingleParty: true });
    const updated = await masking.updateMaskingSession(single.sessionUuid, { secondParty: SECOND });
    expect(updated.session).toMatchObject({ firstParty: "12025550150", secondParty: "12125550160" });
    // Six numbers fit: the one it is on already is none that its new party can be on twice.
    const others = Array.from({ length: 5 }, (_, n) => `+1202555018${n}`);
    for (const other of others) {
      const { virtualNumber } = await masking.createMaskingSession(other, SECOND);
      expect(virtualNumber).not.toBe(single.virtualNumber);
    }
    expect(await refusal(masking.createMaskingSession("+12025550189", SECOND))).toMatchObject({
      status: 400,
      message: "Number pool exhausted or not available.",
    });
  });

  test("delete expires, keeps the record, and refuses the second time", async () => {
    const { sessionUuid } = await masking.createMaskingSession(FIRST, SECOND);
    clock += 10_000;
    expect(await masking.deleteMaskingSession(sessionUuid)).toMatchObject({ message: "Session expired" });
    expect((await masking.getMaskingSession(sessionUuid)).response).toMatchObject({
      status: "expired",
      duration: 10,
      expiryTime: "2026-03-01 10:00:10 +0000 UTC",
      modifiedTime: "2026-03-01 10:00:10 +0000 UTC",
    });
    const expired = { status: 400, message: "Session already expired", apiID: expect.stringMatching(UUID) };
    expect(await refusal(masking.deleteMaskingSession(sessionUuid))).toMatchObject(expired);
    expect(await refusal(masking.updateMaskingSession(sessionUuid, { record: true }))).toMatchObject(expired);
  });

  test("delete may also answer nothing", async () => {
    const { sessionUuid } = await masking.createMaskingSession(FIRST, SECOND);
    server.setModes({ deleteStatus: 204 });
    await masking.deleteMaskingSession(sessionUuid);
    expect(server.requests.at(-1)).toMatchObject({ method: "DELETE", status: 204 });
    expect((await list({ status: "expired" })).meta.totalCount).toBe(1);
  });
});

describe("list", () => {
  test("pages of at most twenty lead to the end, newest first, every row with its address", async () => {
    for (let n = 0; n < 45; n += 1) {
      clock = START + n * 1000;
      await masking.createMaskingSession(`+121255501${String(n).padStart(2, "0")}`, FIRST, {
        geomatch: false,
        sessionExpiry: 60,
      });
      const [newest] = (await list({ limit: 1 })).objects;
      await masking.deleteMaskingSession(String(newest?.sessionUuid));
    }
    const times: unknown[] = [];
    for (let offset = 0; offset < 45; offset += 20) {
      const { meta, objects } = await list({ limit: 20, offset });
      expect(meta).toMatchObject({ limit: 20, offset, totalCount: 45 });
      expect(meta.next === null).toBe(offset + 20 >= 45);
      expect(meta.previous === null).toBe(offset === 0);
      times.push(...objects.map(({ createdTime }) => createdTime));
      for (const { resourceUri, sessionUuid } of objects) {
        expect(resourceUri).toBe(
          `/v1/Account/${sandbox.environment.PLIVO_AUTH_ID}/Masking/Session/${sessionUuid}/`,
        );
      }
    }
    expect(times).toHaveLength(45);
    expect(times).toEqual(times.toSorted().toReversed());
  });

  test("the filters that the client spells well arrive, the ones it misspells are nobody's", async () => {
    await masking.createMaskingSession(FIRST, SECOND, { sessionExpiry: 600 });
    clock += 60_000;
    const second = await masking.createMaskingSession("+13125550170", SECOND, { sessionExpiry: 1200 });
    await masking.deleteMaskingSession(second.sessionUuid);
    const count = async (params: Record<string, unknown>) => (await list(params)).meta.totalCount;

    expect(await count({ firstParty: FIRST })).toBe(1);
    expect(await count({ firstParty: "12025550150" })).toBe(1);
    expect(await count({ secondParty: SECOND })).toBe(2);
    expect(await count({ virtualNumber: second.virtualNumber })).toBe(1);
    expect(await count({ status: "active" })).toBe(1);
    expect(await count({ status: "expired" })).toBe(1);
    expect(await count({ status: "all" })).toBe(2);
    expect(await count({ createdTimeGreaterThan: "2026-03-01 10:00" })).toBe(1);
    expect(await count({ createdTimeGreaterOrEqual: "2026-03-01 10:00:00" })).toBe(2);
    expect(
      await count({ createdTimeLessThan: "2026-03-01 10:01", createdTimeGreaterThan: "2026-02-20 00:00" }),
    ).toBe(1);
    expect(await count({ createdTime: "2026-03-01 10:01" })).toBe(1);
    expect(
      await count({ expiryTimeLessOrEqual: "2026-03-01 10:01", expiryTimeGreaterThan: "2026-02-20 00:00" }),
    ).toBe(1);
    expect(await count({ durationLessThan: 600 })).toBe(1);
    expect(await count({ durationGreaterOrEqual: 600 })).toBe(1);
    expect(await count({ duration: 600 })).toBe(1);
    // Sent as `durations`, which filters nothing (Plivo reference §14.2).
    expect(await count({ durationEquals: 600 })).toBe(2);
  });

  test.each([
    [{ limit: 21 }, "Invalid parameter. limit should be between 1 and 20."],
    [{ offset: -1 }, "Invalid parameter. offset should not be negative."],
    [
      { createdTimeGreaterOrEqual: "2026-01-01 00:00", createdTimeLessThan: "2026-02-15 00:00" },
      "Invalid parameter. created_time range should not be more than 30 days.",
    ],
  ])("%o is refused", async (params, message) => {
    expect(await refusal(masking.listMaskingSession({ ...params }))).toMatchObject({ status: 400, message });
  });
});

describe("errors", () => {
  test.each([
    [{ sessionExpiry: 1 }, "Invalid parameter. session_expiry is outside the allowed range."],
    [{ callTimeLimit: -5 }, "Invalid parameter. call_time_limit is outside the allowed range."],
    [{ record: "yes" }, "Invalid parameter. record allowed values are true or false."],
    [{ recordFileFormat: "ogg" }, "Invalid parameter. record_file_format allowed values are mp3 or wav."],
    [{ recordingCallbackUrl: "nowhere" }, "Invalid parameter. recording_callback_url should be a valid URL."],
    [
      { recordingCallbackUrl: `https://hooks.example.com/${"x".repeat(1000)}` },
      "Invalid parameter. recording_callback_url should be under 1000 characters.",
    ],
    [{ isPinAuthenticationRequired: true }, "Mandatory parameter missing. pin_prompt_play must be present."],
  ])("create with %o is 400 with the provider's text", async (params, message) => {
    const error = await refusal(masking.createMaskingSession(FIRST, SECOND, { ...params }));
    expect(error).toMatchObject({ status: 400, message, apiID: expect.stringMatching(UUID) });
    expect(server.requests).toHaveLength(1);
  });

  test("a number that is none is named", async () => {
    expect(await refusal(masking.createMaskingSession("soon", SECOND))).toMatchObject({
      status: 400,
      message: "Invalid parameter. first_party is not a valid phone number.",
    });
    expect(await refusal(masking.createMaskingSession(FIRST, "sip:ada@example.com"))).toMatchObject({
      status: 400,
      message: "Invalid parameter. second_party is not a valid phone number.",
    });
  });

  test("an unknown session is 404 for all three", async () => {
    const unknown = "4189591e-d004-4801-abdf-8893c15e5dcd";
    for (const call of [
      masking.getMaskingSession(unknown),
      masking.updateMaskingSession(unknown, { record: true }),
      masking.deleteMaskingSession(unknown),
    ]) {
      expect(await refusal(call)).toMatchObject({ status: 404, message: expect.stringMatching(/not found/) });
    }
  });

  test("a wrong token is 401, though the body is no JSON", async () => {
    const wrong = new Client(sandbox.environment.PLIVO_AUTH_ID, "wrong").maskingSession;
    expect(await refusal(wrong.listMaskingSession())).toMatchObject({ status: 401 });
    expect(await refusal(wrong.createMaskingSession(FIRST, SECOND))).toMatchObject({ status: 401 });
  });

  test("no number is left when a pair has a session on each, and one is free again after an expiry", async () => {
    const created = [];
    for (let n = 0; n < 6; n += 1) created.push(await masking.createMaskingSession(FIRST, SECOND));
    expect(new Set(created.map(({ virtualNumber }) => virtualNumber)).size).toBe(6);
    expect(await refusal(masking.createMaskingSession(FIRST, SECOND))).toMatchObject({
      status: 400,
      message: "Number pool exhausted or not available.",
    });
    await masking.deleteMaskingSession(created[2]?.sessionUuid ?? "");
    const again = await masking.createMaskingSession(FIRST, SECOND);
    expect(again.virtualNumber).toBe(created[2]?.virtualNumber);
  });

  test("a number rests for its cool-off period", async () => {
    for (let n = 0; n < 6; n += 1) {
      const { sessionUuid } = await masking.createMaskingSession(FIRST, SECOND, {
        virtualNumberCooloffPeriod: 3600,
      });
      await masking.deleteMaskingSession(sessionUuid);
    }
    clock += 3_599_000;
    expect(await refusal(masking.createMaskingSession(FIRST, SECOND))).toMatchObject({ status: 400 });
    clock += 1000;
    expect((await masking.createMaskingSession(FIRST, SECOND)).message).toBe("Session created");
  });

  test("a create that fails after its work is sent again by the client and leaves two sessions", async () => {
    server.setModes({ failAfterCreate: 1 });
    const created = await masking.createMaskingSession(FIRST, SECOND);
    expect(server.requests.map(({ status }) => status)).toEqual([500, 201]);
    const { objects } = await list({ firstParty: FIRST });
    expect(objects.map(({ sessionUuid }) => sessionUuid)).toContain(created.sessionUuid);
    expect(objects).toHaveLength(2);
  });

  test("too many requests are an error without a status, as the client has it", async () => {
    server.setFaults({ statuses: [{ status: 429, body: '{"error":"rate limited"}' }] });
    expect(await refusal(masking.listMaskingSession())).toMatchObject({
      message: expect.stringContaining("429"),
    });
    expect((await list()).meta.totalCount).toBe(0);
  });
});
