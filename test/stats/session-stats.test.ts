/** `sessionStats` over HTTP: dimensions, buckets on the clocks of zones, filters, rights, and what it refuses. */
import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { down as withoutStatistics } from "../../src/store/migrations/0004-statistics.js";
import { openDatabase } from "../../src/store/open-database.js";
import { DATABASES } from "../support/databases.js";
import { facts, party, transfer } from "../support/snapshots.js";
import { figuresOf, plainRows, type PlainArgs } from "./support/figures.js";
import { startStatsWorld, WHOLE, type StatsWorld } from "./support/world.js";

const at = (text: string) => Date.parse(text);
const started = (...times: string[]) =>
  Object.fromEntries(times.map((time) => [time, { facts: facts({ startedAt: at(time) }) }]));
const report = (outcome: string) => ({
  ...{ origin: "PROVIDER" as const, summary: "They spoke", outcome, structuredData: null, cost: null },
  ...{ costMicroUsd: null, costBreakdown: [], analysisStatus: null, postCallWebhookStatus: null },
  ...{ scheduledCallback: null, organizationId: null, metadata: null, createdAt: null, updatedAt: null },
  fields: {},
});

const sha256 = (key: string) => createHash("sha256").update(key).digest("hex");
const KEYS = [
  { name: "all", sha256: sha256("k-all"), scopes: ["sessions:read", "transcripts:read"], connections: ["*"] },
  { name: "figures only", sha256: sha256("k-list"), scopes: ["sessions:read"], connections: ["*"] },
  { name: "plivo", sha256: sha256("k-plivo"), scopes: ["sessions:read"], connections: ["plivo"] },
];
const as = (key: string) => ({ authorization: `Bearer ${key}` });

