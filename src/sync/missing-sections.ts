/** List rows of some providers are poor: this reads the rest of each session, newest first, in the background. */
import type { Logger } from "../http/http-client.js";
import type { Ingest } from "../ingest/ingest.js";
import type { EpochMs } from "../model/index.js";
import type { SessionPosition, Store } from "../store/store.js";
import type { ConnectionDirectory, ConnectionState } from "./connection-directory.js";

const BATCH = 25;

/**
 * Reads by id every session that lacks a section which a by-id read gives and a list row does not, in one walk over the
 * connection. A session that cannot be read is left for the next time, so one bad row cannot hold up the rest. Stops early when the signal aborts.
 */
export async function readMissingSections(
  state: ConnectionState,
  dependencies: {
    store: Store;
    ingest: Ingest;
    directory: ConnectionDirectory;
    now: () => EpochMs;
    signal: AbortSignal;
    /** Sessions read so far. */
    onProgress?: (sessions: number) => void;
  },
  log: Logger,
): Promise<void> {
  const { store, ingest, directory, now, signal } = dependencies;
  const { connection, name } = state;
  const listed = new Set(connection.listSections);
  const wanted = connection.readSections.filter((section) => !listed.has(section));
  if (wanted.length === 0) return;
  const startedAt = now();
  let sessions = 0;
  let failed = 0;
  let place: SessionPosition | null = null;
  do {
    const look = await store.sessions.lackingSections(name, wanted, place);
    place = look.next;
    for (let start = 0; start < look.rows.length && !signal.aborted; start += BATCH) {
      const rows = look.rows.slice(start, start + BATCH);
      const outcomes = await connection.readSessions(
        rows.map((row) => row.providerId),
        { priority: "background", signal },
      );
      const failure = outcomes.find((outcome) => outcome.kind === "failed");
      if (failure?.kind === "failed") directory.failed(name, failure.error);
      else directory.succeeded(name);
      // Nothing at all could be read: the provider is down, and going on would only hammer it.
      if (outcomes.every((outcome) => outcome.kind === "failed")) return;
      const found = outcomes.flatMap((outcome) => (outcome.kind === "found" ? [outcome.snapshot] : []));
      await ingest.ingest(name, found);
      sessions += found.length;
      failed += rows.length - found.length;
      directory.progress(name, { phase: "details", sessions, total: null, startedAt });
      dependencies.onProgress?.(sessions);
    }
  } while (place !== null && !signal.aborted);
  log.info({ sessions, failed, tookMs: now() - startedAt }, "details of listed sessions read");
}
