/**
 * `node bench/live/idle.mjs [--seconds 180] [--database …]`: what four providers are asked while nobody watches. Two
 * sandboxes with ninety days of history, each in a process of its own: in one the calls that are live go on and on, in the
 * other calls come and end as they do by themselves, of which each has to be read. Once a gateway with default settings is
 * through with its first synchronisation, the requests that each provider has served are counted. With a database given,
 * the second one still uses a file of its own.
 */
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { loadConfig } from "../../dist/src/config/load-config.js";
import { startGateway } from "../../dist/src/cli/start-gateway.js";
import { PROVIDER_MODULES } from "../../dist/src/providers/registry.js";
import { startSandbox } from "../../dist/src/sandbox/sandbox.js";
import { createLog } from "../../dist/src/server/log.js";
import { say } from "./kit.mjs";
import { isMain, start, table, withDatabase } from "./processes.mjs";

/** As in the demo: new calls a minute over all providers, and how many times faster than life they go. */
const TRAFFIC = { rate: 12, speed: 3 };
const WORLDS = [
  { name: "calls that go on", traffic: null },
  { name: `${TRAFFIC.rate} new calls a minute`, traffic: TRAFFIC },
];
/** One idle period after the first synchronisation: what it has set going is through. */
const SETTLE_MS = 35_000;
const GOAL = 12;

/** The providers, in a process of their own. Each line in is answered by the requests served since the one before. */
async function provide(traffic) {
  const sandbox = await startSandbox({ traffic });
  say(sandbox.environment);
  const seen = new Map();
  let known = 0;
  for await (const line of createInterface({ input: process.stdin })) {
    if (line === "end") break;
    const served = Object.entries(sandbox.servers).map(([name, { requests }]) => {
      const fresh = requests.slice(seen.get(name) ?? 0);
      seen.set(name, requests.length);
      return [name, fresh.map(({ method, url }) => `${method} ${shapeOf(url)}`)];
    });
    const begun = sandbox.conversations.length - known;
    known = sandbox.conversations.length;
    say({ served, begun });
  }
  await sandbox.close();
}

/** A path without what differs from one session to the next. */
function shapeOf(url) {
  const [path] = url.split("?", 1);
  return path
    .split("/")
    .map((part) => (/\d{3}|%3D|[0-9a-f]{8}|_[0-9a-zA-Z]{6}/.test(part) ? "…" : part))
    .join("/");
}

/** One world: what was served while nobody watched, by provider and by path. */
async function count(databaseUrl, traffic, seconds) {
  const sandbox = start("idle.mjs", "provide", JSON.stringify(traffic));
  const environment = JSON.parse(await sandbox.hear());
  const config = loadConfig(
    { ...environment, SWITCHBOARD_AUTH: "open", DATABASE_URL: databaseUrl, PORT: "0" },
    PROVIDER_MODULES,
  );
  const gateway = await startGateway(config, createLog("error"));
  const { all } = gateway.sync.directory;
  const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  while (all.some(({ coveredSince, progress }) => coveredSince === null || progress !== null))
    await pause(200);
  await pause(SETTLE_MS);
  await sandbox.ask("count");
  await pause(seconds * 1_000);
  const { served, begun } = await sandbox.ask("count");
  const answer = await fetch(`${gateway.url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query: "{ sessions(filter: { phases: [LIVE] }) { totalCount } }" }),
  });
  const live = (await answer.json()).data?.sessions.totalCount;
  await gateway.stop();
  sandbox.end();
  return { served, begun, live };
}

/** Runs it and prints what came of it. */
export async function idle(databaseUrl, { seconds }) {
  const counted = await Promise.all(
    WORLDS.map(({ traffic }, index) =>
      withDatabase(index === 0 ? databaseUrl : undefined, (url) => count(url, traffic, seconds)),
    ),
  );
  const perMinute = (requests) => (requests * 60) / seconds;
  const byWorld = (figures) =>
    Object.fromEntries(WORLDS.map(({ name }, index) => [name, figures(counted[index])]));
  const names = counted[0].served.map(([name]) => name);
  const of = (name) => byWorld(({ served }) => perMinute(new Map(served).get(name).length));
  const all = byWorld(({ served }) => perMinute(served.reduce((sum, [, own]) => sum + own.length, 0)));
  table(`requests a minute with nobody watching, ${seconds} s (goal: ${GOAL})`, {
    ...Object.fromEntries(names.map((name) => [name, of(name)])),
    all,
    "live at the end": byWorld(({ live }) => live),
    "begun a minute": byWorld(({ begun }) => perMinute(begun)),
  });
  const shapes = counted.map(({ served }) =>
    served.flatMap(([name, own]) => own.map((one) => `${name} ${one}`)),
  );
  const paths = [...new Set(shapes.flat())].sort();
  const times = (list, path) => perMinute(list.filter((one) => one === path).length);
  const row = (path) =>
    Object.fromEntries(WORLDS.map(({ name }, index) => [name, times(shapes[index], path)]));
  table("by path", Object.fromEntries(paths.map((path) => [path, row(path)])));
}

if (isMain(import.meta.url)) {
  if (process.argv[2] === "provide") await provide(JSON.parse(process.argv[3]));
  else {
    const { values } = parseArgs({
      options: { seconds: { type: "string", default: "180" }, database: { type: "string" } },
    });
    await withDatabase(values.database, (url) => idle(url, { seconds: Number(values.seconds) }));
  }
}
