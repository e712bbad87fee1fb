/**
 * Whatever is learnt of sessions, in whichever order, and whatever is deleted: the graph's figures are those of the rows.
 * Asked twice, with percentiles (from the rows) and without (from what is kept ready).
 */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SessionSnapshot } from "../../src/model/index.js";
import { CHANNELS, DIRECTIONS, phaseOf, SESSION_PHASES, SESSION_STATES } from "../../src/model/index.js";
import { DATABASES } from "../support/databases.js";
import { facts, transfer } from "../support/snapshots.js";
import { figuresOf, plainRows, type PlainArgs } from "./support/figures.js";
import { LEAN, startStatsWorld, type StatsWorld } from "./support/world.js";

const ROLLUPS = ["session_quarters", "session_hours"];
const CONNECTIONS = ["speko", "plivo", "evo"] as const;
const ZONES = [
  ...["UTC", "Europe/Berlin", "America/St_Johns", "Asia/Kathmandu", "Australia/Lord_Howe"],
  ...["America/New_York", "Pacific/Chatham"],
];
const MINUTE = 60_000;
/** Clocks were put back in New York in these days, and in Berlin a week before. */
const FROM = Date.UTC(2025, 9, 25);
const UNTIL = Date.UTC(2025, 10, 4);

const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value);
const moment = fc.oneof(
  fc.integer({ min: FROM, max: UNTIL }),
  fc
    .integer({ min: FROM / (15 * MINUTE), max: UNTIL / (15 * MINUTE) })
    .map((quarter) => quarter * 15 * MINUTE),
);
const amount = fc.oneof(
  fc.constantFrom("0", "0.0250", "1", "-0.5", "-12.34", "99999.99999999", "0.00000001"),
  fc.integer({ min: -1_000_000, max: 1_000_000 }).map((micro) => String(micro / 1_000)),
  fc.constantFrom("0.000000001", "123456.5", "123456789012345678901234567890.1"),
);
const report = fc.constantFrom("sold", "lost", null).map((outcome) => ({
  ...{ origin: "PROVIDER" as const, summary: "…", outcome, structuredData: null, cost: null },
  ...{ costMicroUsd: null, costBreakdown: [], analysisStatus: null, postCallWebhookStatus: null },
  ...{ scheduledCallback: null, organizationId: null, metadata: null, createdAt: null, updatedAt: null },
  fields: {},
}));

const look: fc.Arbitrary<Partial<SessionSnapshot>> = fc
  .record({
    facts: fc.record({
      channel: fc.constantFrom(...CHANNELS),
      direction: fc.constantFrom(...DIRECTIONS),
      state: fc.constantFrom(...SESSION_STATES),
      startedAt: maybe(moment),
      answeredAt: maybe(moment),
      updatedAt: maybe(moment),
      durationSeconds: maybe(
        fc.oneof(
          fc.integer({ min: 0, max: 20 }),
          fc.double({ min: 0, max: 20, noNaN: true }),
          fc.constantFrom(0.0005, 1e9, 1e300, -1),
        ),
      ),
      cost: maybe(fc.record({ amount, currency: fc.constantFrom("USD", "EUR") })),
    }),
    transfers: fc.array(
      fc.constantFrom("a", "b", "c").map((key) => transfer(key)),
      { maxLength: 2 },
    ),
    report: maybe(report),
    observedAt: fc.integer({ min: 1, max: 9 }),
  })
  .map(({ facts: given, transfers, report: written, observedAt }) => ({
    observedAt,
    facts: facts({ ...given, phase: phaseOf(given.state) }),
    ...(transfers.length > 0 && { transfers }),
    ...(written !== null && { report: written }),
  }));

const id = fc.integer({ min: 0, max: 9 }).map((number) => `s${number}`);
const connection = fc.constantFrom(...CONNECTIONS);
type Step =
  | { kind: "take"; connection: string; looks: Record<string, Partial<SessionSnapshot>> }
  | { kind: "delete"; connection: string; id: string };
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant("take" as const), connection, looks: fc.dictionary(id, look, { maxKeys: 6 }) }) }, // prettier-ignore
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("delete" as const), connection, id }) },
);

