/** List rows of some providers are poor: this reads the rest of each session, newest first, in the background. */
import type { Logger } from "../http/http-client.js";
import type { Ingest } from "../ingest/ingest.js";
import type { EpochMs } from "../model/index.js";
import type { Store } from "../store/store.js";
import type { ConnectionDirectory, ConnectionState } from "./connection-directory.js";

const BATCH = 25;

/**
 * Reads by id every session that lacks a section which a by-id read gives and a list row does not. A session that
 * cannot be read is left for the next time, so one bad row cannot hold up the rest. Stops early when the signal aborts.
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
  const tried = new Set<number>();
  let sessions = 0;
  while (!signal.aborted) {
    // Rows that failed stay at the head of the list: ask for enough to get past them.
    const rows = (await store.sessions.lackingSections(name, wanted, BATCH + tried.size))
      .filter((row) => !tried.has(row.key))
      .slice(0, BATCH);
    if (rows.length === 0) break;
    const outcomes = await connection.readSessions(
      rows.map((row) => row.providerId),
      { priority: "background", signal },
    );
    rows.forEach((row, index) => {
      if (outcomes[index]?.kind !== "found") tried.add(row.key);
    });
    const failure = outcomes.find((outcome) => outcome.kind === "failed");
    if (failure?.kind === "failed") directory.failed(name, failure.error);
    else directory.succeeded(name);
    // Nothing at all could be read: the provider is down, and going on would only hammer it.
    if (outcomes.every((outcome) => outcome.kind === "failed")) return;
    await ingest.ingest(
      name,
      outcomes.flatMap((outcome) => (outcome.kind === "found" ? [outcome.snapshot] : [])),
    );
    sessions += outcomes.filter((outcome) => outcome.kind === "found").length;
    directory.progress(name, { phase: "details", sessions, total: null, startedAt });
    dependencies.onProgress?.(sessions);
  }
  log.info({ sessions, failed: tried.size, tookMs: now() - startedAt }, "details of listed sessions read");
}
