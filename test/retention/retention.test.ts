import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createIngest } from "../../src/ingest/create-ingest.js";
import type { Ingest } from "../../src/ingest/ingest.js";
import type { SessionPhase, SessionSnapshot } from "../../src/model/index.js";
import { createRetention } from "../../src/retention/create-retention.js";
import { createRetentionPolicy, type RetentionSettings } from "../../src/retention/policy.js";
import { createStore } from "../../src/store/create-store.js";
import { openDatabase } from "../../src/store/open-database.js";
import type { Database } from "../../src/store/sql.js";
import type { CommandRow, Store } from "../../src/store/store.js";
import { createCaptureLogger } from "../support/capture-logger.js";
import { DATABASES } from "../support/databases.js";
import { facts, member, party, snapshot, transfer } from "../support/snapshots.js";

const DAY = 24 * 60 * 60 * 1000;
const HOUR = 60 * 60 * 1000;
const NOW = 1_000 * DAY;
const KEPT: RetentionSettings = {
  retentionDays: null,
  rawRetentionDays: null,
  changeRetentionHours: 24 * 366,
  commandRetentionDays: 36_500,
  connections: [{ name: "one" }, { name: "two" }],
};
const CHILDREN = [
  ...["session_payloads", "session_addresses", "members", "interactions", "legs", "transfers"],
  ...["transcript_entries", "reports", "recordings", "events"],
];

/** A session with something in every table, that ended this many days ago. */
function full(id: string, daysAgo: number, phase: SessionPhase = "ENDED"): SessionSnapshot {
  const endedAt = phase === "ENDED" ? NOW - daysAgo * DAY : null;
  return snapshot(id, {
    facts: facts({
      phase,
      state: phase === "ENDED" ? "COMPLETED" : "IN_PROGRESS",
      from: party("+12025550134", "+12025550134"),
      startedAt: NOW - daysAgo * DAY - 60_000,
      endedAt,
    }),
    raw: { id },
    members: [member("caller")],
    interactions: [
      {
        ...{ key: "i", index: 0, type: null, startedAt: null, endedAt: null, durationSeconds: null },
        ...{ billedSeconds: null, cost: null, callCount: null, recordingKey: null, fields: {} },
        legs: [
          {
            ...{ role: "CALLER", party: party("100"), status: null, trunk: null, resourceUrl: null },
            ...{ startedAt: null, answeredAt: null, endedAt: null, talkSeconds: null },
          },
        ],
      },
    ],
    transfers: [transfer("t", { transferTo: "1002" })],
    transcript: [
      {
        ...{ index: 0, providerId: null, source: "USER", text: "hello", startedAt: null, endedAt: null },
        ...{ provider: null, model: null, metadata: null, fields: {} },
      },
    ],
    report: {
      ...{ origin: "PROVIDER", summary: "short", outcome: null, structuredData: null, cost: null },
      ...{ costMicroUsd: null, costBreakdown: [], analysisStatus: null, postCallWebhookStatus: null },
      ...{ scheduledCallback: null, organizationId: null, metadata: null, createdAt: null, updatedAt: null },
      fields: {},
    },
    recordings: [{ key: "r", status: null, format: null, durationSeconds: null, locator: {}, fields: {} }],
    events: [
      {
        ...{ key: "e", providerId: null, at: 1, type: "x", source: null, message: "m", organizationId: null },
        ...{ createdAt: null, status: null, failureCause: null, sipStatusCode: null, sipStatus: null },
        payload: null,
      },
    ],
    sections: ["members", "interactions", "transfers", "transcript", "report", "recordings", "events"],
  });
}