describe.each(DATABASES)("sessionStats on $name", (kind) => {
  let world: StatsWorld;
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "switchboard-keys-"));
    const file = join(folder, "keys.json");
    await writeFile(file, JSON.stringify(KEYS));
    world = await startStatsWorld(kind, {
      SWITCHBOARD_AUTH: "required",
      SWITCHBOARD_API_KEYS_FILE: file,
    });
  }, 60_000);
  afterAll(async () => {
    await world[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });
  beforeEach(() => world.database.all("DELETE FROM sessions", []));

  async function figures(args: PlainArgs, key = "k-all", fields = WHOLE) {
    const { data, errors } = await world.ask(args, fields, as(key));
    expect(errors).toEqual([]);
    return data?.sessionStats ?? [];
  }
  const stretches = async (args: PlainArgs) =>
    (await figures(args)).map(({ from, to, count }) => [from, to, count]);

  /** Four sessions that differ in every dimension. */
  async function takeFour(): Promise<void> {
    await world.take("speko", {
      one: {
        facts: facts({
          ...{ phase: "ENDED", state: "COMPLETED", startedAt: at("2026-03-01T10:15:00Z"), title: "Ada" },
          ...{ answeredAt: at("2026-03-01T10:15:09Z"), durationSeconds: 60.5, from: party("+12025550100", "+12025550100") },
          ...{ cost: { amount: "0.1", currency: "USD" }, updatedAt: at("2026-03-01T10:17:00Z") },
        }), // prettier-ignore
        ...{ report: report("sold"), transfers: [transfer("a"), transfer("b")] },
        fields: { queueState: "gpt" },
      },
      two: {
        facts: facts({
          ...{
            phase: "ENDED",
            state: "COMPLETED",
            startedAt: at("2026-03-02T10:15:00Z"),
            durationSeconds: 30,
          },
          ...{ cost: { amount: "0.2", currency: "USD" }, answeredAt: at("2026-03-02T10:15:09Z") },
        }),
        report: report("lost"),
      },
    });
    await world.take("plivo", {
      three: { facts: facts({ direction: "OUTBOUND", cost: { amount: "1.05", currency: "EUR" } }) },
    });
    await world.take("evo", {
      four: { facts: facts({ channel: "FAX", phase: "ENDED", state: "FAILED", durationSeconds: 2 }) },
    });
  }

  it("adds up everything: exact money, known durations, answers and transfers", async () => {
    await takeFour();
    expect(await figures({})).toEqual([
      {
        ...{ key: {}, from: null, to: null, count: 4, liveCount: 1, answeredCount: 2 },
        ...{ totalDurationSeconds: 92.5, averageDurationSeconds: 92.5 / 3, transferCount: 2 },
        ...{ p50DurationSeconds: 30, p95DurationSeconds: 60.5 },
        cost: [
          { amount: "1.05", currency: "EUR" },
          { amount: "0.3", currency: "USD" },
        ],
      },
    ]);
  });

  it.each([
    ["PROVIDER", { EVO_VOICE: 1, PLIVO: 1, SPEKO: 2 }],
    ["CONNECTION", { evo: 1, plivo: 1, speko: 2 }],
    ["STATE", { COMPLETED: 2, FAILED: 1, IN_PROGRESS: 1 }],
    ["CHANNEL", { FAX: 1, VOICE: 3 }],
    ["DIRECTION", { INBOUND: 3, OUTBOUND: 1 }],
    ["OUTCOME", { lost: 1, sold: 1, null: 2 }],
  ])("tells sessions apart by %s, in order", async (dimension, expected) => {
    await takeFour();
    const groups = await figures({ groupBy: [dimension] });
    expect(groups.map(({ key, count }) => [String(key[dimension]), count])).toEqual(Object.entries(expected));
  });

  it("names the dimensions in the order asked, each once", async () => {
    await takeFour();
    const [first] = await figures({ groupBy: ["STATE", "PROVIDER", "STATE"] });
    expect(Object.entries(first?.key ?? {})).toEqual([
      ["STATE", "COMPLETED"],
      ["PROVIDER", "SPEKO"],
    ]);
  });

  it("takes every filter that the list takes, and counts the same sessions", async () => {
    await takeFour();
    const list = `query ($filter: SessionFilter) { sessions(filter: $filter) { totalCount nodes { id } } sessionStats(filter: $filter) { count } }`;
    const every = await world.query<{ sessions: { nodes: { id: string }[] } }>(list, {}, as("k-all"));
    const ids = every.data?.sessions.nodes.slice(0, 2).map(({ id }) => id);
    const filters: [object, number][] = [
      [{ ids }, 2],
      [{ providers: ["SPEKO"] }, 2],
      [{ connections: ["speko", "evo"] }, 3],
      [{ phases: ["ENDED"] }, 3],
      [{ states: ["FAILED", "COMPLETED"] }, 3],
      [{ channels: ["FAX"] }, 1],
      [{ directions: ["OUTBOUND"] }, 1],
      [{ address: "(202) 555-0100" }, 1],
      [{ startedAfter: "2026-03-02T00:00:00Z" }, 1],
      [{ startedBefore: "2026-03-02T00:00:00Z" }, 1],
      [{ startedAfter: "2026-03-01T10:15:00Z", startedBefore: "2026-03-02T10:15:00.001Z" }, 2],
      [{ startedAfter: "2026-03-01T10:15:00.001Z", startedBefore: "2026-03-02T10:15:00Z" }, 0],
      [{ updatedAfter: "2026-03-01T00:00:00Z" }, 1],
      [{ hasTransfer: true }, 1],
      [{ hasTranscript: false }, 4],
      [{ minDurationSeconds: 30 }, 2],
      [{ text: "ada" }, 1],
      [{ providerFields: { queueState: "gpt" } }, 1],
      [{ states: [] }, 0],
    ];
    for (const [filter, count] of filters) {
      const { data } = await world.query(list, { filter }, as("k-all"));
      expect([filter, data]).toMatchObject([
        filter,
        { sessions: { totalCount: count }, sessionStats: [{ count }] },
      ]);
    }
  });

  describe("buckets", () => {
    it("hours, days, weeks from Monday and months, in UTC unless a zone is named", async () => {
      await world.take(
        "speko",
        started("2026-02-28T23:59:59.999Z", "2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z"),
      );
      expect(await stretches({ bucket: "DAY" })).toEqual([
        ["2026-02-28T00:00:00.000Z", "2026-03-01T00:00:00.000Z", 1],
        ["2026-03-01T00:00:00.000Z", "2026-03-02T00:00:00.000Z", 1],
        ["2026-03-02T00:00:00.000Z", "2026-03-03T00:00:00.000Z", 1],
      ]);
      expect((await stretches({ bucket: "HOUR" }))[0]).toEqual(["2026-02-28T23:00:00.000Z", "2026-03-01T00:00:00.000Z", 1]); // prettier-ignore
      expect(await stretches({ bucket: "WEEK" })).toEqual([
        ["2026-02-23T00:00:00.000Z", "2026-03-02T00:00:00.000Z", 2],
        ["2026-03-02T00:00:00.000Z", "2026-03-09T00:00:00.000Z", 1],
      ]);
      expect(await stretches({ bucket: "MONTH" })).toEqual([
        ["2026-02-01T00:00:00.000Z", "2026-03-01T00:00:00.000Z", 1],
        ["2026-03-01T00:00:00.000Z", "2026-04-01T00:00:00.000Z", 2],
      ]);
      expect(await stretches({ bucket: "DAY", timeZone: "America/New_York" })).toEqual([
        ["2026-02-28T05:00:00.000Z", "2026-03-01T05:00:00.000Z", 2],
        ["2026-03-01T05:00:00.000Z", "2026-03-02T05:00:00.000Z", 1],
      ]);
    });

    it("the hour that clocks show twice is two, and its day has 25", async () => {
      await world.take(
        "speko",
        started("2025-10-26T00:30:00Z", "2025-10-26T01:30:00Z", "2025-10-26T22:59:59Z"),
      );
      const timeZone = "Europe/Berlin";
      expect((await stretches({ bucket: "HOUR", timeZone })).slice(0, 2)).toEqual([
        ["2025-10-26T00:00:00.000Z", "2025-10-26T01:00:00.000Z", 1],
        ["2025-10-26T01:00:00.000Z", "2025-10-26T02:00:00.000Z", 1],
      ]);
      expect(await stretches({ bucket: "DAY", timeZone })).toEqual([
        ["2025-10-25T22:00:00.000Z", "2025-10-26T23:00:00.000Z", 3],
      ]);
      expect(await stretches({ bucket: "MONTH", timeZone })).toEqual([
        ["2025-09-30T22:00:00.000Z", "2025-10-31T23:00:00.000Z", 3],
      ]);
    });

    it.each([
      ["clocks put forward", "Europe/Berlin", "2026-03-29T00:30:00Z", "2026-03-28T23:00:00.000Z", "2026-03-29T22:00:00.000Z"],
      ["midnight left out", "Africa/Cairo", "2026-04-24T05:00:00Z", "2026-04-23T22:00:00.000Z", "2026-04-24T21:00:00.000Z"],
      ["half an hour put back", "Australia/Lord_Howe", "2026-04-04T15:10:00Z", "2026-04-04T13:00:00.000Z", "2026-04-05T13:30:00.000Z"],
      ["three quarters of an hour", "Asia/Kathmandu", "2026-01-01T18:14:59Z", "2025-12-31T18:15:00.000Z", "2026-01-01T18:15:00.000Z"],
      ["no quarters at all", "Africa/Monrovia", "1971-06-01T00:44:29Z", "1971-05-31T00:44:30.000Z", "1971-06-01T00:44:30.000Z"],
      ["a day that never was", "Pacific/Apia", "2011-12-30T09:00:00Z", "2011-12-29T10:00:00.000Z", "2011-12-30T10:00:00.000Z"],
      ["before clocks are followed", "Europe/Berlin", "1965-07-01T00:30:00Z", "1965-06-30T23:00:00.000Z", "1965-07-01T23:00:00.000Z"],
    ])("a day with %s: %s", async (_title, timeZone, time, from, to) => {
      await world.take("speko", started(time));
      expect(await stretches({ bucket: "DAY", timeZone })).toEqual([[from, to, 1]]);
    }); // prettier-ignore

    it("an hour that clocks cut short ends where they are moved", async () => {
      await world.take(
        "speko",
        started("2026-04-04T14:59:00Z", "2026-04-04T15:10:00Z", "2026-04-04T15:40:00Z"),
      );
      expect(await stretches({ bucket: "HOUR", timeZone: "Australia/Lord_Howe" })).toEqual([
        ["2026-04-04T14:00:00.000Z", "2026-04-04T15:00:00.000Z", 1],
        ["2026-04-04T15:00:00.000Z", "2026-04-04T15:30:00.000Z", 1],
        ["2026-04-04T15:30:00.000Z", "2026-04-04T16:30:00.000Z", 1],
      ]);
    });

    it("sessions of which no start is known come last, without a stretch", async () => {
      await takeFour();
      const groups = await stretches({ bucket: "MONTH" });
      expect(groups).toEqual([
        ["2026-03-01T00:00:00.000Z", "2026-04-01T00:00:00.000Z", 2],
        [null, null, 2],
      ]);
    });
  });

  it("without sessions: one empty group when not told apart, else none", async () => {
    expect(await figures({})).toEqual(figuresOf([], {}));
    expect(await figures({ groupBy: ["PROVIDER"] })).toEqual([]);
    expect(await figures({ bucket: "DAY" })).toEqual([]);
  });

  it("counts only what the principal may see", async () => {
    await takeFour();
    expect(await figures({ groupBy: ["CONNECTION"] }, "k-plivo")).toMatchObject([
      { key: { CONNECTION: "plivo" }, count: 1 },
    ]);
    expect(await figures({ filter: { connections: ["speko"] } }, "k-plivo")).toMatchObject([{ count: 0 }]);
    expect(await figures({}, "k-plivo", "count")).toEqual([{ count: 1 }]);
  });

  it("tells outcomes only to those who may read reports", async () => {
    await takeFour();
    const { data, errors } = await world.ask({ groupBy: ["STATE", "OUTCOME"] }, WHOLE, as("k-list"));
    expect(data).toBeNull();
    expect(errors[0]).toMatchObject({ path: ["sessionStats"], extensions: { code: "FORBIDDEN", scope: "transcripts:read" } }); // prettier-ignore
    expect(await figures({ groupBy: ["STATE"] }, "k-list")).toHaveLength(3);
  });

  it.each(["Mars/Phobos", "+05:30", "", "Europe/Berlin' OR 1=1"])("refuses the zone %j", async (timeZone) => {
    const { errors } = await world.ask({ bucket: "DAY", timeZone }, WHOLE, as("k-all"));
    expect(errors[0]).toMatchObject({ extensions: { code: "BAD_USER_INPUT", inputPath: ["timeZone"] } });
    expect(errors[0]?.message).toMatch(/timeZone: expected a zone of the IANA database/);
  });

  it("takes null for every argument", async () => {
    await takeFour();
    const query = `{ sessionStats(filter: null, groupBy: null, bucket: null, timeZone: null) { count } }`;
    expect(await world.query(query, {}, as("k-all"))).toMatchObject({
      data: { sessionStats: [{ count: 4 }] },
    });
  });

  it("refuses filters by name, and more than 10,000 groups", async () => {
    const { errors } = await world.ask({ filter: { minDurationSeconds: -1 } }, WHOLE, as("k-all"));
    expect(errors[0]?.message).toMatch(/filter.minDurationSeconds/);
    await world.database.all(
      `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
       INSERT INTO sessions (tie, connection, provider, provider_id, provider_key, channel, direction, phase, state,
         started_at, fields, sections, problems, fetched_at, source, has_transfer, has_transcript)
       SELECT 't' || i, 'plivo', 'PLIVO', i, i, 'VOICE', 'INBOUND', 'ENDED', 'COMPLETED', CAST(i AS bigint) * 3600000,
         '{}', '{}', '[]', 1, 'LIST', 0, 0 FROM n`,
      [],
    );
    const many = await world.ask({ bucket: "HOUR" }, "count", as("k-all"));
    expect(many.errors[0]).toMatchObject({ extensions: { code: "BAD_USER_INPUT", inputPath: ["bucket"] } });
    expect(many.errors[0]?.message).toMatch(/more than 10000 groups.*longer bucket/);
    const startedAfter = "1970-01-01T00:00:00.001Z";
    expect(await figures({ bucket: "HOUR", filter: { startedAfter } }, "k-all", "count")).toHaveLength(
      10_000,
    );
  });

  it("a database from before has its figures after the migration, and keeps them exact", async () => {
    const { url, drop } = await kind.create();
    const old = await openDatabase(url);
    await withoutStatistics(old.knex);
    await old.all("DELETE FROM knex_migrations WHERE name = '0004-statistics'", []);
    await takeFour();
    const columns = "key, tie, connection, provider, provider_id, provider_key, channel, direction, phase, state, started_at, answered_at, duration_seconds, cost_amount, cost_currency, sections, problems, fetched_at, source, has_transfer, has_transcript"; // prettier-ignore
    for (const row of await world.database.all(`SELECT ${columns} FROM sessions`, []))
      await old.knex("sessions").insert({ ...row, fields: "{}" });
    for (const row of await world.database.all("SELECT * FROM transfers", []))
      await old.knex("transfers").insert(row);
    await old.close();
    const migrated = await openDatabase(url);
    for (const table of ["session_quarters", "session_hours"]) {
      const cells = (database: typeof migrated) => database.all(`SELECT * FROM ${table} ORDER BY connection, start, currency`, []); // prettier-ignore
      expect(await cells(migrated)).toEqual(await cells(world.database));
      expect(await cells(migrated)).not.toEqual([]);
    }
    expect((await plainRows(migrated)).length).toBe(4);
    await migrated.all("DELETE FROM sessions", []);
    expect(await migrated.all("SELECT * FROM session_quarters", [])).toEqual([]);
    await migrated.close();
    await drop();
  });
});
