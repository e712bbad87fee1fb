/** A gateway over a database alone: no provider answers, nothing polls, and every statement is written down. */
import { HeaderMap } from "@apollo/server";
import { createCommands } from "../../src/commands/create-commands.js";
import { loadConfig } from "../../src/config/load-config.js";
import { createGateway, type Gateway, type GatewayOptions } from "../../src/gateway/create-gateway.js";
import { createIngest } from "../../src/ingest/create-ingest.js";
import type { Ingest } from "../../src/ingest/ingest.js";
import { PROVIDER_MODULES } from "../../src/providers/registry.js";
import { createStore } from "../../src/store/create-store.js";
import { openDatabase } from "../../src/store/open-database.js";
import type { SqlRequest } from "../../src/store/sql.js";
import { createConnectionDirectory } from "../../src/sync/connection-directory.js";
import { createSurroundings } from "../../src/sync/surroundings.js";
import { createSync } from "../../src/sync/sync.js";
import { createCaptureLogger } from "./capture-logger.js";
import type { TestDatabase } from "./databases.js";
import { watchDatabase } from "./watch-database.js";

export interface CachedGateway extends AsyncDisposable {
  readonly gateway: Gateway;
  readonly ingest: Ingest;
  /** Every statement since the start, or since somebody emptied it. */
  readonly statements: SqlRequest[];
  /** One operation, as it goes over the wire; fails when it has errors. */
  query<Data>(query: string, variables?: object): Promise<Data>;
}

/** A connection called "speko", all of whose history is there; the clock stands still at `now`. */
export async function openCachedGateway(
  kind: TestDatabase,
  now: number,
  rights: Partial<Pick<GatewayOptions, "auth" | "apiKeys">> = {},
): Promise<CachedGateway> {
  const { url, drop } = await kind.create();
  const { log } = createCaptureLogger();
  const config = loadConfig(
    {
      SWITCHBOARD_AUTH: "open",
      DATABASE_URL: url,
      SPEKO_API_KEY: "none",
      SPEKO_BASE_URL: "http://127.0.0.1:9",
    },
    PROVIDER_MODULES,
  );
  const { database, statements } = watchDatabase(await openDatabase(url));
  const store = createStore(database);
  const ingest = createIngest(database, { now: () => now });
  const connections = config.connections.map(({ name, module, values, defaultRegion }) =>
    module.connect({ name, config: values, log, attemptTimeoutMs: 100, defaultRegion, now: () => now }),
  );
  const directory = await createConnectionDirectory(connections, store, () => now);
  await directory.covered("speko", { since: 0, until: now + 1 }, true);
  const shared = { store, ingest, log, now: () => now };
  const sync = { ...createSync({ ...shared, directory, pollIdleMs: 1e9, pollLiveMs: 1e9 }), look: noLook };
  const commands = createCommands({ ...shared, surroundings: createSurroundings(sync), timeoutMs: 100 });
  const gateway = await createGateway({ ...config, ...rights, ...shared, sync, commands });
  return {
    gateway,
    ingest,
    statements,
    async query<Data>(query: string, variables: object = {}): Promise<Data> {
      const { body } = await gateway.apollo.executeHTTPGraphQLRequest({
        httpGraphQLRequest: {
          method: "POST",
          headers: new HeaderMap([["content-type", "application/json"]]),
          search: "",
          body: { query, variables },
        },
        context: () => Promise.resolve(gateway.contextFor({ authorization: undefined, apiKey: undefined })),
      });
      if (body.kind !== "complete") throw new Error("expected one answer");
      const { data, errors } = JSON.parse(body.string) as { data: Data; errors?: unknown };
      if (errors !== undefined) throw new Error(body.string);
      return data;
    },
    async [Symbol.asyncDispose]() {
      await gateway.stop();
      await Promise.all(connections.map((connection) => connection.close()));
      await store.close();
      await drop();
    },
  };
}

const noLook = () => Promise.resolve();
