/**
 * `node bench/live/idle.mjs [--seconds 180] [--database …]`: what four providers are asked while nobody watches. The
 * sandbox lives as it does by itself (calls that keep coming, ninety days of history) in a process of its own; a gateway
 * with default settings is through with its first synchronisation; then the requests that each has served are counted.
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

/** As the sandbox of the demo: new calls a minute over all providers, and how many times faster than life they go. */
const TRAFFIC = { rate: 12, speed: 3 };
/** One idle period after the first synchronisation: what it has set going is through. */
const SETTLE_MS = 35_000;
const GOAL = 12;

/** The providers, in a process of their own. Each line in is answered by the requests served since the one before. */
async function provide() {
  const sandbox = await startSandbox({ traffic: TRAFFIC });
  say(sandbox.environment);
  const seen = new Map();
  for await (const line of createInterface({ input: process.stdin })) {
    if (line === "end") break;
    say(
      Object.entries(sandbox.servers).map(([name, { requests }]) => {
        const fresh = requests.slice(seen.get(name) ?? 0);
        seen.set(name, requests.length);
        return [name, fresh.map(({ method, url }) => `${method} ${shapeOf(url)}`)];
      }),
    );
  }
  await sandbox.close();
}

/** A path without what differs from one session to the next. */
function shapeOf(url) {
  const [path] = url.split("?", 1);
  return path
    .split("/")
    .map((part) => (/\d{3}|[0-9a-f]{8}|_[0-9a-zA-Z]{6}/.test(part) ? "…" : part))
    .join("/");
}

/** Runs it and prints what came of it. */
export async function idle(databaseUrl, { seconds }) {
  const sandbox = start("idle.mjs", "provide");
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
  const served = await sandbox.ask("count");
  const answer = await fetch(`${gateway.url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query: "{ sessions(filter: { phases: [LIVE] }) { totalCount } }" }),
  });
  const live = (await answer.json()).data?.sessions.totalCount;
  await gateway.stop();
  sandbox.end();

  const perMinute = (count) => (count * 60) / seconds;
  const total = served.reduce((sum, [, requests]) => sum + requests.length, 0);
  const rows = Object.fromEntries(
    served.map(([name, requests]) => [name, { "a minute": perMinute(requests.length) }]),
  );
  const goal = { "a minute": perMinute(total), goal: GOAL };
  table(`requests with nobody watching, ${seconds} s, ${live} live sessions at the end`, {
    ...rows,
    all: goal,
  });
  const paths = served.flatMap(([name, requests]) =>
    [...Map.groupBy(requests, (shape) => shape)].map(([shape, own]) => [
      `${name} ${shape}`,
      { "a minute": perMinute(own.length) },
    ]),
  );
  table("by path", Object.fromEntries(paths));
}

if (isMain(import.meta.url)) {
  if (process.argv[2] === "provide") await provide();
  else {
    const { values } = parseArgs({
      options: { seconds: { type: "string", default: "180" }, database: { type: "string" } },
    });
    await withDatabase(values.database, (url) => idle(url, { seconds: Number(values.seconds) }));
  }
}
