/** The gateway over a database that is full already: everything but providers, polls and HTTP. */
import { keepHeapSmall } from "../../dist/src/cli/small-heap.js";
import { createCommands } from "../../dist/src/commands/create-commands.js";
import { loadConfig } from "../../dist/src/config/load-config.js";
import { createGateway } from "../../dist/src/gateway/create-gateway.js";
import { createIngest } from "../../dist/src/ingest/create-ingest.js";
import { PROVIDER_MODULES } from "../../dist/src/providers/registry.js";
import { createLog } from "../../dist/src/server/log.js";
import { createStore } from "../../dist/src/store/create-store.js";
import { openDatabase } from "../../dist/src/store/open-database.js";
import { createConnectionDirectory } from "../../dist/src/sync/connection-directory.js";
import { createSurroundings } from "../../dist/src/sync/surroundings.js";
import { createSync } from "../../dist/src/sync/sync.js";
import { HeaderMap } from "@apollo/server";
import { NOW } from "./generate.mjs";

const NOWHERE = "http://127.0.0.1:9";
/** Connections of every provider, at an address where nobody answers and nobody is asked. */
const ENVIRONMENT = {
  SWITCHBOARD_AUTH: "open",
  PLIVO_AUTH_ID: "MABENCHSWITCHBOARDXX",
  PLIVO_AUTH_TOKEN: "none",
  PLIVO_BASE_URL: NOWHERE,
  EVO_VOICE_USERNAME: "none",
  EVO_VOICE_PASSWORD: "none",
  EVO_VOICE_BASE_URL: NOWHERE,
  SPEKO_API_KEY: "none",
  SPEKO_BASE_URL: NOWHERE,
  PORTSIP_BASE_URL: `${NOWHERE}/api`,
  PORTSIP_USERNAME: "none",
  PORTSIP_PASSWORD: "none",
  PORTSIP_DOMAIN: "none",
};

/** Opens it. `query` answers the body of an answer as it would go over the wire; it throws when there are errors. */
export async function openGateway(url) {
  keepHeapSmall();
  const now = () => NOW;
  const log = createLog("error");
  const config = loadConfig({ ...ENVIRONMENT, DATABASE_URL: url }, PROVIDER_MODULES);
  const database = await openDatabase(url);
  const store = createStore(database);
  const ingest = createIngest(database, { now });
  const connections = config.connections.map(({ name, module, values, defaultRegion }) =>
    module.connect({ name, config: values, log, attemptTimeoutMs: 1_000, defaultRegion, now }),
  );
  const directory = await createConnectionDirectory(connections, store, now);
  for (const { name } of directory.all) await directory.covered(name, { since: 0, until: NOW + 1 }, true);
  const options = { store, ingest, directory, log, now, pollIdleMs: 1e9, pollLiveMs: 1e9 };
  // Nobody is polled: what is measured is the cache.
  const sync = { ...createSync(options), look: () => Promise.resolve() };
  const commands = createCommands({
    store,
    ingest,
    surroundings: createSurroundings(sync),
    log,
    now,
    timeoutMs: 1,
  });
  const gateway = await createGateway({ ...config, store, sync, commands, log, now });

  return {
    store,
    ingest,
    /** The context of an operation of somebody who may see everything. */
    contextFor: () => gateway.contextFor({}),
    connections: directory.all.map(({ name }) => name),
    async query(query, variables = {}) {
      const answer = await gateway.apollo.executeHTTPGraphQLRequest({
        httpGraphQLRequest: {
          method: "POST",
          headers: new HeaderMap([["content-type", "application/json"]]),
          search: "",
          body: { query, variables },
        },
        context: () => Promise.resolve(gateway.contextFor({})),
      });
      const { string } = answer.body;
      if (string.startsWith('{"errors"')) throw new Error(string.slice(0, 1_000));
      return string;
    },
    async close() {
      await gateway.stop();
      await Promise.all(connections.map((connection) => connection.close()));
      await store.close();
    },
  };
}
