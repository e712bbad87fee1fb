/** A gateway whose log lines, from debug up, can be read: what it would have told its operator. */
import { loadConfig } from "../../src/config/load-config.js";
import { startGateway } from "../../src/cli/start-gateway.js";
import { PROVIDER_MODULES } from "../../src/providers/registry.js";
import { createCaptureLogger, type LogLine } from "./capture-logger.js";
import { asking, type TestGateway } from "./gateway.js";

export interface LoggedGateway extends TestGateway {
  readonly lines: readonly LogLine[];
}

/** @param environment everything it needs, `DATABASE_URL` included: whoever made the database removes it */
export async function startLoggedGateway(
  environment: Record<string, string>,
  now?: () => number,
): Promise<LoggedGateway> {
  const { log, lines } = createCaptureLogger();
  const quiet = { SWITCHBOARD_POLL_IDLE_MS: "3600000", SWITCHBOARD_POLL_LIVE_MS: "3600000" };
  const config = loadConfig({ PORT: "0", ...quiet, ...environment }, PROVIDER_MODULES);
  const running = await startGateway(config, log, now);
  return {
    lines,
    url: running.url,
    running,
    databaseUrl: config.databaseUrl,
    query: asking(running.url),
    [Symbol.asyncDispose]: () => running.stop(),
  };
}
