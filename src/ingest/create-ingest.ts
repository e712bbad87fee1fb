import type { EpochMs, SessionSnapshot } from "../model/index.js";
import { run, type Database, type SqlPlan } from "../store/sql.js";
import type { LoggedChange } from "../store/store.js";
import { changeUndo, newAddresses } from "./change-undo.js";
import { changedParts, createChangeLog, filteredFacts } from "./change-log.js";
import { changedFields, changeKind, knownFields } from "./diff.js";
import type { Ingest, IngestResult } from "./ingest.js";
import { loadChildren, loadRows } from "./load-states.js";
import { digestOf } from "./look-digest.js";
import { createRefuseErased } from "./refuse-erased.js";
import { applySnapshot, emptyState, freshen, isNewer, type SessionState } from "./session-state.js";
import { toStorable } from "./storable.js";
import { createStateWriter } from "./write-state.js";

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
  const writer = createStateWriter(dialect);
  const append = createChangeLog(dialect);

  function* plan(connection: string, looks: readonly Look[]): SqlPlan<IngestResult[]> {
    // Ingests of one connection follow each other, in whichever gateway: read, merge and write must see one state.
    const lock = dialect.lock(connection);
    if (lock !== null) yield* run(lock.sql, lock.values);
    const snapshots = looks.map(({ snapshot }) => snapshot);
    const states = yield* loadRows(connection, snapshots, dialect);
    const admitted = yield* refuseErased(connection, snapshots, states);
    const told = looks.filter(({ snapshot }) => admitted.has(snapshot));
    const keyIn = ({ snapshot }: Look) => snapshot.providerKey;
    // One look with news is enough to have all of a session's looks compared: they are taken in one after the other.
    const withNews = new Set(told.filter((look) => !tellsTheSame(look, states)).map(keyIn));
    const compared = told.filter((look) => withNews.has(keyIn(look)));
    yield* loadChildren(
      [...withNews].flatMap((key) => states.get(key) ?? []),
      compared.map(({ snapshot }) => snapshot),
      dialect,
    );
    const stored = new Map(states);
    const written = new Set<string>();
    const touched = new Set<string>();
    const steps = looks.map((look) => {
      const { snapshot } = look;
      const { providerKey } = snapshot;
      if (!admitted.has(snapshot)) return null;
      const before = states.get(providerKey) ?? null;
      const { state, change } =
        before !== null && !withNews.has(providerKey)
          ? { state: { ...before, row: freshen(before.row, snapshot) }, change: null }
          : take(connection, before, look);
      // A payload can differ in members that nothing here reads; it is kept all the same.
      (change === null && state.raw === null ? touched : written).add(providerKey);
      states.set(providerKey, { ...state, raw: state.raw ?? before?.raw ?? null });
      return { providerKey, change };
    });
    const after = (key: string) => states.get(key) as SessionState;
    const keys = yield* writer.write(
      [...written].map((key) => ({ before: stored.get(key) ?? null, after: after(key) })),
    );
    yield* writer.touch([...touched].filter((key) => !written.has(key)).map(after));
    const keyOf = new Map([...written].map((key, index) => [key, keys[index] ?? 0]));
    const results = steps.map((step) => {
      if (step === null) return { sessionKey: 0, change: null };
      const { providerKey, change } = step;
      const sessionKey = keyOf.get(providerKey) ?? after(providerKey).row.key;
      return { sessionKey, change: change && { ...change, sessionKey, sequence: 0 } };
    });
    yield* append(results.map((result) => result.change).filter((change) => change !== null));
    return results;
  }

  /** What one look makes of a session, and the step in the change log that it is; null for none. */
  function take(
    connection: string,
    stored: SessionState | null,
    { snapshot, digest }: Look,
  ): { state: SessionState; change: Omit<LoggedChange, "sequence" | "sessionKey"> | null } {
    const before = stored ?? emptyState(connection, snapshot);
    const applied = applySnapshot(before, snapshot);
    // An older look that is told again later, as the newest one, must have its say then, and so must one whose state was
    // not believed: whether it is depends on when it comes.
    const { phase, state: told } = snapshot.facts;
    const isTaken = isNewer(before.row, snapshot) && (phase !== "LIVE" || applied.row.state === told);
    const lookDigest = isTaken ? digest : null;
    const state = { ...applied, row: { ...applied.row, lookDigest } };
    const changed = stored === null ? knownFields(state) : changedFields(before, state);
    // A further address is no field of the graph, and yet filters may find the session by it from now on.
    const isFound = newAddresses(before, state).length > 0;
    const kind = changeKind(stored === null, before, state, changed) ?? (isFound ? "UPDATED" : null);
    if (kind === null) return { state, change: null };
    const isSameState = stored === null || before.row.state === state.row.state;
    return {
      state,
      change: {
        ...{ connection, at: now(), kind, changed },
        previousState: isSameState ? null : before.row.state,
        before: stored && filteredFacts(stored),
        after: filteredFacts(state),
        parts: changedParts(stored, state, changed),
        undo: stored === null ? {} : changeUndo(stored, state, changed),
      },
    };
  }

  return {
    async ingest(connection, snapshots) {
      const results: IngestResult[] = [];
      for (let start = 0; start < snapshots.length; start += MAX_BATCH) {
        const batch = snapshots.slice(start, start + MAX_BATCH).map(toLook);
        results.push(...(await database.transaction(() => plan(connection, batch))));
      }
      const last = results.findLast((result) => result.change !== null)?.change?.sequence;
      if (last !== undefined) onChange?.(last);
      return results;
    },
  };
}

/** A snapshot as it can be stored. */
interface Look {
  snapshot: SessionSnapshot;
  digest: string;
}

function toLook(told: SessionSnapshot): Look {
  const snapshot = toStorable(told);
  return { snapshot, digest: digestOf(snapshot) };
}

/** True when the newest look at the session told just this. */
function tellsTheSame({ snapshot, digest }: Look, states: ReadonlyMap<string, SessionState>): boolean {
  const row = states.get(snapshot.providerKey)?.row;
  return row?.lookDigest === digest && isNewer(row, snapshot);
}
