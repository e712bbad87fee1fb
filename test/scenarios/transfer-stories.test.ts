/** Transfers and holds from beginning to end, as the app of an agent makes them, and as they are read later. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PortsipSandboxServer } from "../../src/sandbox/portsip/portsip-server.js";
import type { SpekoSandboxServer } from "../../src/sandbox/speko/speko-server.js";
import { ask, createPushedClock } from "../support/ask.js";
import { startTestWorld, type TestWorld } from "../support/gateway.js";
import {
  createPool,
  forgetRequests,
  mutate,
  writesOf,
  type Candidate,
  type Pool,
} from "../support/mutation-cases.js";
import { tellSession, tellTransfer, type SessionStory } from "../support/stories.js";

const clock = createPushedClock();
let world: TestWorld;
let pool: Pool;
let speko: SpekoSandboxServer;
let pbx: PortsipSandboxServer;

beforeAll(async () => {
  world = await startTestWorld({ now: clock.now, sandbox: { days: 3, now: clock.now } });
  pool = createPool(world.gateway);
  speko = world.sandbox.servers.speko as SpekoSandboxServer;
  pbx = world.sandbox.servers.portsip as PortsipSandboxServer;
  speko.setPace(0);
  pbx.setPace(0);
}, 60_000);
afterAll(() => world[Symbol.asyncDispose]());

const transfer = (input: object) =>
  mutate(world.gateway, "transferSession", "TransferSessionInput", "transfer", input);
const cancel = (input: object) =>
  mutate(world.gateway, "cancelTransfer", "CancelTransferInput", "transfer", input);
const complete = (input: object) =>
  mutate(world.gateway, "completeTransfer", "CompleteTransferInput", "transfer", input);
const tell = (id: string) => tellSession(world.gateway, id);

const isFreeCall = ({ channel, state, transfers }: Candidate) =>
  channel === "VOICE" && state === "IN_PROGRESS" && transfers.length === 0;
const toLine = ({ kind, status, transferTo, failureCause }: SessionStory["transfers"][number]) => ({
  kind,
  status,
  transferTo,
  failureCause,
});

/** Each transfer in the graph is the same by every way to it. */
async function expectReadable({ transfers }: SessionStory): Promise<void> {
  for (const one of transfers) expect(await tellTransfer(world.gateway, one.id)).toEqual(one);
}

/** What the gateway itself says of one transfer, in order. */
const stepsOf = ({ timeline }: SessionStory, providerId: string | null | undefined) =>
  timeline.nodes
    .filter((event) => event.source === "speko" && event.providerId === providerId)
    .map(({ type }) => type);

function expectInOrder({ timeline }: SessionStory): void {
  const times = timeline.nodes.map(({ at }) => at);
  expect(times).toEqual([...times].sort());
}

const DESK = "+14155550121";
const HOME = "+14155550122";
const MOBILE = "+14155550123";
const FALLBACK = {
  strategy: "take_message",
  message: "Nobody can take the call.",
  takeMessagePrompt: "What should I pass on?",
};
const APPLIED = {
  action: "take_message",
  message: FALLBACK.message,
  take_message_prompt: FALLBACK.takeMessagePrompt,
  hold_audio_url: null,
  voicemail_detected: true,
};

