/**
 * The first synchronisation of a connection: fills the cache with what the provider still has, newest first, then
 * reads what list rows lack. It runs in the background and behind every user's request; lists answer meanwhile. At a
 * later start the same thing reads only what has begun since, and what an earlier run did not come to.
 */
import { isProviderError } from "../errors/index.js";
import type { Logger } from "../http/http-client.js";
import type { Ingest } from "../ingest/ingest.js";
import type { EpochMs } from "../model/index.js";
import type { Store } from "../store/store.js";
import type { ConnectionDirectory, ConnectionState } from "./connection-directory.js";
import type { Coverage } from "./coverage.js";
import { readMissingSections } from "./missing-sections.js";

export interface FirstSyncDependencies {
  store: Store;
  ingest: Ingest;
  directory: ConnectionDirectory;
  coverage: Coverage;
  log: Logger;
  now: () => EpochMs;
  /** How far back to read where the provider sets no limit of its own, milliseconds. */
  historyMs: number;
  signal: AbortSignal;
}

/** One log line of progress at most this often, milliseconds. */
const LOG_EVERY_MS = 2_000;

/**
 * Reads what the cache lacks of one connection's recent history. Throws a `ProviderError` when the provider cannot be
 * read to the end; what was read is kept and not read again by the next try.
 */
export async function runFirstSync(
  state: ConnectionState,
  dependencies: FirstSyncDependencies,
): Promise<void> {
  const { directory, coverage, now, historyMs } = dependencies;
  const { name } = state;
  const log = dependencies.log.child({ connection: name });
  const startedAt = now();
  const span = { since: Math.max(coverage.floor(name), startedAt - historyMs), until: startedAt };
  const what = state.head === null ? "first synchronisation" : "synchronisation after a restart";
  let sessions = 0;
  let rejected = 0;
  let loggedAt = startedAt;
  let total: number | null = null;
  const progress = () => directory.progress(name, { phase: "listing", sessions, total, startedAt });
  progress();
  log.info({ since: new Date(span.since).toISOString() }, `${what} started`);
  try {
    await coverage.fill(name, span, {
      onPage(page) {
        sessions += page.snapshots.length;
        rejected += page.rejected.length;
        total = page.total ?? total;
        progress();
        if (now() - loggedAt < LOG_EVERY_MS) return;
        loggedAt = now();
        log.info({ sessions, total }, `${what} goes on`);
      },
    });
    log.info({ sessions, rejected, tookMs: now() - startedAt }, `${what} listed everything`);
    await readMissingSections(state, dependencies, log);
  } catch (error) {
    if (isProviderError(error)) directory.failed(name, error);
    throw error;
  } finally {
    directory.progress(name, null);
  }
}
