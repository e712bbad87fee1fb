/**
 * A gateway that listens, over a database of its own, and into which changes are taken in at an even pace. Prints its
 * address; each line in is `{"changes":100,"perSecond":20}`, answered when all have been stored, and a second later.
 *
 *     node bench/live/gateway.mjs DATABASE_URL
 */
import { createInterface } from "node:readline";
import { loadConfig } from "../../dist/src/config/load-config.js";
import { startGateway } from "../../dist/src/cli/start-gateway.js";
import { PROVIDER_MODULES } from "../../dist/src/providers/registry.js";
import { createLog } from "../../dist/src/server/log.js";
import { makeSnapshot } from "../cache/generate.mjs";
import { now, say, steadily } from "./kit.mjs";

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
const gateway = await startGateway(config, createLog("fatal"));
say({ url: `${gateway.url.replace("http", "ws")}/graphql` });

let serial = 0;
const { snapshot } = makeSnapshot({ seed: 1, index: 0, voiceAi: 1, turns: 0 });
for await (const line of createInterface({ input: process.stdin })) {
  const { changes, perSecond } = JSON.parse(line);
  const stored = [];
  const executions = gateway.live?.executions ?? 0;
  const cpu = process.cpuUsage();
  await steadily(changes, perSecond, async () => {
    const title = `bench gateway ${(serial += 1)}`;
    snapshot.facts = { ...snapshot.facts, phase: "LIVE", state: "IN_PROGRESS", endedAt: null, title };
    await gateway.ingest.ingest("speko", [{ ...snapshot, observedAt: Date.now() }]);
    stored.push([title, now()]);
  });
  const { user, system } = process.cpuUsage(cpu);
  const done = { executions: (gateway.live?.executions ?? 0) - executions };
  say({ stored, cpuSeconds: (user + system) / 1e6, memory: process.memoryUsage().rss, ...done });
}
await gateway.stop();