describe.each(DATABASES)("retention on $name", (kind) => {
  let database: Database;
  let store: Store;
  let ingest: Ingest;
  let drop: () => Promise<void>;
  let clock: number;

  beforeEach(async () => {
    const created = await kind.create();
    drop = created.drop;
    database = await openDatabase(created.url);
    store = createStore(database);
    clock = NOW;
    ingest = createIngest(database, { now: () => clock });
  });
  afterEach(async () => {
    await store.close();
    await drop();
  });

  const keep = (settings: Partial<RetentionSettings>, now = () => NOW) => {
    const { log, lines } = createCaptureLogger();
    const retention = createRetention({
      store,
      policy: createRetentionPolicy({ ...KEPT, ...settings }),
      connections: ["one", "two"],
      log,
      now,
    });
    return { retention, lines };
  };
  const ids = async () => {
    const rows = await database.all("SELECT connection, provider_id FROM sessions ORDER BY 1, 2", []);
    return rows.map((row) => `${String(row["connection"])}/${String(row["provider_id"])}`);
  };
  const count = async (table: string) =>
    Number((await database.all(`SELECT count(*) AS count FROM ${table}`, []))[0]?.["count"]);

  it("keeps everything for ever unless it is told otherwise, but for the logs", async () => {
    await ingest.ingest("one", [full("old", 900)]);
    const { retention, lines } = keep({ changeRetentionHours: 24, commandRetentionDays: 90 });
    expect(await retention.runOnce()).toEqual({
      sessions: 0,
      payloads: 0,
      changes: 0,
      commands: 0,
      deliveries: 0,
      pages: 0,
    });
    expect(lines).toEqual([]);
    expect(await ids()).toEqual(["one/old"]);
  });

  it("removes what ended too long ago with everything that hangs off it, per connection, in several steps", async () => {
    const old = Array.from({ length: 60 }, (_, index) => full(`old${index}`, 31));
    await ingest.ingest("one", [...old, full("young", 29), full("endless", 400, "LIVE")]);
    await ingest.ingest("two", [full("old", 900)]);
    const { retention, lines } = keep({
      retentionDays: 30,
      connections: [{ name: "one" }, { name: "two", retentionDays: null }],
    });
    expect(await retention.runOnce()).toMatchObject({ sessions: 60 });
    expect(await ids()).toEqual(["one/endless", "one/young", "two/old"]);
    for (const table of CHILDREN) {
      const orphans = await database.all(
        `SELECT 1 FROM ${table} WHERE session_key NOT IN (SELECT key FROM sessions)`,
        [],
      );
      expect({ table, orphans: orphans.length, left: (await count(table)) > 0 }).toEqual({
        table,
        orphans: 0,
        left: true,
      });
    }
    expect(lines).toMatchObject([{ level: "info", fields: { sessions: 60 }, message: "retention removed" }]);
  });

  it("goes by the beginning, or by when it was last seen, where no end is known", async () => {
    const ended = (id: string, given: object, observedAt: number) =>
      snapshot(id, { facts: facts({ phase: "ENDED", state: "UNKNOWN", ...given }), observedAt });
    await ingest.ingest("one", [
      ended("began", { startedAt: NOW - 31 * DAY }, NOW),
      ended("seen", {}, NOW - 31 * DAY),
      ended("seen lately", {}, NOW - 29 * DAY),
      // A call of two days: it began long ago, and ended within the time.
      ended("long", { startedAt: NOW - 31 * DAY, endedAt: NOW - 29 * DAY }, NOW),
    ]);
    await keep({ retentionDays: 30 }).retention.runOnce();
    expect(await ids()).toEqual(["one/long", "one/seen lately"]);
  });

  it("lets go of payloads sooner than of sessions, and does not take the same payload in again", async () => {
    const snapshots = [full("old", 8), full("young", 6), full("endless", 9, "LIVE")];
    await ingest.ingest("one", snapshots);
    await ingest.ingest("two", [full("old", 8)]);
    const { retention } = keep({
      rawRetentionDays: 7,
      connections: [{ name: "one" }, { name: "two", rawRetentionDays: null }],
    });
    expect(await retention.runOnce()).toMatchObject({ sessions: 0, payloads: 1 });
    await ingest.ingest("one", snapshots);
    expect(await count("session_payloads")).toBe(3);
    const [row] = await store.sessions.byRefs([{ connection: "one", providerKey: "old" }], "all");
    expect(await store.sessions.rawByKeys([row?.key ?? 0])).toEqual(new Map());
  });

  it("cuts the change log by the hour, and leaves the newest row so that cursors stay comparable", async () => {
    clock = NOW - 25 * HOUR;
    await ingest.ingest("one", [full("a", 2), full("b", 2)]);
    clock = NOW - 23 * HOUR;
    await ingest.ingest("one", [full("c", 2)]);
    expect(await keep({ changeRetentionHours: 24 }).retention.runOnce()).toMatchObject({ changes: 2 });
    const last = await store.changes.last();
    const later = keep({ changeRetentionHours: 24 }, () => NOW + 90 * DAY);
    expect(await later.retention.runOnce()).toMatchObject({ changes: 0 });
    expect(await store.changes.last()).toBe(last);
  });

  it("forgets old commands, and never one that is pending", async () => {
    const begin = async (id: string, createdAt: number, end?: Partial<CommandRow>) => {
      await store.commands.begin({
        ...{ id, connection: "one", principal: "p", name: "n", inputHash: "h", idempotencyKey: id },
        ...{ providerKey: "a", providerId: "a", createdAt },
      });
      const ending = {
        error: null,
        answer: null,
        providerKey: null,
        providerId: null,
        finishedAt: createdAt,
      };
      if (end) await store.commands.finish(id, { ...ending, outcome: "SUCCEEDED", ...end });
    };
    await begin("old", NOW - 91 * DAY, {});
    await begin("unknown", NOW - 91 * DAY, { outcome: "UNKNOWN" });
    await begin("finished late", NOW - 91 * DAY, { finishedAt: NOW - 89 * DAY });
    await begin("pending", NOW - 900 * DAY);
    expect(await keep({ commandRetentionDays: 90 }).retention.runOnce()).toMatchObject({ commands: 2 });
    const rows = await database.all("SELECT id FROM commands ORDER BY id", []);
    expect(rows.map((row) => row["id"])).toEqual(["finished late", "pending"]);
  });

  it("lets others write between its steps", async () => {
    await ingest.ingest(
      "one",
      Array.from({ length: 100 }, (_, index) => full(`old${index}`, 31)),
    );
    const { retention } = keep({ retentionDays: 30 });
    const round = retention.runOnce();
    let stillOld = 0;
    // Each of these comes between two steps; the round is not over when the first is through.
    await ingest.ingest("one", [full("new", 1)]);
    stillOld = await count("sessions");
    await round;
    expect(stillOld).toBeGreaterThan(1);
    expect(await ids()).toEqual(["one/new"]);
  });

  it("stops after the step in hand", async () => {
    await ingest.ingest(
      "one",
      Array.from({ length: 100 }, (_, index) => full(`old${index}`, 31)),
    );
    const { retention } = keep({ retentionDays: 30 });
    retention.start();
    await expect.poll(() => count("sessions"), { interval: 1 }).toBeLessThan(100);
    await retention.stop();
    const left = await count("sessions");
    expect(left % 25).toBe(0);
    expect(left).toBeGreaterThan(0);
  });
});

