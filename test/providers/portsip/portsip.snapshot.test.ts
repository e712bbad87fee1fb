/** What live sessions become, and ids in their two spellings (PortSIP reference §3.2, §10). */
import { describe, expect, test } from "vitest";
import type { JsonObject, SessionSnapshot } from "../../../src/model/index.js";
import { portsipModule } from "../../../src/providers/portsip/portsip.module.js";
import { callLog, collect, NOW, session, startPbx, worldOf, type Log } from "./pbx.js";

const ID = "812345678901234567";

async function readOne(
  sessions: readonly { id: string }[],
  logs: readonly Log[],
  id = ID,
): Promise<SessionSnapshot> {
  await using pbx = await startPbx(worldOf(sessions, logs));
  const [outcome] = await pbx.connection.readSessions([id]);
  if (outcome?.kind !== "found") throw new Error(`expected a session, got ${outcome?.kind}`);
  return outcome.snapshot;
}

const live = (given: JsonObject = {}, call: JsonObject = {}) => readOne([session(given, call)], []);

describe("a live session", () => {
  test("in full", async () => {
    const snapshot = await live();
    expect(snapshot).toMatchObject({
      provider: "PORTSIP",
      providerId: ID,
      providerKey: ID,
      source: "READ",
      observedAt: NOW,
      version: null,
      facts: {
        channel: "VOICE",
        direction: "INTERNAL",
        phase: "LIVE",
        state: "IN_PROGRESS",
        from: { address: "1001", number: null, displayName: "Front Desk" },
        to: { address: "1002", number: null, displayName: null },
        startedAt: Date.parse("2026-03-01T11:59:00Z"),
        answeredAt: NOW - 42_000,
        endedAt: null,
        durationSeconds: null,
      },
      fields: {
        calls: [
          {
            caller: "1001",
            callerDisplayName: "Front Desk",
            callee: "1002",
            trunk: null,
            startedAt: Date.parse("2026-03-01T11:59:00Z"),
            talkingTime: 42,
          },
        ],
      },
      problems: [],
    });
    expect(snapshot.raw).toEqual(session());
    expect(snapshot.members?.map(({ key, role, state }) => [key, role, state])).toEqual([
      ["1001", "CALLER", "CONNECTED"],
      ["1002", "CALLEE", "CONNECTED"],
    ]);
    expect(snapshot.interactions).toMatchObject([
      { key: "1001>1002", legs: [{ role: "CALLER" }, { role: "CALLEE" }] },
    ]);
  });

  test("cannot tell a held call from one in which people talk", async () => {
    expect((await live()).isBlindToHold).toBe(true);
  });

  test.each([
    [0, "RINGING", null],
    [null, "RINGING", null],
    [1, "IN_PROGRESS", NOW - 1_000],
    ["7", "IN_PROGRESS", NOW - 7_000],
  ])("that has been talked in for %j s is %s", async (talkingTime, state, answeredAt) => {
    const { facts } = await live({}, { talking_time: talkingTime });
    expect([facts.phase, facts.state, facts.answeredAt]).toEqual(["LIVE", state, answeredAt]);
  });

  test.each([
    [null, "INTERNAL"],
    ["", "INTERNAL"],
    [" ", "INTERNAL"],
    ["CarrierA", "UNKNOWN"],
    [{ name: "CarrierA" }, "UNKNOWN"],
  ])("over the trunk %j is %s", async (trunk, direction) => {
    expect((await live({}, { trunk })).facts.direction).toBe(direction);
  });

  test("of several calls is as old as the oldest and as talked in as the longest", async () => {
    const first = { ...session().calls[0] };
    const second = { ...first, callee: "1003", started_at: "2026-03-01T11:58:00Z", talking_time: 90 };
    const { facts, interactions, members } = await live({ calls: [first, second] });
    expect(facts).toMatchObject({
      startedAt: Date.parse("2026-03-01T11:58:00Z"),
      answeredAt: NOW - 90_000,
      to: { address: "1002" },
    });
    expect(interactions?.map(({ key }) => key)).toEqual(["1001>1002", "1001>1003"]);
    expect(members?.map(({ key }) => key)).toEqual(["1001", "1002", "1003"]);
  });

  test("of which only the id is known stands all the same", async () => {
    for (const calls of [null, "", []]) {
      const snapshot = await live({ calls });
      expect(snapshot.facts).toMatchObject({ phase: "LIVE", state: "RINGING", from: null, startedAt: null });
      expect(snapshot.facts.direction).toBe("UNKNOWN");
      expect(snapshot.problems).toEqual([]);
    }
  });

  test("with values of the wrong type says where, and keeps the rest", async () => {
    const { problems, facts } = await live({}, { caller: { a: 1 }, talking_time: "long" });
    expect(problems.map(({ path }) => path).sort()).toEqual(["calls[0].caller", "calls[0].talking_time"]);
    expect(facts.to?.address).toBe("1002");
  });
});

describe("an id (Q1)", () => {
  const BASE64 = "ODEyMzQ1Njc4OTAxMjM0NTY3";

  test("has one key in both spellings, and is kept as it came", async () => {
    expect(portsipModule.toProviderKey(BASE64)).toBe(ID);
    expect(portsipModule.toProviderKey(ID)).toBe(ID);
    const snapshot = await readOne([session({ id: BASE64 })], [], BASE64);
    expect(snapshot).toMatchObject({ providerId: BASE64, providerKey: ID });
  });

  test("finds the call log in the other spelling", async () => {
    const snapshot = await readOne([], [callLog()], BASE64);
    expect(snapshot).toMatchObject({ providerId: BASE64, providerKey: ID, facts: { phase: "ENDED" } });
  });

  test.each(["session-1", "MTIz!", "SGVsbG8="])("that is not base64 of digits is its own key: %s", (id) => {
    expect(portsipModule.toProviderKey(id)).toBe(id);
  });

  test("that comes as a number longer than a double stays exact", async () => {
    await using pbx = await startPbx((_, response) => {
      response.end('{"count":1,"items":[{"id":812345678901234567,"calls":[]}]}');
      return true;
    });
    const [page] = await collect(pbx.connection.listLive());
    expect(page?.snapshots[0]?.providerId).toBe(ID);
  });
});
