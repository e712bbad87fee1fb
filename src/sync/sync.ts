/** Everything that keeps the cache in step with the providers, started and stopped as one. */
import { isProviderError } from "../errors/index.js";
import type { Logger } from "../http/http-client.js";
import type { Ingest } from "../ingest/ingest.js";
import type { EpochMs } from "../model/index.js";
import type { SessionRow, Store } from "../store/store.js";
import type { ConnectionDirectory, ConnectionState } from "./connection-directory.js";
import { createCoverage, type Coverage } from "./coverage.js";
import { createRefresh } from "./create-refresh.js";
import { runFirstSync } from "./first-sync.js";
import { Holdings } from "./holdings.js";
import { createTurn } from "./keep-current.js";
import type { KeptSince } from "./kept-since.js";
import { PollLoop } from "./poll-loop.js";
import { Push } from "./push.js";
import type { Refresh } from "./refresh.js";
import { WatchedSections } from "./watched-sections.js";
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
   * and a moment longer. A session alone costs its connection's polls only where it cannot be followed by itself. Of its
   * sections, those that cost a request of their own are read every `pollLiveMs`, until the answer is called.
   */
  watch(target: WatchTarget): () => void;
  stop(): Promise<void>;
}

/** How far back the cache is filled by itself, milliseconds. */
export const HISTORY_MS = 90 * 24 * 60 * 60 * 1000;
const RETRY_FIRST_SYNC_MS = 5_000;
/** How long a connection counts as watched after its last watcher, milliseconds. Promised are 30 s. */
const LINGER_MS = 10_000;
/** How many times slower a watched connection is polled while a push channel tells of it. */
const PUSHED_TIMES = 5;
/** A session that ended longer ago is not followed, milliseconds. */
const FOLLOWED_AFTER_END_MS = 120_000;
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
    canFollow: (name) => directory.get(name)?.connection.streamSession !== undefined,
    onChange(name) {
      if (!holdings.holds(name)) return holdings.hurry();
      follow(name);
      loops.get(name)?.reschedule();
    },
  });
  /** Connections whose sessions somebody has asked for since their last poll began. */
  const looked = new Set<string>();
  const pushes = new Map<string, Push>();

  /** Opens and closes push channels as they are wanted now; those of live sessions when it is known which there are. */
  function follow(name: string): void {
    const isWatched = holdings.holds(name) && watches.isWatched(name);
    pushes.get(name)?.follow(isWatched);
    followSessions(name, isWatched).catch((error: unknown) =>
      options.log.warn({ err: error, connection: name }, "live sessions could not be followed"),
    );
  }

  async function followSessions(name: string, isWatched: boolean): Promise<void> {
    if (directory.get(name)?.connection.streamSession === undefined) return;
    const live = isWatched ? await store.sessions.unended(name) : [];
    const sessions = holdings.holds(name) ? watches.sessions(name) : [];
    const rows = sessions.length === 0 ? [] : await store.sessions.byRefs(sessions, "all");
    if (abort.signal.aborted) return;
    const isLongOver = (row: SessionRow | null | undefined) =>
      row?.phase === "ENDED" && (row.endedAt ?? row.fetchedAt) < now() - FOLLOWED_AFTER_END_MS;
    // Whether anybody watches still is asked again: it may have changed while the database was read.
    if (!holdings.holds(name)) return pushes.get(name)?.followSessions([], []);
    pushes.get(name)?.followSessions(
      sessions.filter((_, index) => !isLongOver(rows[index])),
      watches.isWatched(name) ? live : [],
    );
  }

  /** Somebody watches the connection, or a session of it that has no stream of its own or one that does not work. */
  const isPolled = (name: string) =>
    watches.isWatched(name) ||
    pushes.get(name)?.isFull === true ||
    watches.sessions(name).some(({ providerKey }) => pushes.get(name)?.isLost(providerKey));

  /** Who is told by push needs a poll only for what push may have left out. */
  function intervalOf(name: string): number {
    if (!isPolled(name)) return pollIdleMs;
    const isPushed = pushes.get(name)?.isHealthy === true;
    return Math.min(pollIdleMs, isPushed ? PUSHED_TIMES * pollLiveMs : pollLiveMs);
  }

  for (const state of directory.all) {
    const { name } = state;
    const log = options.log.child({ connection: name });
    let isLookedAt = false;
    const turn = createTurn(state, {
      ...shared,
      coverage,
      log,
      isFollowed: ({ providerKey }) =>
        (isLookedAt || isPolled(name)) && pushes.get(name)?.isStreamed(providerKey) !== true,
    });
    const poll = async () => {
      isLookedAt = looked.delete(name);
      await turn.run();
      if (watches.isWatched(name)) follow(name);
    };
    const loop = new PollLoop({
      poll,
      intervalMs: () => intervalOf(name),
      kickAfterMs: pollLiveMs,
      now,
      log,
    });
    loops.set(name, loop);
    const push = new Push(state, {
      ...shared,
      log: options.log,
      look: (gapMs) => loop.anew(gapMs),
      catchUp() {
        turn.widen();
        void loop.anew(0);
      },
      onHealth: () => loop.reschedule(),
    });
    pushes.set(name, push);
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
      follow(name);
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
      follow(name);
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

  const refresh = createRefresh({ store, ingest, directory, log: options.log, now });
  const { log } = options;
  const sections = new WatchedSections({ directory, refresh, everyMs: pollLiveMs, now, log });

  return {
    directory,
    coverage,
    refresh,
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
    watch(target) {
      const leave = watches.watch(target);
      const leaveSections = sections.watch(target.sessions ?? [], target.sections ?? []);
      return () => {
        leave();
        leaveSections();
      };
    },
    async stop() {
      abort.abort();
      watches.close();
      await sections.stop();
      await holdings.stop();
      await Promise.all([...pushes.values()].map((push) => push.close()));
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