describe("a warm transfer at Speko that nobody takes", () => {
  it("is told attempt by attempt to an agent that screens each recipient itself", async () => {
    const { id: sessionId } = await pool.take("speko", isFreeCall);
    speko.answers(DESK, "answers");
    speko.answers(HOME, "rings");
    speko.answers(MOBILE, "voicemail");
    const first = await transfer({
      sessionId,
      kind: "WARM",
      destinations: [
        { to: DESK, label: "Desk" },
        { to: HOME, label: "Home" },
        { to: MOBILE, label: "Mobile" },
      ],
      waitUntilAnswered: true,
      fallback: FALLBACK,
      // A machine then counts as somebody who answered, and whoever screens it has to say so.
      voicemailDetection: { mode: "disabled" },
    });
    expect(first).toMatchObject({
      userErrors: [],
      transfer: { kind: "WARM", status: "SCREENING", transferTo: DESK },
      nextTransfer: null,
      fallback: null,
    });
    expect(first.routingAttempts?.map(({ id }) => id)).toEqual([first.transfer?.id]);

    clock.push(3_000);
    const second = await cancel({
      transferId: first.transfer?.id,
      reason: "declined_while_screened",
      summary: "In a meeting.",
      tryNext: true,
    });
    expect(second).toMatchObject({
      userErrors: [],
      transfer: { id: first.transfer?.id, status: "CANCELLED" },
      nextTransfer: { status: "REQUESTED", transferTo: HOME },
      fallback: null,
    });
    expect(second.routingAttempts?.map(({ transferTo }) => transferTo)).toEqual([DESK, HOME]);

    clock.push(3_000);
    speko.answers(HOME, "busy");
    const meanwhile = await tell(sessionId);
    expect(meanwhile.transfers.map(toLine)).toEqual([
      { kind: "WARM", status: "CANCELLED", transferTo: DESK, failureCause: "declined_while_screened" },
      { kind: "WARM", status: "FAILED", transferTo: HOME, failureCause: "busy" },
      { kind: "WARM", status: "SCREENING", transferTo: MOBILE, failureCause: null },
    ]);
    expect(meanwhile.transfers[1]?.id).toBe(second.nextTransfer?.id);

    clock.push(3_000);
    const third = await cancel({ transferId: meanwhile.transfers[2]?.id, voicemailDetected: true });
    expect(third).toMatchObject({
      userErrors: [],
      transfer: { id: meanwhile.transfers[2]?.id, status: "CANCELLED", failureCause: "voicemail_detected" },
      nextTransfer: null,
      fallback: APPLIED,
    });
    expect(third.routingAttempts).toMatchObject([
      { transferTo: DESK, status: "CANCELLED" },
      { transferTo: HOME, status: "FAILED", failureCause: "busy" },
      { transferTo: MOBILE, status: "CANCELLED", failureCause: "voicemail_detected" },
    ]);

    const late = await cancel({ transferId: meanwhile.transfers[2]?.id, tryNext: true });
    expect(late).toMatchObject({
      command: { outcome: "FAILED", error: { code: "CONFLICT" } },
      userErrors: [{ code: "CONFLICT" }],
    });

    clock.push(3_000);
    const story = await tell(sessionId);
    expect(story).toMatchObject({ phase: "LIVE", state: "IN_PROGRESS", freshness: { stale: false } });
    expect(story.transfers.map(toLine)).toEqual([
      { kind: "WARM", status: "CANCELLED", transferTo: DESK, failureCause: "declined_while_screened" },
      { kind: "WARM", status: "FAILED", transferTo: HOME, failureCause: "busy" },
      { kind: "WARM", status: "CANCELLED", transferTo: MOBILE, failureCause: "voicemail_detected" },
    ]);
    expect(story.transfers[0]?.summary).toBe("In a meeting.");
    expect(story.transcript?.text).toContain(`Agent: ${FALLBACK.message}`);
    expect(story.transcript?.text).toContain(`Agent: ${FALLBACK.takeMessagePrompt}`);

    const [desk, home, mobile] = story.transfers.map(({ recipientParticipantIdentity }) =>
      story.members.find(
        ({ role, identity }) => role === "TRANSFER_TARGET" && identity === recipientParticipantIdentity,
      ),
    );
    expect(desk).toMatchObject({ state: "LEFT", party: { address: DESK } });
    expect(home).toMatchObject({ state: "NONE", party: { address: HOME } });
    expect(mobile).toMatchObject({ state: "LEFT", party: { address: MOBILE } });
    expect(story.members.find(({ role }) => role === "CALLER")?.state).toBe("CONNECTED");

    expectInOrder(story);
    expect(stepsOf(story, story.transfers[0]?.providerId)).toEqual([
      "transfer.requested",
      "transfer.cancelled",
    ]);
    expect(stepsOf(story, story.transfers[1]?.providerId)).toEqual(["transfer.requested", "transfer.failed"]);
    expect(story.timeline.nodes.filter(({ type }) => type === "transfer.warm.requested")).toHaveLength(3);
    expect(story.timeline.nodes.find(({ type }) => type === "transfer.warm.failed")).toMatchObject({
      failureCause: "busy",
      sipStatusCode: 486,
    });
    expect(story.timeline.nodes.find(({ type }) => type === "transfer.warm.fallback")?.payload).toEqual({
      action: "take_message",
      voicemail_detected: true,
    });
    await expectReadable(story);
  }, 30_000);

  it("is told in one answer to an agent that waits until it is decided", async () => {
    const { id: sessionId } = await pool.take("speko", isFreeCall);
    speko.answers(DESK, "refuses");
    speko.answers(HOME, "busy");
    speko.answers(MOBILE, "voicemail");
    const answer = await transfer({
      sessionId,
      kind: "WARM",
      destinations: [DESK, HOME, MOBILE].map((to) => ({ to })),
      waitUntilAnswered: true,
      fallback: FALLBACK,
    });
    expect(answer).toMatchObject({
      command: { outcome: "SUCCEEDED", error: null },
      userErrors: [],
      transfer: { status: "FAILED", transferTo: MOBILE, failureCause: "voicemail_detected" },
      nextTransfer: null,
      fallback: APPLIED,
    });
    expect(answer.routingAttempts).toMatchObject([
      { transferTo: DESK, status: "FAILED", failureCause: "declined_by_recipient" },
      { transferTo: HOME, status: "FAILED", failureCause: "busy" },
      { transferTo: MOBILE, status: "FAILED", failureCause: "voicemail_detected" },
    ]);

    clock.push(3_000);
    const story = await tell(sessionId);
    expect(story.transfers.map(({ id }) => id)).toEqual(answer.routingAttempts?.map(({ id }) => id));
    expect(story).toMatchObject({ phase: "LIVE", state: "IN_PROGRESS" });
    expect(story.members.filter(({ role }) => role === "TRANSFER_TARGET").map(({ state }) => state)).toEqual([
      "NONE",
      "NONE",
      "NONE",
    ]);
    for (const { providerId } of story.transfers)
      expect(stepsOf(story, providerId)).toEqual(["transfer.requested", "transfer.failed"]);
    await expectReadable(story);
  }, 30_000);
});

