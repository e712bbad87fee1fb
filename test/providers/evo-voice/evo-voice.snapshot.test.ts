import { describe, expect, test } from "vitest";
import type { JsonValue } from "../../../src/model/index.js";
import { isSessionId, toSessionSnapshot } from "../../../src/providers/evo-voice/evo-voice.snapshot.js";
import { parseEvoVoiceDate } from "../../../src/providers/evo-voice/evo-voice.values.js";
import { endedRow, sessionRow, type Row } from "./bodies.js";

const CREATED = Date.parse("2026-03-01T10:15:00Z");
const context = { source: "LIST" as const, observedAt: 5, defaultRegion: "US" };

function snapshotOf(row: Row, hasLog = true) {
  const snapshot = toSessionSnapshot(row as JsonValue, { ...context, hasLog });
  if (snapshot === null) throw new Error("expected a snapshot");
  return snapshot;
}

describe("the unified facts", () => {
  test("of a live call are read from its row", () => {
    const { facts, version, providerKey } = snapshotOf(sessionRow());
    expect(facts).toEqual({
      channel: "VOICE",
      direction: "INBOUND",
      phase: "LIVE",
      state: "IN_PROGRESS",
      title: "Ada & Grace",
      from: { address: "(814) 555-0193", number: "+18145550193", displayName: "Ada" },
      to: { address: "+15035550111", number: "+15035550111", displayName: null },
      startedAt: CREATED,
      answeredAt: null,
      endedAt: null,
      updatedAt: CREATED + 6_000,
      durationSeconds: null,
      cost: null,
    });
    expect({ version, providerKey }).toEqual({ version: CREATED + 6_000, providerKey: "s1" });
  });

  test("take what was dialled where no called party is told", () => {
    const { facts } = snapshotOf(sessionRow({ toAddress: undefined, destination: "team:sales" }));
    expect(facts.to).toEqual({ address: "team:sales", number: null, displayName: null });
  });

  test("derive the duration of an ended session from its dates", () => {
    expect(snapshotOf(endedRow()).facts.durationSeconds).toBe(90.5);
    expect(snapshotOf(endedRow({ dateCompleted: "2026-03-01T10:14:00Z" })).facts.durationSeconds).toBeNull();
  });

  test.each([
    [{ ended: true, wasMissed: true, callState: "Hold" }, "MISSED", "ENDED"],
    [{ ended: true, callState: "Connected" }, "COMPLETED", "ENDED"],
    [{ callState: "Hold" }, "ON_HOLD", "LIVE"],
    [{ callState: "Connected", queueState: "Hold" }, "ON_HOLD", "LIVE"],
    [{ callState: "Connected", queueState: "Queued" }, "IN_PROGRESS", "LIVE"],
    [{ callState: "Disconnected", queueState: "Queued" }, "QUEUED", "LIVE"],
    [{ callState: "Ringing", queueState: "None" }, "RINGING", "LIVE"],
    [{ callState: "Disconnected", queueState: "Ringing" }, "RINGING", "LIVE"],
    [{ callState: "Disconnected", queueState: "None", dialState: "Active" }, "RINGING", "LIVE"],
    [{ callState: "Passive", queueState: "None" }, "UNKNOWN", "LIVE"],
    [{ callState: "Disconnected", queueState: "None" }, "UNKNOWN", "LIVE"],
    [{ callState: "Levitating", queueState: "None" }, "UNKNOWN", "LIVE"],
    [{ callState: "Passive", queueState: "None", ended: undefined }, "UNKNOWN", "UNKNOWN"],
    [{ ended: undefined, dateCompleted: "2026-03-01T10:16:00Z" }, "COMPLETED", "ENDED"],
  ])("%j is %s, %s", (overrides, state, phase) => {
    const { facts } = snapshotOf(sessionRow(overrides));
    expect([facts.state, facts.phase]).toEqual([state, phase]);
  });

  test("say UNKNOWN for words nobody has seen yet", () => {
    const snapshot = snapshotOf(sessionRow({ channel: "Video", direction: "Sideways" }));
    expect(snapshot.facts).toMatchObject({ channel: "UNKNOWN", direction: "UNKNOWN" });
    expect(snapshot.problems).toEqual([]);
  });
});

describe("the provider's fields", () => {
  test("are every member but those the unified session carries under the same name, dates as times", () => {
    const row = sessionRow();
    const { fields, raw } = snapshotOf(row);
    const expected = Object.keys(row).filter(
      (key) => !["id", "channel", "direction", "members"].includes(key),
    );
    expect(Object.keys(fields).toSorted()).toEqual([...expected, "dateCompleted"].toSorted());
    expect(fields).toMatchObject({
      dateCreated: CREATED,
      outcome: null,
      customerBreadcrumb: [{ id: "cust-1", name: "North <1>" }],
      log: [
        { date: CREATED + 1_000, message: "Start" },
        { date: CREATED + 5_250, message: 'Menu "<sales>"' },
      ],
    });
    expect(raw).toEqual(row);
  });

  test("are null where the wire has nothing, null or an empty text, without a problem", () => {
    const { fields, problems } = snapshotOf({ id: "s1", fromName: null, outcome: "" });
    expect(fields).toMatchObject({ fromName: null, outcome: null, log: null, ended: null });
    expect(problems).toEqual([]);
  });

  test("of the wrong type cost themselves only, and say so", () => {
    const { fields, facts, members, problems } = snapshotOf(
      sessionRow({
        ended: "maybe",
        fromName: { first: "Ada" },
        dateCreated: "yesterday",
        log: [7, { date: "soon", message: "Start" }],
        members: "none",
      }),
    );
    expect(fields).toMatchObject({ ended: null, fromName: null, dateCreated: null, callState: "Connected" });
    expect(facts).toMatchObject({ state: "IN_PROGRESS", startedAt: null });
    expect(members).toBeUndefined();
    expect(problems.map(({ path, field }) => `${path} ${field}`)).toEqual([
      "fromName from",
      "fromName fromName",
      "ended ended",
      "log[0] log",
      "log[1].date date",
      "members members",
      "dateCreated startedAt",
      "dateCreated dateCreated",
    ]);
    expect(JSON.stringify(problems)).not.toContain("Ada");
  });
});

