/** Everything that keeps the cache in step with the providers, started and stopped as one. */
import { isProviderError } from "../errors/index.js";
import type { Logger } from "../http/http-client.js";
import type { Ingest } from "../ingest/ingest.js";
import type { EpochMs } from "../model/index.js";
import type { Store } from "../store/store.js";
import type { ConnectionDirectory, ConnectionState } from "./connection-directory.js";
import { createCoverage, type Coverage } from "./coverage.js";
import { createRefresh } from "./create-refresh.js";
import { runFirstSync } from "./first-sync.js";
import { createTurn } from "./keep-current.js";
import type { KeptSince } from "./kept-since.js";
import { PollLoop } from "./poll-loop.js";
import type { Refresh } from "./refresh.js";

export interface SyncOptions {
  store: Store;
  ingest: Ingest;
  directory: ConnectionDirectory;
  log: Logger;
  now: () => EpochMs;
  /** Milliseconds between polls of a connection nobody asks about (`SWITCHBOARD_POLL_IDLE_MS`). */
  pollIdleMs: number;
  /** A list query polls again what was polled longer ago than this (`SWITCHBOARD_POLL_LIVE_MS`). */
  pollLiveMs: number;
  /** Sessions that ended before this are not kept, so lists are not read beyond it. @default all are kept */
  keptSince?: KeptSince;
}

/** Connections that somebody watches, and sessions among them. */
export interface WatchTarget {
  connections: readonly string[];
  sessions?: readonly { connection: string; providerKey: string; providerId: string }[];
}

export interface Sync {
  readonly directory: ConnectionDirectory;
  readonly refresh: Refresh;
  readonly coverage: Coverage;
  /** Starts the first synchronisation and the polls; returns at once. */
  start(): void;
  /**
   * Somebody looks at these connections: those not polled for `pollLiveMs` are polled in the background. With
   * `maxAgeMs`, those polled longer ago than that are polled now, and the promise waits for it, `waitMs` at most.
   */
  look(connections: readonly string[], maxAgeMs?: number, waitMs?: number): Promise<void>;
  /** Somebody watches: these connections are polled fast until the answer is called. */
  watch(target: WatchTarget): () => void;
  stop(): Promise<void>;
}

/** How far back the cache is filled by itself, milliseconds. */
export const HISTORY_MS = 90 * 24 * 60 * 60 * 1000;
const RETRY_FIRST_SYNC_MS = 5_000;

/** Builds the sync of this process. Nothing happens before `start`. */
export function createSync(options: SyncOptions): Sync {
  const { store, ingest, directory, now, pollIdleMs, pollLiveMs } = options;
  const abort = new AbortController();
  const background = new Set<Promise<void>>();
  const loops = new Map<string, PollLoop>();
  const { keptSince = () => -Infinity } = options;
  const shared = { store, ingest, directory, now, signal: abort.signal };
  const coverage = createCoverage({ ...shared, keptSince, log: options.log });

  for (const state of directory.all) {
    const log = options.log.child({ connection: state.name });
    const poll = createTurn(state, { ...shared, coverage, log });
    loops.set(state.name, new PollLoop({ poll, intervalMs: pollIdleMs, kickAfterMs: pollLiveMs, now, log }));
  }

  /** Tries until it has worked once, or the process stops. What an earlier run has covered is not read again. */
  async function synchronise(state: ConnectionState): Promise<void> {
    for (let tries = 1; !abort.signal.aborted; tries += 1) {
      try {
        await runFirstSync(state, { ...shared, coverage, log: options.log, historyMs: HISTORY_MS });
        return;
      } catch (error) {
        if (abort.signal.aborted) return;
        if (!isProviderError(error))
          options.log.error({ err: error, connection: state.name }, "synchronisation failed");
        else
          options.log.warn(
            { err: error, connection: state.name, tries },
            "synchronisation failed, will be tried again",
          );
        await pause(Math.min(RETRY_FIRST_SYNC_MS * tries, 60_000), abort.signal);
      }
    }
  }

  return {
    directory,
    coverage,
    refresh: createRefresh({ store, ingest, directory, log: options.log, now }),
    start() {
      for (const state of directory.all) {
        const task = synchronise(state).finally(() => background.delete(task));
        background.add(task);
        loops.get(state.name)?.start();
      }
    },
    async look(connections, maxAgeMs, waitMs = 0) {
      const polls = connections.map((name) => loops.get(name)?.kick(maxAgeMs) ?? Promise.resolve());
      if (maxAgeMs === undefined || waitMs <= 0) return;
      const patience = new AbortController();
      await Promise.race([Promise.all(polls), pause(waitMs, patience.signal)]);
      patience.abort();
    },
    watch({ connections }) {
      const ends = connections.map((name) => loops.get(name)?.watch());
      return () => ends.forEach((end) => end?.());
    },
    async stop() {
      abort.abort();
      await Promise.all([...loops.values()].map((loop) => loop.stop()));
      await Promise.all(background);
      await coverage.idle();
    },
  };
}

/** Waits; resolves early, never rejects, when the signal aborts. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done);
  });
}
