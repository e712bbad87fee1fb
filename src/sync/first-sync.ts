/**
 * The first synchronisation of a connection: fills the cache with what the provider still has, newest first, then
 * reads what list rows lack. It runs in the background and behind every user's request; lists answer meanwhile.
 */
import { isProviderError } from "../errors/index.js";
import type { Logger } from "../http/http-client.js";
import type { Ingest } from "../ingest/ingest.js";
import type { EpochMs } from "../model/index.js";
import type { Store } from "../store/store.js";
import type { ConnectionDirectory, ConnectionState } from "./connection-directory.js";
import { withoutExpired, type KeptSince } from "./kept-since.js";
import { readMissingSections } from "./missing-sections.js";

export interface FirstSyncDependencies {
  store: Store;
  ingest: Ingest;
  directory: ConnectionDirectory;
  log: Logger;
  now: () => EpochMs;
  /** How far back to read where the provider sets no limit of its own, milliseconds. */
  historyMs: number;
  /** Sessions that ended before this are not kept (`-Infinity`: all are). */
  keptSince: KeptSince;
  signal: AbortSignal;
}

/** One log line of progress at most this often, milliseconds. */
const LOG_EVERY_MS = 2_000;

/**
 * Reads the whole history of one connection once. Throws a `ProviderError` when the provider cannot be read to the
 * end; what was read is kept, and `coveredSince` stays unset so that the next try starts over.
 */
export async function runFirstSync(
  state: ConnectionState,
  dependencies: FirstSyncDependencies,
): Promise<void> {
  const { ingest, directory, now, signal } = dependencies;
  const { connection, name } = state;
  const log = dependencies.log.child({ connection: name });
  const startedAt = now();
  const history = startedAt - Math.min(connection.historyMs ?? Infinity, dependencies.historyMs);
  const since = Math.max(history, dependencies.keptSince(name));
  const options = { priority: "background" as const, signal };
  let sessions = 0;
  let rejected = 0;
  let loggedAt = startedAt;
  let total: number | null = null;
  directory.progress(name, { phase: "listing", sessions, total, startedAt });
  log.info({ since: new Date(since).toISOString() }, "first synchronisation started");
  try {
    for await (const page of connection.listSessions({ since }, options)) {
      await ingest.ingest(name, withoutExpired(page.snapshots, dependencies.keptSince(name)));
      directory.succeeded(name);
      sessions += page.snapshots.length;
      rejected += page.rejected.length;
      total = page.total ?? total;
      directory.progress(name, { phase: "listing", sessions, total, startedAt });
      for (const error of page.rejected) log.warn({ err: error }, "a row of the list could not be read");
      if (now() - loggedAt >= LOG_EVERY_MS) {
        loggedAt = now();
        log.info({ sessions, total }, "first synchronisation goes on");
      }
    }
    await directory.synced(name, startedAt, since);
    log.info({ sessions, rejected, tookMs: now() - startedAt }, "first synchronisation listed everything");
    await readMissingSections(state, dependencies, log);
  } catch (error) {
    if (isProviderError(error)) directory.failed(name, error);
    throw error;
  } finally {
    directory.progress(name, null);
  }
}