const time = moment.map((at) => new Date(at).toISOString());
const some = (values: readonly string[]) => fc.subarray([...values], { minLength: 1 });
const anyConditions = {
  connections: some(CONNECTIONS),
  providers: some(["SPEKO", "PLIVO"]),
  phases: some(SESSION_PHASES),
  states: some(SESSION_STATES),
  channels: some(CHANNELS),
  directions: some(DIRECTIONS),
  startedAfter: time,
  startedBefore: time,
};
const rowConditions = {
  updatedAfter: time,
  hasTransfer: fc.boolean(),
  minDurationSeconds: fc.integer({ min: 0, max: 20 }),
};
const filter = fc.oneof(
  { weight: 3, arbitrary: fc.record(anyConditions, { requiredKeys: [] }) },
  { weight: 2, arbitrary: fc.record({ startedAfter: time, startedBefore: time }) },
  { weight: 1, arbitrary: fc.record({ ...anyConditions, ...rowConditions }, { requiredKeys: [] }) },
  { weight: 1, arbitrary: fc.constant({}) },
);
const DIMENSIONS = ["PROVIDER", "CONNECTION", "STATE", "CHANNEL", "DIRECTION", "OUTCOME"];
const args: fc.Arbitrary<PlainArgs> = fc.record({
  filter,
  groupBy: fc.oneof(fc.shuffledSubarray(DIMENSIONS), fc.shuffledSubarray(DIMENSIONS, { maxLength: 1 })),
  bucket: fc.constantFrom("HOUR", "DAY", "WEEK", "MONTH", undefined),
  timeZone: fc.constantFrom(...ZONES),
});

describe.each(DATABASES)("figures on $name", (kind) => {
  let world: StatsWorld;
  beforeAll(async () => {
    world = await startStatsWorld(kind);
  }, 60_000);
  afterAll(() => world[Symbol.asyncDispose]());

  it("are those of the rows, whatever happened to them", async () => {
    const { database } = world;
    const scenario = fc.tuple(
      fc.array(step, { minLength: 1, maxLength: 8 }),
      fc.array(args, { minLength: 6, maxLength: 6 }),
    );
    await fc.assert(
      fc.asyncProperty(scenario, async ([steps, questions]) => {
        await database.all("DELETE FROM sessions", []);
        for (const table of ROLLUPS) expect(await database.all(`SELECT * FROM ${table}`, [])).toEqual([]);
        for (const one of steps) {
          if (one.kind === "take") await world.take(one.connection, one.looks);
          else await database.all("DELETE FROM sessions WHERE connection = ? AND provider_key = ?", [one.connection, one.id]); // prettier-ignore
        }
        const rows = await plainRows(database);
        for (const question of questions) {
          const expected = figuresOf(rows, question);
          expect(await world.figures(question)).toEqual(expected);
          const lean = expected.map(({ p50DurationSeconds: _, p95DurationSeconds: __, ...rest }) => rest);
          expect(await world.figures(question, LEAN)).toEqual(lean);
        }
        for (const table of ROLLUPS)
          expect(await database.all(`SELECT * FROM ${table} WHERE sessions < 1`, [])).toEqual([]);
      }),
      { numRuns: 60 },
    );
  }, 120_000);

  it("come from the rollup where it can tell, and else from the rows", async () => {
    const { database } = world;
    await database.all("DELETE FROM sessions", []);
    await world.take("speko", { one: { facts: facts({ startedAt: FROM, durationSeconds: 3 }) } });
    for (const table of ROLLUPS) await database.all(`UPDATE ${table} SET sessions = sessions + 1000`, []);
    const count = async (question: PlainArgs, fields = LEAN) =>
      (await world.figures(question, fields)).map((group) => group.count);
    const day = { startedAfter: "2025-10-24T23:07:00Z", startedBefore: "2025-10-25T22:01:00Z" };
    const ready: PlainArgs[] = [
      {},
      { groupBy: ["PROVIDER"], bucket: "DAY", timeZone: "Asia/Kathmandu" },
      {
        groupBy: ["STATE", "CHANNEL", "DIRECTION", "CONNECTION"],
        filter: { ...day, states: ["IN_PROGRESS"] },
      },
    ];
    for (const question of ready) {
      expect(await count(question)).toEqual([1001]);
      expect(await count(question, `${LEAN} p95DurationSeconds`)).toEqual([1]);
    }
    expect(await count({ groupBy: ["OUTCOME"] })).toEqual([1]);
    expect(await count({ filter: { minDurationSeconds: 1 } })).toEqual([1]);
    // Within one quarter of an hour there is no whole one.
    const within = { startedAfter: "2025-10-24T23:59:00Z", startedBefore: "2025-10-25T00:01:00Z" };
    expect(await count({ filter: within })).toEqual([1]);
  });
});