it("a warm transfer at Speko that somebody takes: screened, completed, and the call goes on", async () => {
  const { id: sessionId } = await pool.take("speko", isFreeCall);
  speko.answers(DESK, "answers");
  const started = await transfer({
    sessionId,
    kind: "WARM",
    to: DESK,
    screeningPrompt: "A customer about an invoice.",
    waitUntilAnswered: true,
  });
  expect(started.transfer).toMatchObject({ status: "SCREENING" });
  const recipient = (await tell(sessionId)).transfers[0]?.recipientParticipantIdentity;
  expect(recipient).toEqual(expect.any(String));

  clock.push(3_000);
  const done = await complete({
    transferId: started.transfer?.id,
    recipientParticipantIdentity: recipient,
    summary: "Knows about the invoice.",
  });
  expect(done).toMatchObject({
    command: { outcome: "SUCCEEDED" },
    userErrors: [],
    transfer: { id: started.transfer?.id, status: "COMPLETED", failureCause: null },
    session: { phase: "LIVE", state: "IN_PROGRESS" },
  });

  clock.push(3_000);
  const story = await tell(sessionId);
  expect(story).toMatchObject({ phase: "LIVE", state: "IN_PROGRESS", endedAt: null });
  expect(story.transfers).toMatchObject([
    { status: "COMPLETED", transferTo: DESK, summary: "Knows about the invoice." },
  ]);
  expect(story.transfers[0]?.completedAt).toEqual(expect.any(String));
  expect(story.members.find(({ identity }) => identity === recipient)).toMatchObject({
    role: "TRANSFER_TARGET",
    state: "CONNECTED",
  });
  expectInOrder(story);
  expect(stepsOf(story, story.transfers[0]?.providerId)).toEqual([
    "transfer.requested",
    "transfer.completed",
  ]);
  const words = story.timeline.nodes.map(({ type }) => type);
  for (const word of ["requested", "screening", "bridging", "completed"])
    expect(words).toContain(`transfer.warm.${word}`);
  await expectReadable(story);

  const again = await complete({ transferId: started.transfer?.id });
  expect(again).toMatchObject({ command: { outcome: "FAILED" }, userErrors: [{ code: "CONFLICT" }] });
  expect(await tellTransfer(world.gateway, started.transfer?.id ?? "")).toMatchObject({
    status: "COMPLETED",
  });
}, 30_000);

