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
import { Holdings } from "./holdings.js";
import { createTurn } from "./keep-current.js";
import type { KeptSince } from "./kept-since.js";
import { PollLoop } from "./poll-loop.js";
import type { Refresh } from "./refresh.js";
import { Watches, type WatchTarget } from "./watches.js";

export interface SyncOptions {
  store: Store;
  ingest: Ingest;
  directory: ConnectionDirectory;
  log: Logger;
  now: () => EpochMs;
  /** Milliseconds between polls of a connection that nobody watches (`SWITCHBOARD_POLL_IDLE_MS`). */
  pollIdleMs: number;
  /**
   * Milliseconds between polls of one that somebody watches (`SWITCHBOARD_POLL_LIVE_MS`). A list query polls again what
   * was polled longer ago than this.
   */
  pollLiveMs: number;
  /** Sessions that ended before this are not kept, so lists are not read beyond it. @default all are kept */
  keptSince?: KeptSince;
}

export interface Sync {
  readonly directory: ConnectionDirectory;
  readonly refresh: Refresh;
  readonly coverage: Coverage;
  /** Starts the first synchronisation and the polls of what no other gateway polls; returns at once. */
  start(): void;
  /**
   * Somebody looks at these connections: those not polled for `pollLiveMs` are polled in the background. With
   * `maxAgeMs`, those polled longer ago than that are polled now, and the promise waits for it, `waitMs` at most.
   */
  look(connections: readonly string[], maxAgeMs?: number, waitMs?: number): Promise<void>;
  /**
   * Somebody watches: connections are polled fast, and followed by push where they can be, until the answer is called
   * and a moment longer. A session alone costs its connection's polls only where it cannot be followed by itself.
   */
  watch(target: WatchTarget): () => void;
  stop(): Promise<void>;
}

/** How far back the cache is filled by itself, milliseconds. */
export const HISTORY_MS = 90 * 24 * 60 * 60 * 1000;
const RETRY_FIRST_SYNC_MS = 5_000;
/** How long a connection counts as watched after its last watcher, milliseconds. Promised are 30 s. */
const LINGER_MS = 10_000;
/** The same for a look at a connection that another gateway polls, milliseconds: enough for that one to hear of it. */
const GLANCE_MS = 2_500;

/** Builds the sync of this process. Nothing happens before `start`. */
export function createSync(options: SyncOptions): Sync {
  const { store, ingest, directory, now, pollIdleMs, pollLiveMs } = options;
  const abort = new AbortController();
  const background = new Set<Promise<void>>();
  const synchronising = new Set<string>();
  const loops = new Map<string, PollLoop>();
  const { keptSince = () => -Infinity } = options;
  const shared = { store, ingest, directory, now, signal: abort.signal };
  const coverage = createCoverage({ ...shared, keptSince, log: options.log });

  const watches = new Watches({
    lingerMs: LINGER_MS,
    canFollow: () => false,
    onChange(name) {
      if (holdings.holds(name)) loops.get(name)?.reschedule();
      else holdings.hurry();
    },
  });
  /** Connections whose sessions somebody has asked for since their last poll began. */
  const looked = new Set<string>();
  const isWatched = (name: string) => watches.isWatched(name) || watches.sessions(name).length > 0;

  for (const state of directory.all) {
    const { name } = state;
    const log = options.log.child({ connection: name });
    let isLookedAt = false;
    const turn = createTurn(state, {
      ...shared,
      coverage,
      log,
      isWatched: () => isWatched(name),
      isFollowed: () => isLookedAt || isWatched(name),
    });
    const poll = () => {
      isLookedAt = looked.delete(name);
      return turn.run();
    };
    const intervalMs = () => (isWatched(name) ? Math.min(pollLiveMs, pollIdleMs) : pollIdleMs);
    loops.set(name, new PollLoop({ poll, intervalMs, kickAfterMs: pollLiveMs, now, log }));
  }

  const holdings = new Holdings({
    repository: store.holdings,
    connections: directory.all.map(({ name }) => name),
    watches,
    log: options.log,
    note: (name) => directory.note(name),
    onNote: (name, note) => directory.follow(name, note),
    onTaken(name) {
      const state = directory.get(name);
      if (state === undefined) return;
      // How far somebody else had come is known only as far as it was noted.
      state.caughtUp = false;
      loops.get(name)?.start();
      if (synchronising.has(name)) return;
      synchronising.add(name);
      const task = synchronise(state).finally(() => {
        synchronising.delete(name);
        background.delete(task);
      });
      background.add(task);
    },
    onLost(name) {
      loops.get(name)?.pause();
    },
  });

  /** Tries until it has worked once, or the process stops. What an earlier run has covered is not read again. */
  async function synchronise(state: ConnectionState): Promise<void> {
    for (let tries = 1; !abort.signal.aborted && holdings.holds(state.name); tries += 1) {
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
      holdings.start();
    },
    async look(connections, maxAgeMs, waitMs = 0) {
      for (const name of connections) looked.add(name);
      const elsewhere = connections.filter((name) => !holdings.holds(name));
      if (maxAgeMs === undefined) watches.glance(elsewhere, GLANCE_MS);
      const polls = connections
        .filter((name) => maxAgeMs !== undefined || holdings.holds(name))
        .map((name) => loops.get(name)?.kick(maxAgeMs) ?? Promise.resolve());
      if (maxAgeMs === undefined || waitMs <= 0) return;
      const patience = new AbortController();
      await Promise.race([Promise.all(polls), pause(waitMs, patience.signal)]);
      patience.abort();
    },
    watch: (target) => watches.watch(target),
    async stop() {
      abort.abort();
      watches.close();
      await holdings.stop();
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
