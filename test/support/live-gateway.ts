/** A gateway on a database that others may share, what is told through it, and no provider that answers. */
import { createLocalBus } from "../../src/bus/local-bus.js";
import { createCommands } from "../../src/commands/create-commands.js";
import { loadConfig } from "../../src/config/load-config.js";
import { SCOPES, type Principal } from "../../src/context/principal.js";
import { createGateway, type Gateway } from "../../src/gateway/create-gateway.js";
import { createIngest } from "../../src/ingest/create-ingest.js";
import type { Ingest } from "../../src/ingest/ingest.js";
import { PROVIDER_MODULES } from "../../src/providers/registry.js";
import { createStore } from "../../src/store/create-store.js";
import { openDatabase } from "../../src/store/open-database.js";
import type { Store } from "../../src/store/store.js";
import { createConnectionDirectory, type ConnectionDirectory } from "../../src/sync/connection-directory.js";
import { createSurroundings } from "../../src/sync/surroundings.js";
import { createSync, type Sync } from "../../src/sync/sync.js";
import { createCaptureLogger } from "./capture-logger.js";
import type { TestDatabase } from "./databases.js";

/** Somebody who may do everything, unless it is said what. */
export function principal(given: Partial<Principal> = {}): Principal {
  return { name: "test", scopes: new Set(SCOPES), connections: ["speko", "plivo"], ...given };
}

/** What one client has been told so far. */
export interface Told<Data> {
  readonly frames: Data[];
  readonly errors: readonly { message: string; extensions?: Record<string, unknown> }[];
  readonly isComplete: boolean;
  /** Resolves when something that is true of what has been told is true. */
  until(isEnough: (told: Told<Data>) => boolean): Promise<void>;
  stop(): void;
}

export interface LiveGateway extends AsyncDisposable {
  readonly gateway: Gateway;
  readonly ingest: Ingest;
  readonly store: Store;
  readonly sync: Sync;
  readonly directory: ConnectionDirectory;
  /** What is watched at the moment, each as often as it is: connections, and sessions as "connection/provider key". */
  readonly watched: string[];
  /** Subscribes; with a root field, frames are that field's values. */
  watch<Data>(field: string, query: string, variables?: object, who?: Principal): Promise<Told<Data>>;
}

/** Opens a gateway with the connections "speko" and "plivo". */
export async function openLiveGateway(url: string, now: () => number = Date.now): Promise<LiveGateway> {
  const { log } = createCaptureLogger();
  const nowhere = "http://127.0.0.1:9";
  const config = loadConfig(
    {
      ...{ SWITCHBOARD_AUTH: "open", DATABASE_URL: url, SPEKO_API_KEY: "none", SPEKO_BASE_URL: nowhere },
      ...{ PLIVO_AUTH_ID: "none", PLIVO_AUTH_TOKEN: "none", PLIVO_BASE_URL: nowhere },
    },
    PROVIDER_MODULES,
  );
  const database = await openDatabase(url);
  const store = createStore(database);
  const bus = createLocalBus();
  const ingest = createIngest(database, { now, onChange: (last) => bus.publish(last) });
  const connections = config.connections.map(({ name, module, values, defaultRegion }) =>
    module.connect({ name, config: values, log, attemptTimeoutMs: 100, defaultRegion, now }),
  );
  const directory = await createConnectionDirectory(connections, store, now);
  const watched: string[] = [];
  const shared = { store, ingest, log, now };
  const sync: Sync = {
    ...createSync({ ...shared, directory, pollIdleMs: 1e9, pollLiveMs: 1e9 }),
    look: () => Promise.resolve(),
    watch({ connections: whole, sessions = [] }) {
      const names = [...whole, ...sessions.map((session) => `${session.connection}/${session.providerKey}`)];
      watched.push(...names);
      return () => names.forEach((name) => watched.splice(watched.indexOf(name), 1));
    },
  };
  const commands = createCommands({ ...shared, surroundings: createSurroundings(sync), timeoutMs: 100 });
  const gateway = await createGateway({ ...config, ...shared, sync, commands, bus });
  return {
    ...{ gateway, ingest, store, sync, directory, watched },
    async watch<Data>(field: string, query: string, variables: object = {}, who = principal()) {
      const frames: Data[] = [];
      let errors: Told<Data>["errors"] = [];
      let isComplete = false;
      const waiting = new Set<() => void>();
      const wake = () => waiting.forEach((check) => check());
      const running = await gateway.subscribe(
        { query, variables: { ...variables } },
        { principal: who },
        {
          next(...payloads) {
            for (const payload of payloads) {
              const { data, errors: own } = JSON.parse(payload) as {
                data: Record<string, Data> | null;
                errors?: Told<Data>["errors"];
              };
              if (own) errors = [...errors, ...own];
              if (data) frames.push(data[field] as Data);
            }
            wake();
          },
          complete() {
            isComplete = true;
            wake();
          },
          error(all) {
            errors = [...errors, ...(all as Told<Data>["errors"])];
            wake();
          },
        },
      );
      if ("errors" in running) errors = running.errors;
      const told: Told<Data> = {
        frames,
        get errors() {
          return errors;
        },
        get isComplete() {
          return isComplete;
        },
        until: (isEnough) =>
          new Promise((resolve, reject) => {
            const timer = setTimeout(
              () =>
                reject(
                  new Error(`told so far: ${JSON.stringify({ frames, errors, isComplete })}`.slice(0, 4_000)),
                ),
              15_000,
            );
            const check = () => {
              if (!isEnough(told)) return;
              clearTimeout(timer);
              waiting.delete(check);
              resolve();
            };
            waiting.add(check);
            check();
          }),
        stop: () => "stop" in running && running.stop(),
      };
      return told;
    },
    async [Symbol.asyncDispose]() {
      await gateway.stop();
      await Promise.all(connections.map((connection) => connection.close()));
      await store.close();
    },
  };
}

/** Opens one on a database of its own, which goes with it. */
export async function openFreshLiveGateway(
  kind: TestDatabase,
): Promise<LiveGateway & { readonly url: string }> {
  const { url, drop } = await kind.create();
  const live = await openLiveGateway(url);
  return {
    ...live,
    url,
    async [Symbol.asyncDispose]() {
      await live[Symbol.asyncDispose]();
      await drop();
    },
  };
}
