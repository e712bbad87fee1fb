/**
 * A gateway that listens, over a database of its own, and into which changes are taken in at an even pace. Prints its
 * address; each line in is `{"changes":100,"perSecond":20}`, answered when all have been stored, and a second later. With
 * `"longEvery":10` every tenth change is of a session with a long transcript.
 *
 *     node bench/live/gateway.mjs DATABASE_URL
 */
import { createInterface } from "node:readline";
import { loadConfig } from "../../dist/src/config/load-config.js";
import { startGateway } from "../../dist/src/cli/start-gateway.js";
import { PROVIDER_MODULES } from "../../dist/src/providers/registry.js";
import { makeSnapshot } from "../cache/generate.mjs";
import { now, say, steadily } from "./kit.mjs";

/** Turns of a long transcript: about 40 KB of text. */
const LONG = 400;

const [url] = process.argv.slice(2);
const config = loadConfig(
  {
    ...{ SWITCHBOARD_AUTH: "open", DATABASE_URL: url, PORT: "0", LOG_LEVEL: "fatal" },
    // Nobody answers there: what is measured is what comes in through the door.
    ...{ SPEKO_API_KEY: "none", SPEKO_BASE_URL: "http://127.0.0.1:9" },
    ...{ SWITCHBOARD_POLL_IDLE_MS: "3600000", SWITCHBOARD_POLL_LIVE_MS: "3600000" },
  },
  PROVIDER_MODULES,
);

/** When clients were closed for not reading, and what waited for each. */
let closed = [];
const silent = () => undefined;
const log = {
  ...{ debug: silent, warn: silent, error: silent, child: () => log },
  info(fields, message) {
    if (message.includes("does not read")) closed.push([now(), fields.waitingBytes]);
  },
};
const gateway = await startGateway(config, log);
say({ url: `${gateway.url.replace("http", "ws")}/graphql` });

let serial = 0;
const { snapshot: short } = makeSnapshot({ seed: 1, index: 0, voiceAi: 1, turns: 0 });
const { snapshot: long } = makeSnapshot({ seed: 1, index: 1, voiceAi: 1, turns: LONG });
// What is not there is left as it is: the transcript is stored once.
const again = { ...long, sections: [], transcript: undefined };

async function change(which, title) {
  const facts = { ...which.facts, phase: "LIVE", state: "IN_PROGRESS", endedAt: null, title };
  await gateway.ingest.ingest("speko", [{ ...which, facts, observedAt: Date.now() }]);
}
await change(long, "bench");

for await (const line of createInterface({ input: process.stdin })) {
  const { changes, perSecond, longEvery = Infinity } = JSON.parse(line);
  const stored = [];
  closed = [];
  const executions = gateway.live?.executions ?? 0;
  const cpu = process.cpuUsage();
  let peak = process.memoryUsage.rss();
  const sampling = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 100);
  await steadily(changes, perSecond, async () => {
    const title = `bench gateway ${(serial += 1)}`;
    await change(serial % longEvery === 0 ? again : short, title);
    stored.push([title, now()]);
  });
  clearInterval(sampling);
  const { user, system } = process.cpuUsage(cpu);
  const done = { executions: (gateway.live?.executions ?? 0) - executions };
  const memory = process.memoryUsage().rss;
  const { subscribers } = gateway.live;
  say({ stored, cpuSeconds: (user + system) / 1e6, memory, peak, closed, subscribers, ...done });
}
await gateway.stop();
