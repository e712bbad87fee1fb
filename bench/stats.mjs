/**
 * `npm run bench:stats -- [--rows 1000000] [--postgres URL]`: sessions by provider and day over 90 days,
 * (a) from what is kept ready against (b) the bare aggregate over the rows, in one run over one database, and what the
 * upkeep costs an ingest. Ratios are the result; times are only for ordering.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createIngest } from "../dist/src/ingest/create-ingest.js";
import { zoneSegments } from "../dist/src/model/index.js";
import { createStore } from "../dist/src/store/create-store.js";
import { openDatabase } from "../dist/src/store/open-database.js";
import { createRollups, createTriggers, dropRollups, dropTriggers, fillRollups } from "../dist/src/store/stats/rollup-triggers.js"; // prettier-ignore

const { values: options } = parseArgs({
  options: { rows: { type: "string", default: "100000" }, postgres: { type: "string" } },
});
const ROWS = Number(options.rows);
const ROUNDS = 7;
const DAY = 86_400_000;
const DAYS = 90;
const END = Math.floor(Date.now() / DAY) * DAY;
const CONNECTIONS = [
  ["plivo", "PLIVO"],
  ["evo", "EVO_VOICE"],
  ["speko", "SPEKO"],
  ["portsip", "PORTSIP"],
];
const NAMES = CONNECTIONS.map(([name]) => name);
const folder = await mkdtemp(join(tmpdir(), "switchboard-bench-stats-"));
const database = await openDatabase(options.postgres ?? `sqlite:${join(folder, "bench.db")}`);
const { all, dialect } = database;
const store = createStore(database);

/** The same on every machine. */
let seed = 1;
const random = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
const pick = (...weighted) => {
  let left = random() * weighted.reduce((sum, [weight]) => sum + weight, 0);
  return weighted.find(([weight]) => (left -= weight) < 0)?.[1] ?? weighted[0][1];
};

/** A session as four providers have them: mostly over, mostly answered, some dear, some transferred. */
function session(number) {
  const [connection, provider] = CONNECTIONS[Math.floor(random() * CONNECTIONS.length)];
  const state = pick(
    [70, "COMPLETED"],
    [10, "NO_ANSWER"],
    [6, "BUSY"],
    [6, "FAILED"],
    [5, "CANCELLED"],
    [3, "MISSED"],
  );
  // In the order in which they happened, as they come to be known.
  const startedAt = END - DAYS * DAY + Math.floor(((number + random()) / ROWS) * DAYS * DAY);
  const answered = state === "COMPLETED";
  const seconds = answered ? Math.floor(-Math.log(random()) * 180_000) / 1000 : 0;
  return {
    connection,
    provider,
    providerKey: `bench-${number}`,
    facts: {
      ...{ channel: "VOICE", direction: pick([5, "INBOUND"], [4, "OUTBOUND"], [1, "INTERNAL"]) },
      ...{ phase: "ENDED", state, title: `Call ${number}`, from: party(number), to: party(number + 7) },
      ...{ startedAt, answeredAt: answered ? startedAt + 9_000 : null, endedAt: startedAt + seconds * 1000 },
      ...{ updatedAt: startedAt + seconds * 1000, durationSeconds: seconds },
      cost: answered ? { amount: String((Math.ceil(seconds / 60) * 55) / 10_000), currency: "USD" } : null,
    },
    hasTransfer: random() < 0.05,
  };
}

function party(number) {
  const address = `+1202555${String(number % 10_000).padStart(4, "0")}`;
  return { address, number: address, displayName: null };
}

/** The providers' own fields: most of a row's bytes. */
const FIELDS = Object.fromEntries(
  Array.from({ length: 20 }, (_, index) => [`field${index}`, `value ${index}`.repeat(2)]),
);

function snapshot(one) {
  return {
    ...{ provider: one.provider, providerId: one.providerKey, providerKey: one.providerKey, source: "LIST" },
    ...{ observedAt: 1, version: null, facts: one.facts, fields: FIELDS, sections: [], problems: [] },
  };
}