/** A call between two extensions that has been talked on. */
async function call(caller: string, callee: string): Promise<SessionStory> {
  for (const number of [caller, callee]) pbx.answers(number, "answers");
  const input = { caller, callee };
  const { session, userErrors } = await mutate(
    world.gateway,
    "createPortsipSession",
    "CreatePortsipSessionInput",
    "session",
    input,
  );
  expect(userErrors).toEqual([]);
  // A phone that is rung answers at the next look, and whoever it called at the one after that.
  for (let looks = 0; looks < 20; looks += 1) {
    clock.push(2_000);
    const story = await tell(session?.id ?? "");
    if (story.state === "IN_PROGRESS") return story;
  }
  throw new Error("nobody answered");
}

const present = ({ members }: SessionStory) =>
  members.filter(({ state }) => state !== "LEFT").map(({ identity }) => identity);

it("an attended transfer at PortSIP: two calls become one, and the extension between them is out", async () => {
  const first = await call("1001", "1002");
  const consultation = await call("1002", "1009");
  const answer = await transfer({
    sessionId: first.id,
    kind: "WARM",
    extensionNumber: "1002",
    consultationSessionId: consultation.id,
  });
  expect(answer).toMatchObject({
    command: { outcome: "SUCCEEDED" },
    userErrors: [],
    transfer: { kind: "WARM", status: "REQUESTED", transferTo: "1009" },
    nextTransfer: null,
    routingAttempts: [],
    fallback: null,
  });

  clock.push(2_000);
  const joined = await tell(first.id);
  expect(joined).toMatchObject({ phase: "LIVE", state: "IN_PROGRESS", endedAt: null });
  expect(joined.transfers).toMatchObject([
    { id: answer.transfer?.id, kind: "WARM", callerParticipantIdentity: "1001" },
  ]);
  expect(present(joined)).toEqual(["1001", "1009"]);

  const consulted = await tell(consultation.id);
  expect(consulted).toMatchObject({ phase: "ENDED", state: "COMPLETED", transfers: [] });
  expect(present(consulted)).toEqual([]);
  expect(consulted.interactions[0]?.legs.map(({ status }) => status)).toEqual(["REPLACED", "REPLACED"]);
  expect(consulted.timeline.nodes.at(-1)).toMatchObject({ type: "session.ended", at: consulted.endedAt });

  clock.push(2_000);
  await mutate(world.gateway, "endSession", "EndSessionInput", "session", { sessionId: first.id });
  const story = await tell(first.id);
  expect(story).toMatchObject({ phase: "ENDED", state: "COMPLETED", startedAt: first.startedAt });
  expect(story.transfers).toMatchObject([
    {
      id: answer.transfer?.id,
      ...{ kind: "WARM", status: "COMPLETED", transferTo: "1009", failureCause: null },
      ...{ callerParticipantIdentity: "1001", recipientParticipantIdentity: "1009" },
    },
  ]);
  expect(story.members.map(({ identity, role, state }) => [identity, role, state])).toEqual([
    ["1001", "CALLER", "LEFT"],
    ["1002", "CALLEE", "LEFT"],
    ["1009", "TRANSFER_TARGET", "LEFT"],
  ]);
  expect(
    story.interactions.map(({ index, legs }) => [index, ...legs.map(({ party }) => party?.address)]),
  ).toEqual([
    [0, "1001", "1002"],
    [1, "1001", "1009"],
  ]);
  expect(story.interactions[0]?.legs[0]?.status).toBe("CONSULT_TRANSFER_COMPLETED");
  expect(story.interactions.every(({ endedAt }) => endedAt !== null)).toBe(true);
  expectInOrder(story);
  expect(story.timeline.nodes.map(({ type }) => type)).toEqual([
    "session.started",
    "session.answered",
    "transfer.requested",
    "transfer.completed",
    "session.ended",
  ]);
  await expectReadable(story);
}, 30_000);

