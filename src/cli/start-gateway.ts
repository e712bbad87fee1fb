/** Wires the rooms together into one running gateway. */
import { createBus } from "../bus/create-bus.js";
import type { Config } from "../config/load-config.js";
import { createGateway, type Gateway } from "../gateway/create-gateway.js";
import type { Logger } from "../http/http-client.js";
import { createIngest } from "../ingest/create-ingest.js";
import type { Ingest } from "../ingest/ingest.js";
import { startSearchRebuild } from "../ingest/rebuild-search.js";
import type { EpochMs } from "../model/index.js";
import { createCommands } from "../commands/create-commands.js";
import { createRetention } from "../retention/create-retention.js";
import { createRetentionPolicy } from "../retention/policy.js";
import { createServer } from "../server/create-server.js";
import type { LiveLimits } from "../server/live/limits.js";
import type { DatabaseOptions } from "../store/database-options.js";
import { createStore } from "../store/create-store.js";
import { openDatabase } from "../store/open-database.js";
import { createConnectionDirectory } from "../sync/connection-directory.js";
import { createInbox } from "../sync/inbox.js";
import { createSurroundings } from "../sync/surroundings.js";
import { createSync, type Sync } from "../sync/sync.js";

/** How long requests in flight may take to finish while the gateway drains, milliseconds (contract, "Starting"). */
const DRAIN_MS = 10_000;

/** How long a new WebSocket may take to say who it is, milliseconds. */
const CONNECTION_INIT_MS = 3_000;

/** How often commands of gateways that have died meanwhile are looked for, milliseconds. */
const RECOVER_MS = 10_000;

/** What the configuration says about the database beside its URL. */
export function databaseOptions(config: Config): DatabaseOptions {
  return {
    poolSize: config.databasePoolSize,
    statementTimeoutMs: config.databaseStatementTimeoutMs,
    connectTimeoutMs: config.databaseConnectTimeoutMs,
    patienceMs: config.databasePatienceMs,
  };
}

/** Where a provider can reach the webhook route of a connection; null when nobody has said. */
function webhookUrl(publicUrl: string | null, connection: string): string | null {
  return publicUrl === null ? null : `${publicUrl}/webhooks/${connection}`;
}

/** What the configuration says about clients that stay connected. */
function liveLimits(config: Config): LiveLimits {
  return {
    maxBufferedBytes: config.liveBufferBytes,
    maxBufferedMessages: config.liveBufferMessages,
    operationsPerSocket: config.liveOperationsPerSocket,
    connectionsPerPrincipal: config.liveConnectionsPerPrincipal,
    keepAliveMs: config.liveKeepAliveMs,
    closeMs: config.liveCloseMs,
    connectionInitMs: CONNECTION_INIT_MS,
  };
}

export interface RunningGateway {
  /** `http://HOST:PORT` */
  readonly url: string;
  readonly sync: Sync;
  /** The door into the store, and what its subscribers have cost so far: for whoever measures. */
  readonly ingest: Ingest;
  readonly live: Gateway["live"];
  /** Drains and ends everything. Idempotent. */
  stop(): Promise<void>;
}

/** Starts a gateway: database, connections, graph, HTTP, and then the synchronisation in the background. */
export async function startGateway(
  config: Config,
  log: Logger,
  now: () => EpochMs = Date.now,
): Promise<RunningGateway> {
  const database = await openDatabase(config.databaseUrl, databaseOptions(config));
  const store = createStore(database);
  const bus = createBus(config.redisUrl, log);
  const ingest = createIngest(database, { now, onChange: (upTo) => bus.publish(upTo) });
  const connections = config.connections.map(({ name, module, values, defaultRegion }) =>
    module.connect({
      name,
      config: values,
      log: log.child({ connection: name }),
      attemptTimeoutMs: config.providerTimeoutMs,
      defaultRegion,
      webhookUrl: webhookUrl(config.publicUrl, name),
      now,
    }),
  );
  const directory = await createConnectionDirectory(connections, store, now);
  const { pollIdleMs, pollLiveMs } = config;
  const policy = createRetentionPolicy(config);
  const keptSince = (connection: string) => policy.keptSince(connection, now());
  const sync = createSync({ store, ingest, directory, log, now, pollIdleMs, pollLiveMs, keptSince });
  const retention = createRetention({
    store,
    policy,
    connections: connections.map(({ name }) => name),
    onKeptSince: (name, since) => directory.retained(name, since),
    log,
    now,
  });
  const commands = createCommands({
    store,
    ingest,
    surroundings: createSurroundings(sync),
    log,
    now,
    timeoutMs: config.commandTimeoutMs,
  });
  const inbox = createInbox({ store, ingest, sync, log, now });
  const gateway = await createGateway({ ...config, store, sync, commands, bus, log, now });
  const server = await createServer({
    gateway,
    log,
    playground: config.playground,
    inbox,
    publicUrl: config.publicUrl,
    auth: config.auth,
    limits: liveLimits(config),
    now,
    ping: () => store.ping(),
  });

  // What an earlier process left pending is known to be unknown before anybody can ask.
  await commands.recover();
  const recovery = setInterval(
    () =>
      void commands.recover().catch((error: unknown) => log.warn({ err: error }, "command recovery failed")),
    RECOVER_MS,
  );
  recovery.unref();

  const rebuild = startSearchRebuild(database, (error) =>
    log.warn({ err: error }, "indexing what is kept failed; trying again"),
  );

  async function end(): Promise<void> {
    await server.drain(DRAIN_MS);
    await gateway.stop();
    await inbox.stop();
    await sync.stop();
    await rebuild.stop();
    await retention.stop();
    clearInterval(recovery);
    await Promise.all(connections.map((connection) => connection.close()));
    // A command that was cut off there has its outcome written down first.
    await commands.idle();
    await bus.close();
    await store.close();
  }

  try {
    const url = await server.listen(config.host, config.port);
    log.info({ url }, "listening");
    sync.start();
    inbox.start();
    retention.start();
    let ending: Promise<void> | undefined;
    return { url, sync, ingest, live: gateway.live, stop: () => (ending ??= end()) };
  } catch (error) {
    await end();
    throw error;
  }
}