describe("a SQLite file that retention has emptied", () => {
  it("gives room back to the disk, and keeps a tenth of it for what comes next", async () => {
    const sqlite = DATABASES.find(({ name }) => name === "sqlite");
    const { url, drop } = (await sqlite?.create()) ?? { url: "", drop: () => Promise.resolve() };
    const database = await openDatabase(url);
    const store = createStore(database);
    try {
      const page = async (name: string) =>
        Number(Object.values((await database.all(`PRAGMA ${name}`, []))[0] ?? {})[0]);
      const ingest = createIngest(database, { now: () => NOW });
      for (let index = 0; index < 400; index += 1) {
        const session = full(`old${index}`, 31);
        await ingest.ingest("one", [{ ...session, raw: { filler: "x".repeat(20_000) } }]);
      }
      const before = await page("page_count");
      const retention = createRetention({
        store,
        policy: createRetentionPolicy({ ...KEPT, retentionDays: 30 }),
        connections: ["one"],
        log: createCaptureLogger().log,
        now: () => NOW,
      });
      const { pages } = await retention.runOnce();
      expect(pages).toBeGreaterThan(before / 2);
      // Pages that say where the others are go as well.
      expect(await page("page_count")).toBeLessThanOrEqual(before - pages);
      expect(await page("freelist_count")).toBeGreaterThan(0);
    } finally {
      await store.close();
      await drop();
    }
  });
});
