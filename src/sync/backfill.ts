/** Filling the cache with history on request: newest first, resumable, one process per connection at a time. */
import { isProviderError, type ProviderError } from "../errors/index.js";
import type { Logger } from "../http/http-client.js";
import type { Ingest } from "../ingest/ingest.js";
import type { EpochMs } from "../model/index.js";
import type { CoverageSpan, Store } from "../store/store.js";
import type { ConnectionDirectory } from "./connection-directory.js";
import type { Coverage } from "./coverage.js";
import { readMissingSections } from "./missing-sections.js";

export interface BackfillDependencies {
  store: Store;
  ingest: Ingest;
  directory: ConnectionDirectory;
  coverage: Coverage;
  log: Logger;
  now: () => EpochMs;
  /** Ends the backfill; what has come so far stays. */
  signal: AbortSignal;
}

/** How far a connection's backfill has come. */
export interface BackfillProgress {
  connection: string;
  phase: "listing" | "details";
  /** Rows listed, or sessions read in full. */
  sessions: number;
  /** Share of the span that is covered, 0 to 1. */
  done: number;
}

/** `busy`: another backfill holds the connection. `stopped`: the signal came; `missing` is what is left to do. */
export interface BackfillResult {
  connection: string;
  outcome: "done" | "stopped" | "busy" | "failed";
  sessions: number;
  missing: CoverageSpan[];
  error: ProviderError | null;
}

/** A backfill that dies lets go of its connection after this long, milliseconds. */
const LEASE_MS = 15_000;

/** Fills one connection's span. Rejects only for what is not a provider's failure. */
export async function backfill(
  connection: string,
  span: CoverageSpan,
  dependencies: BackfillDependencies,
  onProgress: (progress: BackfillProgress) => void,
): Promise<BackfillResult> {
  const { store, directory, coverage, now, log, signal } = dependencies;
  const state = directory.get(connection);
  if (state === undefined) throw new RangeError(`no connection is called ${JSON.stringify(connection)}`);
  const lease = `backfill:${connection}`;
  const holder = `${process.pid}-${now()}`;
  let sessions = 0;
  const end = (outcome: BackfillResult["outcome"], error: ProviderError | null = null): BackfillResult => ({
    ...{ connection, outcome, sessions, error },
    missing: coverage.missing(connection, span),
  });
  if (!(await store.leases.take(lease, holder, now(), LEASE_MS))) return end("busy");
  const renewal = setInterval(
    () =>
      void store.leases
        .take(lease, holder, now(), LEASE_MS)
        .catch((error: unknown) => log.warn({ err: error, connection }, "lease not renewed")),
    LEASE_MS / 3,
  );
  const reach = span.until - Math.max(span.since, coverage.floor(connection));
  const tell = (phase: BackfillProgress["phase"], count: number) => {
    const left = coverage.missing(connection, span).reduce((sum, gap) => sum + gap.until - gap.since, 0);
    onProgress({ connection, phase, sessions: count, done: reach <= 0 ? 1 : 1 - left / reach });
  };
  try {
    await coverage.fill(connection, span, {
      onPage(page) {
        sessions += page.snapshots.length;
        tell("listing", sessions);
      },
      onSlice: () => tell("listing", sessions),
    });
    await readMissingSections(state, { ...dependencies, onProgress: (read) => tell("details", read) }, log);
    return end(signal.aborted ? "stopped" : "done");
  } catch (error) {
    if (signal.aborted) return end("stopped");
    if (isProviderError(error)) return end("failed", error);
    throw error;
  } finally {
    clearInterval(renewal);
    await store.leases.release(lease, holder);
  }
}
