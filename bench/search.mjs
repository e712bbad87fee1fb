/**
 * `npm run bench:search`: the first page of searchTranscripts over HTTP against a bare full-text query of the database
 * (ranked, 20 rows with their text), at 100,000 and 1,000,000 turns in one run, and what the index costs a write of 20
 * turns. `npm run bench:search -- postgres://…` measures on an empty PostgreSQL database, `-- --turns=N` at one size.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startGateway } from "../dist/src/cli/start-gateway.js";
import { loadConfig } from "../dist/src/config/load-config.js";
import { createIngest } from "../dist/src/ingest/create-ingest.js";
import { PROVIDER_MODULES } from "../dist/src/providers/registry.js";
import { startSandbox } from "../dist/src/sandbox/sandbox.js";
import { createLog } from "../dist/src/server/log.js";
import { openDatabase } from "../dist/src/store/open-database.js";
import { SEARCHES, sessions, TURNS } from "./search-corpus.mjs";

const given = process.argv.slice(2);
const postgresUrl = given.find((argument) => argument.startsWith("postgres"));
const only = given.find((argument) => argument.startsWith("--turns="))?.slice("--turns=".length);
const SIZES = only === undefined ? [100_000, 1_000_000] : [Number(only)];
const ROUNDS = 100;
const WRITES = 300;

const BARE = {
  sqlite: {
    make: [
      "CREATE VIRTUAL TABLE bare USING fts5(text)",
      "INSERT INTO bare (text) SELECT json_extract(data, '$.text') FROM transcript_entries",
    ],
    ask: "SELECT text, rank FROM bare WHERE bare MATCH ? ORDER BY rank LIMIT 20",
    spell: (text) => text.replace(/ -(\w+)/, " NOT $1"),
  },
  postgres: {
    make: [
      "CREATE TABLE bare AS SELECT data::json ->> 'text' AS text, to_tsvector('simple', data::json ->> 'text') AS words FROM transcript_entries",
      "CREATE INDEX ON bare USING gin (words)",
      "VACUUM ANALYZE bare",
      "VACUUM ANALYZE transcript_entries",
      "VACUUM ANALYZE sessions",
    ],
    ask: "SELECT text, ts_rank_cd(words, query) AS rank FROM bare, CAST(? AS tsquery) query WHERE words @@ query ORDER BY rank DESC LIMIT 20",
    spell: (text) =>
      text
        .replace(/"(\w+) (\w+)"/, "$1 <-> $2")
        .replace(/(\w) -/, "$1 & !")
        .replace(/(\w) (\w)/, "$1 & $2")
        .replace("*", ":*"),
  },
};

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
async function time(work) {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
/** The best of some rounds: what else the machine does only ever adds to it. */
async function bestOf(rounds, work) {
  const times = [];
  for (let round = 0; round < rounds; round += 1) times.push(await time(work));
  return Math.min(...times);
}

async function write(database, count, rareEvery, prefix) {
  const ingest = createIngest(database, { now: Date.now });
  for (const batch of sessions(count, rareEvery, prefix)) await ingest.ingest("speko", batch);
}

/** Milliseconds of processor time that a session with 20 turns takes to be written, in turns in each database. */
async function writeCosts(databases) {
  const ingests = databases.map((database) => createIngest(database, { now: Date.now }));
  const times = databases.map(() => []);
  for (const one of [...sessions(WRITES, 1_000, "cost")].flat()) {
    for (const [index, ingest] of ingests.entries()) {
      const start = process.cpuUsage();
      await ingest.ingest("speko", [one]);
      const { user, system } = process.cpuUsage(start);
      times[index].push((user + system) / 1000);
    }
  }
  return times.map(median);
}

/** The same tables without anything that a search needs, and nobody who looks for free places in them. */
async function withoutIndex(url) {
  const database = await openDatabase(url);
  for (const event of ["insert", "delete", "update"])
    await database.knex.raw(`DROP TRIGGER transcript_words_${event}`);
  await database.knex.raw("DROP INDEX transcript_entries_place");
  function* withoutPlaces(plan) {
    const steps = plan();
    let step = steps.next();
    while (step.done !== true)
      step = steps.next(step.value.sql.startsWith("SELECT place") ? [] : yield step.value);
    return step.value;
  }
  return { ...database, transaction: (plan) => database.transaction(() => withoutPlaces(plan)) };
}