it("a blind transfer at PortSIP to somebody who does not answer: FAILED, with the reason", async () => {
  const { id: sessionId, startedAt } = await call("1003", "1004");
  pbx.answers("1006", "rings");
  const answer = await transfer({ sessionId, kind: "BLIND", extensionNumber: "1004", to: "1006" });
  expect(answer).toMatchObject({
    command: { outcome: "SUCCEEDED" },
    userErrors: [],
    // Accepted is not completed: the recipient's phone rings.
    transfer: { kind: "BLIND", status: "REQUESTED", transferTo: "1006" },
    session: { phase: "LIVE" },
  });
  clock.push(2_000);
  pbx.answers("1006", "no_answer");
  const story = await tell(sessionId);
  expect(story).toMatchObject({ phase: "ENDED", state: "COMPLETED", startedAt });
  expect(story.transfers).toMatchObject([
    { id: answer.transfer?.id, kind: "BLIND", status: "FAILED", transferTo: "1006" },
  ]);
  expect(story.transfers[0]?.failureCause).toContain("480");
  expect(story.transfers[0]?.recipientParticipantIdentity).toBeNull();
  expectInOrder(story);
  const failed = story.timeline.nodes.find(({ type }) => type === "transfer.failed");
  expect(failed?.failureCause).toBe(story.transfers[0]?.failureCause);
  await expectReadable(story);
}, 30_000);

describe("holding", () => {
  const hold = (input: object) => mutate(world.gateway, "holdSession", "HoldSessionInput", "session", input);
  const resume = (input: object) =>
    mutate(world.gateway, "resumeSession", "ResumeSessionInput", "session", input);
  const poll = (connection: string) =>
    ask<{ sessions: { nodes: { id: string; state: string }[]; sources: { ok: boolean }[] } }>(
      world.gateway,
      "query ($names: [String!]) { sessions(first: 100, maxAge: 0, filter: { connections: $names, phases: [LIVE] }) { nodes { id state } sources { ok } } }",
      { names: [connection] },
    );

  it("at PortSIP is remembered through polls and reads, which do not show it, until it is taken back", async () => {
    const { id: sessionId } = await call("1005", "1007");
    const held = await hold({ sessionId, extensionNumber: "1007" });
    expect(held).toMatchObject({ userErrors: [], session: { state: "ON_HOLD", phase: "LIVE" } });
    for (let looks = 0; looks < 2; looks += 1) {
      clock.push(5_000);
      forgetRequests(world.sandbox);
      const { sessions } = await poll("portsip");
      expect(pbx.requests.map(({ url }) => url)).toContain("/api/sessions");
      expect(sessions.sources).toEqual([{ ok: true }]);
      expect(sessions.nodes.find(({ id }) => id === sessionId)?.state).toBe("ON_HOLD");
      expect((await tell(sessionId)).state).toBe("ON_HOLD");
    }
    const back = await resume({ sessionId, extensionNumber: "1007" });
    expect(back).toMatchObject({ userErrors: [], session: { state: "IN_PROGRESS" } });
    clock.push(5_000);
    await poll("portsip");
    expect((await tell(sessionId)).state).toBe("IN_PROGRESS");
    const said = pbx.sip.filter(({ sdp }) => sdp === "sendonly" || sdp === "sendrecv").map(({ sdp }) => sdp);
    expect(said).toEqual(["sendonly", "sendrecv"]);
  }, 30_000);

  it("at Evo Voice is shown with its reason, and stays until the provider says otherwise", async () => {
    const { id: sessionId } = await pool.take(
      "evo",
      ({ channel, state }) => channel === "VOICE" && state === "IN_PROGRESS",
    );
    forgetRequests(world.sandbox);
    const held = await hold({ sessionId, reason: "Transferring" });
    expect(held).toMatchObject({ userErrors: [], session: { state: "ON_HOLD", phase: "LIVE" } });
    expect(writesOf(world.sandbox)).toHaveLength(1);
    clock.push(5_000);
    await poll("evo");
    const { session } = await ask<{ session: Record<string, unknown> }>(
      world.gateway,
      "query ($id: ID!) { session(id: $id, maxAge: 0) { state ... on EvoVoiceSession { callState holdReason } } }",
      { id: sessionId },
    );
    expect(session).toEqual({ state: "ON_HOLD", callState: "Hold", holdReason: "Transferring" });
  }, 30_000);
});
