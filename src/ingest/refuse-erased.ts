/**
 * What was erased at somebody's request does not come in again: neither the sessions that were removed, nor others that
 * name the address and began before it was erased. What begins afterwards is new. While nothing has been erased this is
 * one statement that finds nothing.
 */
import type { EpochMs, SessionSnapshot } from "../model/index.js";
import {
  erasedAt, noteErasedSessions, readErased, readErasedTies, type ErasedAddresses,
} from "../store/erased.js"; // prettier-ignore
import { removeChangesOf, removeSessions } from "../store/remove-sessions.js";
import { tieOf } from "../store/session-columns.js";
import type { Dialect, SqlPlan } from "../store/sql.js";
import type { SessionState } from "./session-state.js";

/** Answers the snapshots that may come in. Stored sessions that turn out to be the erased person's are removed. */
export type RefuseErased = (
  connection: string,
  snapshots: readonly SessionSnapshot[],
  states: Map<string, SessionState>,
) => SqlPlan<ReadonlySet<SessionSnapshot>>;

/** Builds the check, which remembers the hashes it has read. */
export function createRefuseErased(dialect: Dialect, now: () => EpochMs): RefuseErased {
  let known: ErasedAddresses | null = null;
  return function* (connection, snapshots, states) {
    const erased = yield* readErased(known);
    known = erased;
    if (erased === null) return new Set(snapshots);
    const tie = (snapshot: SessionSnapshot) => tieOf(connection, snapshot.providerKey);
    const gone = yield* readErasedTies([...new Set(snapshots.map(tie))], dialect);
    const withheld = new Set<SessionSnapshot>();
    const found: SessionSnapshot[] = [];
    for (const snapshot of snapshots) {
      const at = gone.has(tie(snapshot)) ? null : erasedAt(snapshot, erased);
      if (at === null) continue;
      const startedAt = snapshot.facts.startedAt ?? states.get(snapshot.providerKey)?.row.startedAt ?? null;
      if (startedAt !== null && startedAt >= at) continue;
      withheld.add(snapshot);
      // Without a beginning nobody can say whether it is old: it waits outside until it tells.
      if (startedAt === null) continue;
      found.push(snapshot);
    }
    for (const snapshot of found) {
      gone.add(tie(snapshot));
      const stored = states.get(snapshot.providerKey);
      states.delete(snapshot.providerKey);
      if (stored === undefined) continue;
      yield* removeChangesOf([stored.row.key], dialect);
      yield* removeSessions([stored.row.key], dialect);
    }
    yield* noteErasedSessions(found.map(tie), now());
    return new Set(snapshots.filter((snapshot) => !withheld.has(snapshot) && !gone.has(tie(snapshot))));
  };
}
