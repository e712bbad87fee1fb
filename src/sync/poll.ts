/** One look at what a connection has open or live, and at what has ended since the last look. */
import type { Ingest } from "../ingest/ingest.js";
import type { EpochMs, SessionSnapshot } from "../model/index.js";
import type { SessionRow, Store } from "../store/store.js";
import type { ConnectionDirectory, ConnectionState } from "./connection-directory.js";
import { isProviderError } from "../errors/index.js";

export interface PollDependencies {
  store: Store;
  ingest: Ingest;
  directory: ConnectionDirectory;
  now: () => EpochMs;
  signal: AbortSignal;
}

/** How long a provider may take until a session that is over shows in its history, milliseconds. */
const HISTORY_LAG_MS = 60_000;

/**
 * Reads the live list, then by id whatever is open or live in the cache but absent from that list (it ended unseen),
 * and of what is live and has sections the list does not tell (turns of a running conversation), those that
 * `wantsDetails` says. Throws a `ProviderError` when the list itself cannot be read.
 */
export async function pollOnce(
  state: ConnectionState,
  dependencies: PollDependencies,
  wantsDetails: (row: SessionRow) => boolean = () => true,
): Promise<void> {
  const { store, ingest, directory, now, signal } = dependencies;
  const { connection, name } = state;
  const options = { priority: "background" as const, signal };
  const startedAt = now();
  try {
    const before = new Set((await store.sessions.unended(name)).map((row) => row.key));
    const seen = new Map<string, SessionSnapshot>();
    for await (const page of connection.listLive(options)) {
      await ingest.ingest(name, page.snapshots);
      for (const snapshot of page.snapshots) seen.set(snapshot.providerKey, snapshot);
    }
    const listIsPoor = connection.readSections.some((section) => !connection.listSections.includes(section));
    const unended = await store.sessions.unended(name);
    const again = unended.filter((row) => {
      const listed = seen.get(row.providerKey);
      if (listed === undefined) return true;
      return listIsPoor && listed.facts.phase !== "OPEN" && wantsDetails(row);
    });
    // Rows seen in the list that ended there already are complete for rich lists; poor lists owe their details once.
    const endedNow = listIsPoor ? await endedWithoutDetails(state, store, seen, before) : [];
    const rows = [...new Map([...again, ...endedNow].map((row) => [row.key, row])).values()];
    if (rows.length > 0) {
      const outcomes = await connection.readSessions(
        rows.map((row) => row.providerId),
        options,
      );
      const failure = outcomes.find((outcome) => outcome.kind === "failed");
      if (failure?.kind === "failed") directory.failed(name, failure.error);
      const snapshots = outcomes.flatMap((outcome, index) => {
        if (outcome.kind === "found") return [outcome.snapshot];
        const row = rows[index];
        return outcome.kind === "absent" && row ? vanished(row, startedAt) : [];
      });
      await ingest.ingest(name, snapshots);
      if (failure === undefined) directory.succeeded(name);
    } else {
      directory.succeeded(name);
    }
    await directory.synced(name, startedAt);
  } catch (error) {
    if (isProviderError(error)) directory.failed(name, error);
    throw error;
  }
}

/**
 * A session that was open or live and that its provider now knows nothing of, not even in its history: it has ended,
 * when and how nobody can say any more. Histories lag behind, so it is given some time to turn up there.
 */
function vanished(row: SessionRow, at: EpochMs): SessionSnapshot[] {
  if (row.phase === "ENDED" || at - row.fetchedAt < HISTORY_LAG_MS) return [];
  const talked = row.state === "IN_PROGRESS" || row.state === "ON_HOLD";
  return [
    {
      provider: row.provider,
      providerId: row.providerId,
      providerKey: row.providerKey,
      source: "LIST",
      observedAt: at,
      version: null,
      facts: { ...row, phase: "ENDED", state: talked ? "COMPLETED" : "UNKNOWN", endedAt: row.fetchedAt },
      fields: {},
      sections: [],
      problems: [],
    },
  ];
}

async function endedWithoutDetails(
  state: ConnectionState,
  store: Store,
  seen: ReadonlyMap<string, SessionSnapshot>,
  /** Keys of the sessions that were not over before this look: a list need not say when they ended. */
  before: ReadonlySet<number>,
) {
  const { connection, name } = state;
  const refs = [...seen.values()]
    .filter((snapshot) => snapshot.facts.phase === "ENDED")
    .map((snapshot) => ({ connection: name, providerKey: snapshot.providerKey }));
  const rows = await store.sessions.byRefs(refs, "all");
  return rows.flatMap((row) => {
    if (row === null) return [];
    if (before.has(row.key)) return [row];
    const settled = connection.readSections.every(
      (section) => (row.sections[section] ?? 0) >= (row.endedAt ?? 0),
    );
    return settled ? [] : [row];
  });
}
