/** (a) The gateway, over sandbox providers, its cache filled and nothing polling. Prints where it listens. */
import { loadConfig } from "../dist/src/config/load-config.js";
import { startGateway } from "../dist/src/cli/start-gateway.js";
import { PROVIDER_MODULES } from "../dist/src/providers/registry.js";
import { startSandbox } from "../dist/src/sandbox/sandbox.js";
import { createLog } from "../dist/src/server/log.js";

const sandbox = await startSandbox({ traffic: null });
const hour = "3600000";
const config = loadConfig(
  {
    ...sandbox.environment,
    PORT: "0",
    SWITCHBOARD_AUTH: "open",
    DATABASE_URL: `sqlite:${process.argv[2]}`,
    SWITCHBOARD_POLL_IDLE_MS: hour,
    SWITCHBOARD_POLL_LIVE_MS: hour,
  },
  PROVIDER_MODULES,
);
const gateway = await startGateway(config, createLog("error"));
const { directory } = gateway.sync;
while (directory.all.some((state) => state.coveredSince === null || state.progress !== null)) {
  await new Promise((resolve) => setTimeout(resolve, 50));
}
console.log(gateway.url);
