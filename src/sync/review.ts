/**
 * Looks again at sessions that ended lately: reports are rewritten, totals grow, recordings appear, sessions move to an
 * archive, all without any news of it. What a provider no longer has stays as it was last seen.
 */
import { isProviderError } from "../errors/index.js";
import type { EpochMs } from "../model/index.js";
import type { SessionPosition, SessionRow } from "../store/store.js";
import type { ConnectionState } from "./connection-directory.js";
import type { PollDependencies } from "./poll.js";

/** How often which sessions are looked at again, milliseconds. */
export interface ReviewTier {
  everyMs: number;
  /** Sessions that began or ended within this time. */
  spanMs: number;
  /** Details that were read sooner than this after the end are read once more. */
  settledMs: number;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Most edits come within minutes of the end; a few, bills above all, come in the next two days. */
export const REVIEW_TIERS: readonly ReviewTier[] = [
  { everyMs: 10 * MINUTE_MS, spanMs: 2 * HOUR_MS, settledMs: 15 * MINUTE_MS },
  { everyMs: 6 * HOUR_MS, spanMs: 48 * HOUR_MS, settledMs: 12 * HOUR_MS },
];

const BATCH = 50;

/** Lists the tier's span again, and reads by id what the list does not tell. Throws a `ProviderError`. */
export async function reviewOnce(
  state: ConnectionState,
  tier: ReviewTier,
  dependencies: PollDependencies,
): Promise<void> {
  const { ingest, directory, now, signal } = dependencies;
  const { connection, name } = state;
  const options = { priority: "background" as const, signal };
  const since = now() - tier.spanMs;
  const seen = new Set<string>();
  try {
    for await (const page of connection.listSessions({ since }, options)) {
      await ingest.ingest(name, page.snapshots);
      for (const { providerKey } of page.snapshots) seen.add(providerKey);
    }
    const listed = new Set(connection.listSections);
    const beyondList = connection.readSections.filter((section) => !listed.has(section));
    const isOwed = (row: SessionRow) => {
      if (!seen.has(row.providerKey)) return true;
      // Of one that does not say when it ended, nobody knows whether its details are from before or after.
      const settledAt = Math.min((row.endedAt ?? Infinity) + tier.settledMs, now() - tier.everyMs);
      return beyondList.some((section) => (row.sections[section] ?? 0) < settledAt);
    };
    for await (const rows of endedSince(name, since, dependencies)) {
      const owed = rows.filter(isOwed);
      if (owed.length === 0) continue;
      const outcomes = await connection.readSessions(
        owed.map((row) => row.providerId),
        options,
      );
      await ingest.ingest(
        name,
        outcomes.flatMap((outcome) => (outcome.kind === "found" ? [outcome.snapshot] : [])),
      );
      const failure = outcomes.find((outcome) => outcome.kind === "failed");
      if (failure?.kind === "failed") throw failure.error;
    }
    directory.succeeded(name);
  } catch (error) {
    if (isProviderError(error)) directory.failed(name, error);
    throw error;
  }
}

/** Sessions of a connection that are over and began or ended since then, some at a time, each once. */
async function* endedSince(
  connection: string,
  since: EpochMs,
  { store }: PollDependencies,
): AsyncGenerator<SessionRow[]> {
  const filter = { connections: [connection], phases: ["ENDED"] as const };
  const met = new Set<number>();
  // By beginning as well: some never say when they ended.
  for (const field of ["ENDED_AT", "STARTED_AT"] as const) {
    for (let after: SessionPosition | undefined; ;) {
      const order = { field, direction: "DESC" } as const;
      const query = { filter, order, limit: BATCH, ...(after === undefined ? {} : { after }) };
      const page = await store.sessions.page(query, "all");
      const rows = page.filter(({ row, position }) => (position.value ?? 0) >= since && !met.has(row.key));
      for (const { row } of rows) met.add(row.key);
      yield rows.map(({ row }) => row);
      after = page.at(-1)?.position;
      if (page.length < BATCH || (after?.value ?? 0) < since) break;
    }
  }
}
