/**
 * The connections of this process and what is known of each: reachable or not, how far the cache covers it, what went
 * wrong last. Everything that talks to a provider reports here; `connections` and `sources` in the graph read it.
 */
import type { ProviderError } from "../errors/index.js";
import type { EpochMs } from "../model/index.js";
import type { ProviderConnection } from "../providers/provider.js";
import type { ConnectionRow, Store } from "../store/store.js";

export type Health = "UP" | "DEGRADED" | "DOWN" | "UNKNOWN";

/** How far a first synchronisation has come. */
export interface SyncProgress {
  phase: "listing" | "details";
  sessions: number;
  /** Known once the provider said how many there are, or the details to read are counted. */
  total: number | null;
  startedAt: EpochMs;
}

/** What is known of one connection now. Changed only by the directory. */
export interface ConnectionState {
  readonly connection: ProviderConnection;
  readonly name: string;
  lastSyncedAt: EpochMs | null;
  coveredSince: EpochMs | null;
  lastError: ConnectionRow["lastError"];
  /** Failures since the last success. */
  failuresInARow: number;
  /** False until something was answered or failed. */
  contacted: boolean;
  progress: SyncProgress | null;
}

/** Failures in a row after which a connection counts as down rather than degraded. */
const DOWN_AFTER = 3;

export interface ConnectionDirectory {
  readonly all: readonly ConnectionState[];
  get(name: string): ConnectionState | undefined;
  /** A request was answered. */
  succeeded(name: string): void;
  /** A request failed after its retries. */
  failed(name: string, error: ProviderError): void;
  /** A list was read completely; persisted, so that a restart knows it. */
  synced(name: string, at: EpochMs, coveredSince?: EpochMs): Promise<void>;
  /** Nothing older than this is kept: what was said to be covered before it no longer is. Persisted. */
  retained(name: string, since: EpochMs): Promise<void>;
  progress(name: string, progress: SyncProgress | null): void;
  health(state: ConnectionState): Health;
}

/** Builds the directory; what earlier runs stored about coverage is read first. */
export async function createConnectionDirectory(
  connections: readonly ProviderConnection[],
  store: Store,
  now: () => EpochMs,
): Promise<ConnectionDirectory> {
  const stored = new Map((await store.connections.all()).map((row) => [row.name, row]));
  const states = new Map<string, ConnectionState>();
  for (const connection of connections) {
    const row = stored.get(connection.name);
    states.set(connection.name, {
      connection,
      name: connection.name,
      lastSyncedAt: row?.lastSyncedAt ?? null,
      coveredSince: row?.coveredSince ?? null,
      lastError: null,
      failuresInARow: 0,
      contacted: false,
      progress: null,
    });
    await store.connections.save({
      name: connection.name,
      provider: connection.module.provider,
      capabilities: [...connection.module.capabilities],
    });
  }
  const state = (name: string) => {
    const found = states.get(name);
    if (found === undefined) throw new RangeError(`no connection is called ${JSON.stringify(name)}`);
    return found;
  };

  return {
    all: [...states.values()],
    get: (name) => states.get(name),
    succeeded(name) {
      const entry = state(name);
      entry.contacted = true;
      entry.failuresInARow = 0;
      entry.lastError = null;
    },
    failed(name, error) {
      const entry = state(name);
      entry.contacted = true;
      entry.failuresInARow += 1;
      entry.lastError = {
        code: error.code,
        message: error.message,
        retryAfterSeconds: error.retryAfterSeconds ?? null,
        at: now(),
      };
    },
    async synced(name, at, coveredSince) {
      const entry = state(name);
      entry.lastSyncedAt = at;
      if (coveredSince !== undefined)
        entry.coveredSince = Math.min(coveredSince, entry.coveredSince ?? coveredSince);
      const { provider } = entry.connection.module;
      await store.connections.save({ name, provider, lastSyncedAt: at, coveredSince: entry.coveredSince });
    },
    async retained(name, since) {
      const entry = state(name);
      if (entry.coveredSince === null || entry.coveredSince >= since) return;
      entry.coveredSince = since;
      await store.connections.save({ name, provider: entry.connection.module.provider, coveredSince: since });
    },
    progress(name, progress) {
      state(name).progress = progress;
    },
    health(entry) {
      if (!entry.contacted) return "UNKNOWN";
      if (entry.connection.stats.circuit === "open" || entry.failuresInARow >= DOWN_AFTER) return "DOWN";
      return entry.failuresInARow > 0 || entry.connection.stats.circuit === "half-open" ? "DEGRADED" : "UP";
    },
  };
}