describe("members", () => {
  test("are known by their call id, else their identity, else what they show and their place", () => {
    const { members } = snapshotOf(
      sessionRow({
        members: [
          { callSid: "CA1", identity: "a", role: "Caller", callState: "Connected" },
          { identity: "b", role: "Agent", callState: "Ringing" },
          { displayName: "C", role: "Transfer", callState: "Hold" },
          { callSid: "CA1", role: "Wizard", callState: "Levitating" },
          { displayName: "E", role: "None", callState: "None" },
        ],
      }),
    );
    expect(members?.map(({ key, role, state }) => [key, role, state])).toEqual([
      ["CA1", "CALLER", "CONNECTED"],
      ["b", "AGENT", "RINGING"],
      ["C@2", "TRANSFER_TARGET", "ON_HOLD"],
      ["CA1#2", "UNKNOWN", "UNKNOWN"],
      ["E@4", "NONE", "NONE"],
    ]);
  });

  test("that are not told leave those of a live session alone, and are complete for an ended one", () => {
    expect(snapshotOf(sessionRow({ members: undefined })).sections).not.toContain("members");
    const ended = snapshotOf(endedRow({ members: undefined }));
    expect(ended.sections).toContain("members");
    expect(ended.members).toEqual([]);
  });

  test.each([
    ["Ringing", "Transferring", "REQUESTED"],
    ["Connected", "Transferring", "BRIDGING"],
    ["Connected", "None", "COMPLETED"],
    ["None", "None", "UNKNOWN"],
  ])("in the role Transfer, %s while held for %s, are a transfer %s", (callState, holdReason, status) => {
    const target = { identity: "+15035550199", callSid: "CA9", role: "Transfer", callState };
    const { transfers } = snapshotOf(sessionRow({ holdReason, members: [target] }));
    expect(transfers).toMatchObject([
      { key: "member:CA9", kind: "UNKNOWN", status, transferTo: "+15035550199" },
    ]);
  });
});

describe("the log", () => {
  test("becomes events whose keys survive a log that is cut at its beginning", () => {
    const log = [
      { date: "2026-03-01T10:15:01Z", message: "Ring" },
      { date: "2026-03-01T10:15:02Z", message: "Ring" },
      { date: "2026-03-01T10:15:02Z", message: "Ring" },
      { message: "undated" },
    ];
    const events = snapshotOf(sessionRow({ log })).events ?? [];
    const later = snapshotOf(sessionRow({ log: log.slice(1) })).events ?? [];
    expect(new Set(events.map(({ key }) => key)).size).toBe(4);
    expect(later.map(({ key }) => key)).toEqual(events.slice(1).map(({ key }) => key));
    expect(events[3]).toMatchObject({ at: CREATED + 2_000, type: "log", message: "undated", source: null });
  });

  test("of a single-session answer is not believed", () => {
    const snapshot = snapshotOf(sessionRow({ log: [] }), false);
    expect(snapshot.fields.log).toBeNull();
    expect(snapshot).not.toHaveProperty("events");
    expect(snapshot).not.toHaveProperty("raw");
    expect(snapshot.sections).not.toContain("detail");
  });
});

describe("the report", () => {
  test("is derived once the session has ended, from its outcome or its state", () => {
    expect(snapshotOf(endedRow()).report).toMatchObject({ origin: "DERIVED", outcome: "Answered" });
    expect(snapshotOf(endedRow({ outcome: undefined, wasMissed: true })).report?.outcome).toBe("MISSED");
    expect(snapshotOf(sessionRow()).report).toBeNull();
  });
});

test("a row without a usable id is not a session", () => {
  for (const row of [null, 7, "s1", [], {}, { id: 5 }, { id: "a,b" }, { id: "a\nb" }]) {
    expect(toSessionSnapshot(row, context)).toBeNull();
  }
  expect(["65f1c0ffee0123456789abcd", "s1", "a/b"].every(isSessionId)).toBe(true);
  expect(["", " ", "..", "a b", "a,b", "[a]"].some(isSessionId)).toBe(false);
});

test("dates are read in both spellings, and the zero date is unset", () => {
  expect(parseEvoVoiceDate("2026-03-01T10:15:00.1234567Z")).toBe(CREATED + 123);
  expect(parseEvoVoiceDate("2026-03-01T10:15:00")).toBe(CREATED);
  expect(parseEvoVoiceDate(`/Date(${CREATED}+0200)/`)).toBe(CREATED);
  expect(parseEvoVoiceDate("01/03/2026")).toBeNull();
  const { fields, facts, problems } = snapshotOf(
    endedRow({ dateCreated: `/Date(${CREATED})/`, dateCompleted: "0001-01-01T00:00:00" }),
  );
  expect([fields.dateCreated, facts.endedAt, problems]).toEqual([CREATED, null, []]);
});
