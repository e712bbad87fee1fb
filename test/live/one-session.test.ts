/** Subscriptions to one session: the session, its transcript, its timeline; and transfers and connections. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { toGlobalId, type ReportRecord, type SessionSnapshot } from "../../src/model/index.js";
import { DATABASES } from "../support/databases.js";
import { openFreshLiveGateway, principal, type LiveGateway } from "../support/live-gateway.js";
import { event, facts, snapshot, transfer, turn } from "../support/snapshots.js";

const ID = toGlobalId("session", "speko", "call");
const SESSION = `subscription ($id: ID!, $after: String) {
  session(id: $id, after: $after) { cursor kind changed session { providerId phase report { analysisStatus } } }
}`;
const TRANSCRIPT = `subscription ($id: ID!, $afterIndex: Int = -1) {
  transcript(sessionId: $id, afterIndex: $afterIndex) { index text }
}`;
const TIMELINE = `subscription ($id: ID!) { timeline(sessionId: $id) { type source message } }`;
const TRANSFERS = `subscription ($filter: SessionFilter) {
  transfers(filter: $filter) { providerId status session { providerId } }
}`;

interface Change {
  cursor: string;
  kind: string;
  changed: string[];
}

const report = (given: Partial<ReportRecord>): ReportRecord => ({
  ...{
    origin: "PROVIDER",
    summary: null,
    outcome: null,
    structuredData: null,
    cost: null,
    costMicroUsd: null,
  },
  ...{ costBreakdown: [], analysisStatus: null, postCallWebhookStatus: null, scheduledCallback: null },
  ...{ organizationId: null, metadata: null, createdAt: null, updatedAt: null, fields: {} },
  ...given,
});

const BEGAN = Date.now() - 60_000;

describe.each(DATABASES)("one session on $name", (kind) => {
  let live: LiveGateway;

  beforeEach(async () => {
    live = await openFreshLiveGateway(kind);
  });
  afterEach(() => live[Symbol.asyncDispose]());

  // Read a moment ago, every section: no provider has to be asked.
  const look = (given: Partial<SessionSnapshot> = {}) =>
    live.ingest.ingest("speko", [
      snapshot("call", {
        observedAt: Date.now(),
        facts: facts({ startedAt: BEGAN }),
        sections: ["members", "transfers", "transcript", "report", "recordings", "events", "detail"],
        ...given,
      }),
    ]);
  const ended = (at: number) => facts({ phase: "ENDED", state: "COMPLETED", startedAt: BEGAN, endedAt: at });

  it("tells it as it is, then its changes, and completes when its report is final", async () => {
    await look();
    const client = await live.watch<Change>("session", SESSION, { id: ID });
    await client.until(({ frames }) => frames.length === 1);
    expect(live.watched).toEqual(["speko/call"]);
    await live.ingest.ingest("speko", [snapshot("another")]);
    await look({ facts: ended(Date.now()) });
    await client.until(({ frames }) => frames.length === 2);
    await look({ facts: ended(Date.now()), report: report({ analysisStatus: "HEURISTIC" }) });
    await client.until(({ frames }) => frames.some(({ changed }) => changed.includes("report")));
    expect(client.isComplete).toBe(false);
    await look({ facts: ended(Date.now()), report: report({ analysisStatus: "COMPLETED" }) });
    await client.until(({ isComplete }) => isComplete);
    expect(client.frames.map(({ kind: what }) => what).slice(0, 2)).toEqual(["SNAPSHOT", "ENDED"]);
    expect(client.errors).toEqual([]);
    expect(live.watched).toEqual([]);
    expect(live.gateway.live.channels).toBe(0);

    const late = await live.watch<Change>("session", SESSION, { id: ID });
    await late.until(({ isComplete }) => isComplete);
    expect(late.frames).toHaveLength(1);
    const resumed = await live.watch<Change>("session", SESSION, { id: ID, after: client.frames[0]?.cursor });
    await resumed.until(({ isComplete }) => isComplete);
    expect(resumed.frames.map(({ cursor }) => cursor)).toEqual(
      client.frames.slice(1).map(({ cursor }) => cursor),
    );
  });

  it("tells those who come back together what happened while they were being looked after", async () => {
    await look();
    const first = await live.watch<Change>("session", SESSION, { id: ID });
    await first.until(({ frames }) => frames.length === 1);
    const after = first.frames[0]?.cursor;
    // What the session has had since is read, and on its way, when more happens.
    const gate = Promise.withResolvers<void>();
    const { changes } = live.store;
    const read = changes.after;
    const held = Promise.withResolvers<void>();
    changes.after = async (...args) => {
      const rows = await read(...args);
      if (args[3] === undefined) return rows;
      held.resolve();
      await gate.promise;
      return rows;
    };
    const one = await live.watch<Change>("session", SESSION, { id: ID, after });
    await held.promise;
    await look({ facts: facts({ startedAt: BEGAN, title: "x" }) });
    await first.until(({ frames }) => frames.length === 2);
    const other = await live.watch<Change>("session", SESSION, { id: ID, after });
    gate.resolve();
    for (const client of [one, other]) {
      await client.until(({ frames }) => frames.length === 1);
      expect(client.frames[0]).toMatchObject({ cursor: first.frames[1]?.cursor, changed: ["title"] });
    }
  });

  it("completes one whose totals nobody analyses when they have settled", async () => {
    await look({ facts: ended(Date.now() - 9_000), report: report({ origin: "DERIVED" }) });
    const client = await live.watch<Change>("session", SESSION, { id: ID });
    await client.until(({ frames }) => frames.length === 1);
    await client.until(({ isComplete }) => isComplete);
  });

  it("completes one that is erased while it goes on", async () => {
    await look();
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      const client = await live.watch<Change>("session", SESSION, { id: ID });
      await client.until(({ frames }) => frames.length === 1);
      const [stored] = await live.store.sessions.byRefs(
        [{ connection: "speko", providerKey: "call" }],
        "all",
      );
      await live.store.erasure.remove([stored?.key ?? 0], Date.now());
      vi.advanceTimersByTime(60_000);
      await client.until(({ isComplete }) => isComplete);
      expect(client.errors).toEqual([]);
    } finally {
      vi.useRealTimers();
    }
  });

  it("refuses sessions that are not there or not to be seen, alike", async () => {
    await look();
    const unseen = await live.watch("session", SESSION, { id: ID }, principal({ connections: ["plivo"] }));
    expect(unseen.errors[0]?.extensions).toMatchObject({ code: "NOT_FOUND" });
    for (const id of ["nonsense", toGlobalId("session", "nowhere", "call")]) {
      const none = await live.watch("session", SESSION, { id });
      expect(none.errors[0]?.extensions).toEqual(unseen.errors[0]?.extensions);
      expect(none.errors[0]?.message).toBe(unseen.errors[0]?.message);
    }
  });

  it("tells turns from an index on, and a corrected one again", async () => {
    await look({ transcript: [turn(0, { text: "one" }), turn(1, { text: "two" })] });
    const client = await live.watch("transcript", TRANSCRIPT, { id: ID });
    const behind = await live.watch("transcript", TRANSCRIPT, { id: ID, afterIndex: 0 });
    await client.until(({ frames }) => frames.length === 2);
    await behind.until(({ frames }) => frames.length === 1);
    expect(live.gateway.live.channels).toBe(1);
    await look({ transcript: [turn(2, { text: "three" })] });
    await look({ transcript: [turn(0, { text: "one, corrected" })] });
    await client.until(({ frames }) => frames.length === 4);
    await behind.until(({ frames }) => frames.length === 3);
    const later = [
      { index: 2, text: "three" },
      { index: 0, text: "one, corrected" },
    ];
    expect(client.frames).toEqual([{ index: 0, text: "one" }, { index: 1, text: "two" }, ...later]);
    expect(behind.frames).toEqual([{ index: 1, text: "two" }, ...later]);
  });

  it("tells what has happened and what happens", async () => {
    await look({ events: [event("e1", { type: "dialled", at: Date.now() - 50_000 })] });
    const client = await live.watch<{ type: string }>("timeline", TIMELINE, { id: ID });
    await client.until(({ frames }) => frames.length === 2);
    await look({ transfers: [transfer("t1", { createdAt: BEGAN })] });
    await look({ transfers: [transfer("t1", { createdAt: BEGAN, status: "SCREENING" })] });
    await look({ events: [event("e2", { type: "muted", at: Date.now() })] });
    await look({ facts: ended(Date.now()) });
    await client.until(({ frames }) => frames.some(({ type }) => type === "session.ended"));
    expect(client.frames.map(({ type }) => type)).toEqual([
      ...["session.started", "dialled", "transfer.requested", "muted", "session.ended"],
    ]);
  });

  it("tells of an ended session all or nothing: what was never read and cannot be is an error", async () => {
    await look({ facts: ended(Date.now() - 3_600_000), sections: [] });
    for (const [field, query] of [
      ["transcript", TRANSCRIPT],
      ["timeline", TIMELINE],
    ] as const) {
      const client = await live.watch(field, query, { id: ID });
      expect(client.errors[0]?.extensions).toMatchObject({ code: "PROVIDER_UNAVAILABLE" });
      expect(client.frames).toEqual([]);
    }
  });

  it("tells each step of each transfer, of sessions that match", async () => {
    await look({ transfers: [transfer("t1")] });
    const client = await live.watch("transfers", TRANSFERS, { filter: { connections: ["speko"] } });
    const none = await live.watch("transfers", TRANSFERS, { filter: { channels: ["FAX"] } });
    await look({ transfers: [transfer("t1", { status: "SCREENING" })] });
    await look({ transfers: [transfer("t1", { status: "SCREENING" }), transfer("t2")] });
    await live.ingest.ingest("speko", [snapshot("new", { transfers: [transfer("t3")] })]);
    await client.until(({ frames }) => frames.length === 3);
    expect(client.frames).toEqual([
      { providerId: "t1", status: "SCREENING", session: { providerId: "call" } },
      { providerId: "t2", status: "REQUESTED", session: { providerId: "call" } },
      { providerId: "t3", status: "REQUESTED", session: { providerId: "new" } },
    ]);
    expect(none.frames).toEqual([]);
  });

  it("tells connections as they are and when they change", async () => {
    const query = "subscription { connectionChanges { name health sessionCount } }";
    const one = principal({ connections: ["plivo"] });
    const client = await live.watch("connectionChanges", query);
    const limited = await live.watch("connectionChanges", query, {}, one);
    await client.until(({ frames }) => frames.length === 2);
    await look();
    await client.until(({ frames }) => frames.length === 3);
    expect(client.frames[2]).toEqual({ name: "speko", health: "UNKNOWN", sessionCount: 1 });
    live.directory.succeeded("plivo");
    await limited.until(({ frames }) => frames.length === 2);
    expect(limited.frames).toEqual([
      { name: "plivo", health: "UNKNOWN", sessionCount: 0 },
      { name: "plivo", health: "UP", sessionCount: 0 },
    ]);
  });

  it("keeps to scopes and asks no provider for what is told", async () => {
    await look({ transcript: [turn(0, { text: "secret" })], raw: { secret: true } });
    const few = principal({ scopes: new Set(["sessions:read"]) });
    for (const [field, query] of [
      ["transcript", TRANSCRIPT],
      ["timeline", TIMELINE],
    ] as const) {
      const client = await live.watch(field, query, { id: ID }, few);
      expect(client.errors[0]?.extensions).toMatchObject({ code: "FORBIDDEN", scope: "transcripts:read" });
    }
    const nobody = await live.watch("session", SESSION, { id: ID }, principal({ scopes: new Set() }));
    expect(nobody.errors[0]?.extensions).toMatchObject({ code: "FORBIDDEN", scope: "sessions:read" });

    const query =
      "subscription ($id: ID!) { session(id: $id) { session { raw transcript { text } recordings { url } freshness { stale error { code } } } } }";
    const client = await live.watch<{ session: Record<string, unknown> }>("session", query, { id: ID }, few);
    await client.until(({ frames }) => frames.length === 1);
    expect(client.frames[0]?.session).toMatchObject({
      raw: null,
      transcript: null,
      freshness: { error: null },
    });
    expect(client.errors.map(({ extensions }) => extensions?.["code"])).toEqual(["FORBIDDEN", "FORBIDDEN"]);
    const whole = await live.watch<{ session: Record<string, unknown> }>("session", query, { id: ID });
    await whole.until(({ frames }) => frames.length === 1);
    expect(whole.frames[0]?.session).toMatchObject({
      raw: { secret: true },
      transcript: { text: "User: secret" },
    });
  });

  it("says what is wrong with an operation", async () => {
    const cases = [
      ["subscription {", "GRAPHQL_PARSE_FAILED"],
      ["subscription { nothing }", "GRAPHQL_VALIDATION_FAILED"],
      ["subscription { sessionChanges { kind } connectionChanges { name } }", "GRAPHQL_VALIDATION_FAILED"],
      ["query { viewer { name } }", "BAD_USER_INPUT"],
      ["subscription ($id: ID!) { session(id: $id) { kind } }", "BAD_USER_INPUT"],
      ['subscription { sessionChanges(filter: { text: "" }) { kind } }', "BAD_USER_INPUT"],
    ];
    for (const [query = "", code] of cases) {
      const client = await live.watch("session", query);
      expect(client.errors[0]?.extensions).toMatchObject({ code });
      expect(live.gateway.live.channels).toBe(0);
    }
  });
});
