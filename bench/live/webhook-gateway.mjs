/**
 * A gateway with one Speko connection that takes deliveries. Prints its address; `{"changes":100,"perSecond":100}` takes
 * changes in past the inbox, and `"stored"` is answered with when what a delivery led to was stored.
 *
 *     node bench/live/webhook-gateway.mjs DATABASE_URL PROVIDER_URL SECRET
 */
import { createInterface } from "node:readline";
import { loadConfig } from "../../dist/src/config/load-config.js";
import { startGateway } from "../../dist/src/cli/start-gateway.js";
import { PROVIDER_MODULES } from "../../dist/src/providers/registry.js";
import { createLog } from "../../dist/src/server/log.js";
import { makeSnapshot } from "../cache/generate.mjs";
import { now, say, steadily } from "./kit.mjs";

/** Calls that change in turn. */
const CALLS = 500;

const [database, upstream, secret] = process.argv.slice(2);
const hour = "3600000";
const environment = {
  ...{ SPEKO_API_KEY: "key", SPEKO_BASE_URL: upstream, SPEKO_WEBHOOK_SECRETS: secret },
  ...{ DATABASE_URL: database, PORT: "0", SWITCHBOARD_AUTH: "open" },
  // What is measured is what deliveries lead to.
  ...{ SWITCHBOARD_POLL_IDLE_MS: hour, SWITCHBOARD_POLL_LIVE_MS: hour },
};
const gateway = await startGateway(loadConfig(environment, PROVIDER_MODULES), createLog("error"));

let stored = [];
const { ingest } = gateway.ingest;
/** As the inbox takes in what it has read, noting when that was stored. */
gateway.ingest.ingest = async (connection, snapshots) => {
  const result = await ingest.call(gateway.ingest, connection, snapshots);
  for (const { fields } of snapshots) if (fields.metadata?.title) stored.push([fields.metadata.title, now()]);
  return result;
};
say({ url: gateway.url });

let serial = 0;
const { snapshot } = makeSnapshot({ seed: 1, index: 0, voiceAi: 1, turns: 0 });
for await (const line of createInterface({ input: process.stdin })) {
  if (line === "stored") {
    say({ stored, subscribers: gateway.live.subscribers });
    stored = [];
    continue;
  }
  const { changes, perSecond } = JSON.parse(line);
  await steadily(changes, perSecond, async () => {
    const fields = { ...snapshot.fields, metadata: { title: `bench change ${(serial += 1)}` } };
    const facts = { ...snapshot.facts, phase: "LIVE", state: "IN_PROGRESS", endedAt: null };
    const id = `other_${serial % CALLS}`;
    const look = { providerId: id, providerKey: id, facts, fields, observedAt: Date.now() };
    await gateway.ingest.ingest("speko", [{ ...snapshot, ...look }]);
  });
  say({ stored, subscribers: gateway.live.subscribers });
  stored = [];
}
await gateway.stop();
