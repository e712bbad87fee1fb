import type { EpochMs, SessionSnapshot } from "../model/index.js";
import { run, type Database, type SqlPlan } from "../store/sql.js";
import type { ChangeRow } from "../store/store.js";
import { changedFields, changeKind, knownFields } from "./diff.js";
import type { Ingest, IngestResult } from "./ingest.js";
import { loadStates } from "./load-states.js";
import { createRefuseErased } from "./refuse-erased.js";
import { applySnapshot, emptyState, type SessionState } from "./session-state.js";
import { toStorable } from "./storable.js";
import { touchSession, writeSession } from "./write-state.js";

export interface IngestOptions {
  now: () => EpochMs;
  /** Called after a commit that wrote changes, with the last sequence number among them. */
  onChange?: (lastSequence: number) => void;
}

/** Snapshots in one transaction at most: a longer batch is split, so that no other writer waits for long. */
const MAX_BATCH = 200;

/** Builds the one door into the store. */
export function createIngest(database: Database, { now, onChange }: IngestOptions): Ingest {
  const { dialect } = database;
  const refuseErased = createRefuseErased(dialect, now);

  function* plan(connection: string, snapshots: readonly SessionSnapshot[]): SqlPlan<IngestResult[]> {
    // Ingests of one connection follow each other, in whichever gateway: read, merge and write must see one state.
    const lock = dialect.lock(connection);
    if (lock !== null) yield* run(lock.sql, lock.values);
    const states = yield* loadStates(connection, snapshots, dialect);
    const admitted = yield* refuseErased(connection, snapshots, states);
    const results: IngestResult[] = [];
    for (const snapshot of snapshots) {
      if (!admitted.has(snapshot)) {
        results.push({ sessionKey: 0, change: null });
        continue;
      }
      const stored = states.get(snapshot.providerKey) ?? null;
      const { state, result } = yield* take(connection, stored, snapshot);
      states.set(snapshot.providerKey, state);
      results.push(result);
    }
    return results;
  }

  function* take(
    connection: string,
    stored: SessionState | null,
    snapshot: SessionSnapshot,
  ): SqlPlan<{ state: SessionState; result: IngestResult }> {
    const before = stored ?? emptyState(connection, snapshot);
    const after = applySnapshot(before, snapshot);
    const changed = stored === null ? knownFields(after) : changedFields(before, after);
    const kind = changeKind(stored === null, before, after, changed);
    // A payload can differ in members that nothing here reads; it is kept all the same.
    if (kind === null && after.raw === null) {
      yield* touchSession(after);
      return { state: after, result: { sessionKey: after.row.key, change: null } };
    }
    const key = yield* writeSession(stored, after, dialect);
    const state = { ...after, row: { ...after.row, key } };
    if (kind === null) return { state, result: { sessionKey: key, change: null } };
    const change = yield* log(connection, {
      sessionKey: key,
      at: now(),
      kind,
      changed,
      previousState: stored === null || before.row.state === after.row.state ? null : before.row.state,
    });
    return { state, result: { sessionKey: key, change } };
  }

  function* log(connection: string, change: Omit<ChangeRow, "sequence">): SqlPlan<ChangeRow> {
    const [row] = yield* run(
      `INSERT INTO changes (session_key, connection, at, kind, changed, previous_state)
       VALUES (?, ?, ?, ?, ?, ?) RETURNING sequence`,
      [
        change.sessionKey,
        connection,
        change.at,
        change.kind,
        JSON.stringify(change.changed),
        change.previousState,
      ],
    );
    return { ...change, sequence: row?.["sequence"] as number };
  }

  return {
    async ingest(connection, snapshots) {
      const results: IngestResult[] = [];
      for (let start = 0; start < snapshots.length; start += MAX_BATCH) {
        const batch = snapshots.slice(start, start + MAX_BATCH).map(toStorable);
        results.push(...(await database.transaction(() => plan(connection, batch))));
      }
      const last = results.findLast((result) => result.change !== null)?.change?.sequence;
      if (last !== undefined) onChange?.(last);
      return results;
    },
  };
}
