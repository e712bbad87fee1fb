/**
 * The connections of this process and what is known of each: reachable or not, how far the cache covers it, what went
 * wrong last. Everything that talks to a provider reports here; `connections` and `sources` in the graph read it.
 */
import type { ProviderError } from "../errors/index.js";
import type { EpochMs } from "../model/index.js";
import type { ProviderConnection } from "../providers/provider.js";
import type { ConnectionRow, CoverageSpan, Store } from "../store/store.js";
import { after, spanAt, union } from "./spans.js";

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
  /** Spans of `startedAt` that the cache holds completely, oldest first, apart from each other. */
  spans: readonly CoverageSpan[];
  /** Nothing before this is kept; `-Infinity` when everything is. */
  keptSince: EpochMs;
  /** Up to when new sessions have been listed without a gap; null before the first list. Lies in one of `spans`. */
  head: EpochMs | null;
  /** True once this process has listed up to its own time; from then on polls keep the head at now. */
  caughtUp: boolean;
  /** The oldest end of the span that reaches now; null before the first list. */
  readonly coveredSince: EpochMs | null;
  lastError: ConnectionRow["lastError"];
  /**
   * Why commands are refused whatever they are about (credit used up, credentials), until one is not. Apart from
   * `lastError`: reads may go on working.
   */
  commandError: ConnectionRow["lastError"];
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
  /** A command was answered (null), or failed like this. */
  commanded(name: string, failure: ProviderError | null): void;
  /** What is live was read completely; persisted, so that a restart knows it. */
  synced(name: string, at: EpochMs): Promise<void>;
  /** The sessions of a span were listed completely, up to the present when `isHead`; persisted. */
  covered(name: string, span: CoverageSpan, isHead: boolean): Promise<void>;
  /** Takes over what other processes have covered meanwhile. */
  reload(name: string): Promise<void>;
  /** Nothing older than this is kept: what was said to be covered before it no longer is. Persisted. */
  retained(name: string, since: EpochMs): Promise<void>;
  progress(name: string, progress: SyncProgress | null): void;
  /** What this process knows of a connection that it polls, for the gateways that do not. */
  note(name: string): string;
  /** Takes over what the gateway that polls a connection has noted. */
  follow(name: string, note: string): void;
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
    const spans = await store.coverage.spans(connection.name);
    const coveredSince = row?.coveredSince ?? null;
    states.set(connection.name, {
      connection,
      name: connection.name,
      lastSyncedAt: row?.lastSyncedAt ?? null,
      spans,
      keptSince: -Infinity,
      head: coveredSince === null ? null : (spanAt(spans, coveredSince)?.until ?? null),
      caughtUp: false,
      get coveredSince() {
        return this.head === null ? null : (spanAt(this.spans, this.head)?.since ?? null);
      },
      lastError: null,
      commandError: null,
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

  function succeeded(name: string): void {
    const entry = state(name);
    entry.contacted = true;
    entry.failuresInARow = 0;
    entry.lastError = null;
  }

  function failed(name: string, error: ProviderError): void {
    const entry = state(name);
    entry.contacted = true;
    entry.failuresInARow += 1;
    entry.lastError = toStored(error, now());
  }

  return {
    all: [...states.values()],
    get: (name) => states.get(name),
    succeeded,
    failed,
    commanded(name, failure) {
      if (failure === null) {
        state(name).commandError = null;
        succeeded(name);
      } else if (failure.code === "PROVIDER_AUTH_FAILED") {
        state(name).commandError = toStored(failure, now());
      } else {
        failed(name, failure);
      }
    },
    async synced(name, at) {
      const entry = state(name);
      entry.lastSyncedAt = at;
      const { provider } = entry.connection.module;
      await store.connections.save({ name, provider, lastSyncedAt: at });
    },
    async covered(name, span, isHead) {
      const entry = state(name);
      // Coverage only grows: of two answers that cross each other, neither may undo the other.
      const stored = await store.coverage.add(name, span);
      entry.spans = after(entry.keptSince, union(stored, entry.spans));
      if (isHead) {
        entry.head = Math.max(entry.head ?? span.until, span.until);
        entry.caughtUp = true;
        entry.lastSyncedAt = Math.max(entry.lastSyncedAt ?? 0, span.until);
      }
      const { provider } = entry.connection.module;
      const { lastSyncedAt, coveredSince } = entry;
      await store.connections.save({ name, provider, lastSyncedAt, coveredSince });
    },
    async reload(name) {
      const entry = state(name);
      const stored = await store.coverage.spans(name);
      entry.spans = after(entry.keptSince, union(stored, entry.spans));
    },
    async retained(name, since) {
      const entry = state(name);
      if (!entry.spans.some((span) => span.since < since)) return;
      entry.keptSince = since;
      entry.spans = after(since, entry.spans);
      await store.coverage.trim(name, since);
      const { provider } = entry.connection.module;
      await store.connections.save({ name, provider, coveredSince: entry.coveredSince });
    },
    progress(name, progress) {
      state(name).progress = progress;
    },
    note(name) {
      const { coveredSince, head, caughtUp, lastSyncedAt, lastError, failuresInARow, contacted, progress } =
        state(name);
      const note: Note = {
        coveredSince,
        head,
        caughtUp,
        lastSyncedAt,
        lastError,
        failuresInARow,
        contacted,
        progress,
      };
      return JSON.stringify(note);
    },
    follow(name, text) {
      const entry = state(name);
      const { coveredSince, ...note } = JSON.parse(text) as Note;
      Object.assign(entry, note);
      if (coveredSince !== null && note.head !== null)
        entry.spans = after(entry.keptSince, union(entry.spans, [{ since: coveredSince, until: note.head }]));
    },
    health(entry) {
      if (!entry.contacted) return "UNKNOWN";
      if (entry.connection.stats.circuit === "open" || entry.failuresInARow >= DOWN_AFTER) return "DOWN";
      return entry.failuresInARow > 0 ||
        entry.commandError !== null ||
        entry.connection.stats.circuit === "half-open"
        ? "DEGRADED"
        : "UP";
    },
  };
}

/** What a gateway tells the others of a connection that it polls. */
type Note = Pick<
  ConnectionState,
  | "coveredSince"
  | "head"
  | "caughtUp"
  | "lastSyncedAt"
  | "lastError"
  | "failuresInARow"
  | "contacted"
  | "progress"
>;

function toStored(error: ProviderError, at: EpochMs): NonNullable<ConnectionRow["lastError"]> {
  return { code: error.code, message: error.message, retryAfterSeconds: error.retryAfterSeconds ?? null, at };
}