const COLUMNS = [
  ...[
    "tie",
    "connection",
    "provider",
    "provider_id",
    "provider_key",
    "channel",
    "direction",
    "phase",
    "state",
    "title",
  ],
  ...[
    "from_address",
    "from_number",
    "to_address",
    "to_number",
    "started_at",
    "answered_at",
    "ended_at",
    "updated_at",
  ],
  ...[
    "duration_seconds",
    "cost_amount",
    "cost_currency",
    "fields",
    "sections",
    "problems",
    "fetched_at",
    "source",
  ],
  ...["has_transfer", "has_transcript"],
];
const FIELDS_TEXT = JSON.stringify(FIELDS);

function valuesOf(one, number) {
  const { facts } = one;
  return [
    ...[
      `${number}`,
      one.connection,
      one.provider,
      one.providerKey,
      one.providerKey,
      facts.channel,
      facts.direction,
    ],
    ...[
      facts.phase,
      facts.state,
      facts.title,
      facts.from.address,
      facts.from.number,
      facts.to.address,
      facts.to.number,
    ],
    ...[facts.startedAt, facts.answeredAt, facts.endedAt, facts.updatedAt, facts.durationSeconds],
    ...[facts.cost?.amount ?? null, facts.cost?.currency ?? null, FIELDS_TEXT, "{}", "[]", 1, "LIST"],
    ...[Number(one.hasTransfer), 0],
  ];
}

/** Straight into the tables, many rows a statement; what is kept ready is made afterwards, as a migration would. */
async function fill() {
  const size = 200;
  const marks = `(${COLUMNS.map(() => "?").join(", ")})`;
  const execute = async (statements) => {
    for (const sql of statements) await database.knex.raw(sql);
  };
  await execute([...dropTriggers(dialect.name), ...dropRollups(), ...createRollups(dialect.name)]);
  for (let start = 0; start < ROWS; start += size) {
    const rows = Array.from({ length: Math.min(size, ROWS - start) }, (_, index) => session(start + index));
    await database.transaction(function* () {
      yield {
        sql: `INSERT INTO sessions (${COLUMNS.join(", ")}) VALUES ${rows.map(() => marks).join(", ")}`,
        values: rows.flatMap((one, index) => valuesOf(one, start + index)),
      };
    });
  }
  await all(
    "INSERT INTO transfers (session_key, key, position, data) SELECT key, 't', 0, '{}' FROM sessions WHERE has_transfer = 1",
    [],
  );
  const started = performance.now();
  await execute([...fillRollups(dialect.name), ...createTriggers(dialect.name)]);
  const seconds = (performance.now() - started) / 1000;
  await all(dialect.name === "sqlite" ? "ANALYZE" : "VACUUM ANALYZE", []);
  const count = async (table) => Number((await all(`SELECT count(*) AS n FROM ${table}`, []))[0].n);
  const [quarters, hours] = [await count("session_quarters"), await count("session_hours")];
  console.log(
    `${dialect.name}: ${ROWS} sessions over ${DAYS} days; ${quarters} and ${hours} cells, made in ${seconds.toFixed(1)} s`,
  );
}

/** Median milliseconds, one round of each after the other, the first one thrown away. */
async function race(runners) {
  const times = Object.fromEntries(Object.keys(runners).map((name) => [name, []]));
  for (let round = -1; round < ROUNDS; round += 1) {
    for (const [name, run] of Object.entries(runners)) {
      const start = performance.now();
      await run();
      if (round >= 0) times[name].push(performance.now() - start);
    }
  }
  return Object.fromEntries(
    Object.entries(times).map(([name, list]) => [name, list.toSorted((a, b) => a - b)[ROUNDS >> 1]]),
  );
}

const show = (medians, base) =>
  console.table(
    Object.fromEntries(
      Object.entries(medians).map(([name, ms]) => [
        name,
        { ms: ms.toFixed(1), ratio: (ms / medians[base]).toFixed(3) },
      ]),
    ),
  );

