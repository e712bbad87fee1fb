/**
 * Removes by age, in the background and in small steps: each is one short transaction, and between two of them the
 * process and the database have three times as long for everybody else.
 */
import { setTimeout as pause } from "node:timers/promises";
import type { Logger } from "../http/http-client.js";
import type { EpochMs } from "../model/index.js";
import type { Store } from "../store/store.js";
import type { RetentionPolicy } from "./policy.js";

/** Sessions in one step: with some thirty rows each that hang off them. */
const SESSIONS_PER_STEP = 25;
const ROWS_PER_STEP = 500;
/** Pages given back in one step: half a megabyte of SQLite's. */
const PAGES_PER_STEP = 128;
/** Between two looks, milliseconds. */
const EVERY_MS = 10 * 60 * 1000;
/** Rest after a step as a multiple of what it took, and at least this long, milliseconds. */
const REST = 3;
const MIN_REST_MS = 5;

/** What one round removed. */
export interface RetentionCounts {
  sessions: number;
  payloads: number;
  changes: number;
  commands: number;
  deliveries: number;
  pages: number;
}

export interface RetentionOptions {
  store: Store;
  policy: RetentionPolicy;
  /** Names of the connections of this process. What others left in the database is not touched. */
  connections: readonly string[];
  /** Told before sessions are removed, so that nobody goes on saying that they are there. */
  onKeptSince?: (connection: string, since: EpochMs) => Promise<void>;
  log: Logger;
  now: () => EpochMs;
}

export interface Retention {
  /** Starts to look now and again; returns at once. */
  start(): void;
  /** One round now. Rejects with what went wrong; what was removed until then stays removed. */
  runOnce(): Promise<RetentionCounts>;
  /** Ends after the step in hand. */
  stop(): Promise<void>;
}

/** Builds the retention of this process. Nothing is removed before `start`. */
export function createRetention(options: RetentionOptions): Retention {
  const { store, policy, connections, onKeptSince, log, now } = options;
  const ending = new AbortController();
  let round: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;

  /** Repeats a step until it has removed less than it might have, resting in between. */
  async function untilDone(step: () => Promise<boolean>): Promise<void> {
    for (let more = true; more && !ending.signal.aborted;) {
      const startedAt = performance.now();
      more = await step();
      const rest = Math.max(MIN_REST_MS, REST * (performance.now() - startedAt));
      await pause(rest, undefined, { signal: ending.signal }).catch(() => undefined);
    }
  }

  async function runOnce(): Promise<RetentionCounts> {
    const counts: RetentionCounts = {
      sessions: 0,
      payloads: 0,
      changes: 0,
      commands: 0,
      deliveries: 0,
      pages: 0,
    };
    const removing = (
      kind: keyof RetentionCounts,
      limit: number,
      remove: (limit: number) => Promise<number>,
    ) =>
      untilDone(async () => {
        const removed = await remove(limit);
        counts[kind] += removed;
        return removed === limit;
      });
    const { retention } = store;
    for (const connection of connections) {
      const since = policy.keptSince(connection, now());
      if (since === -Infinity) continue;
      await onKeptSince?.(connection, since);
      await removing("sessions", SESSIONS_PER_STEP, (limit) =>
        retention.removeSessions(connection, since, limit),
      );
    }
    const cutoffs = policy.payloadsKeptSince(now());
    let after: number | null = cutoffs.size === 0 ? null : 0;
    await untilDone(async () => {
      if (after === null) return false;
      const { removed, next } = await retention.removePayloads(cutoffs, after, ROWS_PER_STEP);
      counts.payloads += removed;
      after = next;
      return next !== null;
    });
    await removing("changes", ROWS_PER_STEP, (limit) =>
      retention.removeChanges(policy.changesKeptSince(now()), limit),
    );
    await removing("commands", ROWS_PER_STEP, (limit) =>
      retention.removeCommands(policy.commandsKeptSince(now()), limit),
    );
    await removing("deliveries", ROWS_PER_STEP, (limit) =>
      retention.removeDeliveries(policy.deliveriesKeptSince(now()), limit),
    );
    await removing("pages", PAGES_PER_STEP, (limit) => retention.reclaim(limit));
    if (Object.values(counts).some((count) => count > 0)) log.info({ ...counts }, "retention removed");
    return counts;
  }

  function loop(): void {
    round = runOnce()
      .then(() => undefined)
      // The database may be away: the next round finds the same rows again.
      .catch((error: unknown) => log.warn({ err: error }, "retention failed, will be tried again"))
      .finally(() => {
        if (ending.signal.aborted) return;
        timer = setTimeout(loop, EVERY_MS);
        timer.unref();
      });
  }

  return {
    start: loop,
    runOnce,
    async stop() {
      ending.abort();
      clearTimeout(timer);
      await round;
    },
  };
}