async function serve(url, sandbox) {
  const hour = "3600000";
  const settings = { PORT: "0", SWITCHBOARD_AUTH: "open", DATABASE_URL: url };
  const polls = { SWITCHBOARD_POLL_IDLE_MS: hour, SWITCHBOARD_POLL_LIVE_MS: hour };
  const config = loadConfig({ ...sandbox.environment, ...settings, ...polls }, PROVIDER_MODULES);
  const gateway = await startGateway(config, createLog("error"));
  const { directory } = gateway.sync;
  while (directory.all.some((state) => state.coveredSince === null || state.progress !== null))
    await new Promise((resolve) => setTimeout(resolve, 50));
  return gateway;
}

async function ask(url, query, variables) {
  const response = await fetch(`${url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = await response.json();
  if (errors) throw new Error(JSON.stringify(errors));
  return data;
}

const PAGE =
  "query ($query: String!) { searchTranscripts(query: $query) { nodes { score snippet entry { text } session { id startedAt } } pageInfo { endCursor hasNextPage } } }";

/** Milliseconds by search: the bare query and the page. */
async function measure(url, turns) {
  const sandbox = await startSandbox({ traffic: null, days: 1 });
  const database = await openDatabase(url);
  const bare = BARE[database.dialect.name];
  const seconds = (await time(() => write(database, turns / TURNS, turns / 20, `n${turns}-`))) / 1000;
  for (const sql of bare.make) await database.knex.raw(sql);
  const gateway = await serve(url, sandbox);
  const floor = await bestOf(ROUNDS, () => ask(gateway.url, "{ viewer { name } }"));
  const figures = {};
  for (const [title, text] of SEARCHES) {
    const spelled = bare.spell(text);
    const bareMs = await bestOf(ROUNDS / 10, () =>
      database.all(bare.ask, [spelled], { planned: "EACH_TIME" }),
    );
    const pageMs = await bestOf(ROUNDS, () => ask(gateway.url, PAGE, { query: text }));
    const count = "query ($query: String!) { searchTranscripts(query: $query, first: 1) { totalCount } }";
    const { searchTranscripts } = await ask(gateway.url, count, { query: text });
    figures[title] = { hits: searchTranscripts.totalCount, bareMs, pageMs };
  }
  const [withIndex] = await writeCosts([database]);
  await gateway.stop();
  await sandbox.close();
  await database.close();
  return { figures, floor, withIndex, seconds };
}

const folder = await mkdtemp(join(tmpdir(), "switchboard-search-"));
const round = (value) => Number(value.toPrecision(3));
try {
  const pages = {};
  for (const turns of SIZES) {
    const url = postgresUrl ?? `sqlite:${join(folder, `${turns}.db`)}`;
    const { figures, floor, withIndex, seconds } = await measure(url, turns);
    console.log(
      `${turns} turns on ${postgresUrl ? "PostgreSQL" : "SQLite"}, written in ${seconds.toFixed(0)} s; any answer over HTTP takes ${floor.toFixed(2)} ms; 20 turns are written in ${withIndex.toFixed(2)} ms`,
    );
    console.table(
      Object.fromEntries(
        Object.entries(figures).map(([title, { hits, bareMs, pageMs }]) => [
          title,
          { hits, "bare ms": round(bareMs), "page ms": round(pageMs), ratio: round(pageMs / bareMs) },
        ]),
      ),
    );
    for (const [title, { pageMs }] of Object.entries(figures)) (pages[title] ??= []).push(pageMs);
    if (postgresUrl) break;
  }
  if (SIZES.length > 1 && !postgresUrl) {
    console.log("page at 1,000,000 turns / page at 100,000   goal: 3 or less");
    for (const [title, [small, large]] of Object.entries(pages))
      console.log(`  ${(large / small).toFixed(2)}  ${title}`);
  }
  if (!postgresUrl) {
    const indexed = await openDatabase(`sqlite:${join(folder, "with.db")}`);
    const plain = await withoutIndex(`sqlite:${join(folder, "without.db")}`);
    for (const database of [indexed, plain]) await write(database, 1_000, 1_000, "fill");
    const [withIndex, without] = await writeCosts([indexed, plain]);
    console.log(
      `writing a session with 20 turns: ${withIndex.toFixed(2)} ms, without the index ${without.toFixed(2)} ms, ratio ${(withIndex / without).toFixed(2)}   goal: 2 or less`,
    );
    await Promise.all([indexed.close(), plain.close()]);
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