/** Looks at new sessions and then at their end, with and without the upkeep. */
async function upkeep() {
  const batches = 20;
  const times = { with: [], without: [] };
  let number = ROWS;
  for (let round = -1; round < 5; round += 1) {
    for (const which of ["with", "without"]) {
      if (which === "without") for (const sql of dropTriggers(dialect.name)) await database.knex.raw(sql);
      const ingest = createIngest(database, { now: () => 1 });
      const start = performance.now();
      for (let batch = 0; batch < batches; batch += 1) {
        const sessions = Array.from({ length: 50 }, () => session((number += 1)));
        const looks = sessions.map((one) => ({ ...snapshot(one), provider: "SPEKO" }));
        const live = looks.map((look) => ({
          ...look,
          facts: { ...look.facts, phase: "LIVE", state: "RINGING" },
        }));
        await ingest.ingest("speko", live);
        await ingest.ingest(
          "speko",
          looks.map((look) => ({ ...look, observedAt: 2 })),
        );
      }
      if (round >= 0) times[which].push(performance.now() - start);
      if (which === "without") for (const sql of createTriggers(dialect.name)) await database.knex.raw(sql);
    }
  }
  return Object.fromEntries(
    Object.entries(times).map(([name, list]) => [name, list.toSorted((a, b) => a - b)[2]]),
  );
}

try {
  await fill();
  // Not on the hour, as "the last 90 days" seldom is: the ends come from the rows.
  const [after, before] = [END - DAYS * DAY + 1, END - 1];
  const everything = { percentiles: false, cost: true, transfers: true };
  const ask = (timeZone, wanted = {}, groupBy = ["PROVIDER"]) =>
    store.stats.read(
      {
        filter: { startedAfter: after, startedBefore: before },
        groupBy,
        bucket: { unit: "DAY", segments: zoneSegments(timeZone, after - 32 * DAY, before + 32 * DAY) },
        wanted: { percentiles: false, cost: false, transfers: false, ...wanted },
        maxGroups: 10_000,
      },
      NAMES,
    );
  const bareSql =
    "SELECT provider, started_at / 86400000 AS day, count(*) AS n, sum(duration_seconds) AS s FROM sessions WHERE started_at >= ? AND started_at < ? GROUP BY 1, 2";
  const bare = () => all(bareSql, [after, before]);
  const [{ n: first }] = (await bare()).toSorted(
    (a, b) => a.day - b.day || (a.provider < b.provider ? -1 : 1),
  );
  if ((await ask("UTC"))[0].count !== Number(first)) throw new Error("(a) answers something else than (b)");
  const lean = (groups) =>
    JSON.stringify(groups.map((group) => ({ ...group, p50DurationMs: 0, p95DurationMs: 0 })));
  for (const timeZone of ["UTC", "Asia/Kathmandu"]) {
    const fromRows = await ask(timeZone, { ...everything, percentiles: true });
    if (lean(fromRows) !== lean(await ask(timeZone, everything)))
      throw new Error(`${timeZone}: the two ways differ`);
  }
  // The index on the start helps only where rows lie in its order; a plain scan is the fair opponent elsewhere.
  const scanSql = bareSql
    .replaceAll("started_at >=", "+started_at >=")
    .replaceAll("started_at <", "+started_at <");
  const base = "(b) bare aggregate, all rows scanned";
  show(
    await race({
      "(a) sessionStats, UTC": () => ask("UTC"),
      "(a) Europe/Berlin": () => ask("Europe/Berlin"),
      "(a) Asia/Kathmandu": () => ask("Asia/Kathmandu"),
      "(a) UTC, with cost and transfers": () => ask("UTC", everything),
      "(a) UTC, by state as well": () => ask("UTC", {}, ["PROVIDER", "STATE"]),
      [base]: () => all(scanSql, [after, before]),
      "(b) bare aggregate, as planned": bare,
      "(c) from the rows: with percentiles": () => ask("UTC", { percentiles: true }),
      "(c) from the rows: everything": () => ask("UTC", { ...everything, percentiles: true }),
    }),
    base,
  );
  console.log("goal: (a) / (b) of 0.5 or less");
  const { with: kept, without } = await upkeep();
  console.log(
    `ingest of 1000 sessions, two looks each: ${kept.toFixed(0)} ms with upkeep, ${without.toFixed(0)} ms without: ${(kept / without).toFixed(2)}`,
  );
} finally {
  await store.close();
  await rm(folder, { recursive: true, force: true });
}
