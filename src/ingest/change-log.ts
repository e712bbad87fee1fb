/** Appends to the change log: the last thing that a transaction does. */
import type { TransferRecord } from "../model/index.js";
import { fromChangedParts, fromFilteredFacts } from "../store/change-columns.js";
import { fromChangeUndo } from "../store/change-undo.js";
import { run, type Dialect, type SqlPlan } from "../store/sql.js";
import type { ChangedParts, ChangedTransfer, FilteredFacts, LoggedChange } from "../store/store.js";
import { insertRows, type Column } from "../store/write-rows.js";
import { isSame } from "./same.js";
import type { SessionState } from "./session-state.js";

const COLUMNS: Column[] = [
  ["session_key", "bigint"],
  ["connection", "text"],
  ["at", "bigint"],
  ["kind", "text"],
  ["changed", "text"],
  ["previous_state", "text"],
  ["before", "text"],
  ["after", "text"],
  ["parts", "text"],
  ["undo", "text"],
];

/** Rows of a section that a change names one by one; of more than that it says nothing, which means all of them. */
const MAX_NAMED = 200;

const OVER: ReadonlySet<TransferRecord["status"]> = new Set(["COMPLETED", "FAILED", "CANCELLED"]);

/** Writes changes down, in order, and gives them their numbers. */
export function createChangeLog(dialect: Dialect): (changes: readonly LoggedChange[]) => SqlPlan<void> {
  const insert = insertRows(dialect, "changes", COLUMNS, "RETURNING sequence");
  return function* (changes) {
    if (changes.length === 0) return;
    // Nothing but the commit comes after this: whoever is given a lower number has committed (docs/adr/0030).
    const lock = dialect.changeLogLock;
    if (lock !== null) yield* run(lock.sql, lock.values);
    const rows = yield* insert(
      changes.map(
        ({ sessionKey, connection, at, kind, changed, previousState, before, after, parts, undo }) => [
          ...[sessionKey, connection, at, kind, JSON.stringify(changed), previousState],
          ...[before && fromFilteredFacts(before), fromFilteredFacts(after), fromChangedParts(parts)],
          fromChangeUndo(undo),
        ],
      ),
    );
    const sequences = rows.map((row) => row["sequence"] as number).sort((a, b) => a - b);
    changes.forEach((change, index) => (change.sequence = sequences[index] ?? 0));
  };
}

/** What filters look at. */
export function filteredFacts({ row }: SessionState): FilteredFacts {
  const { phase, state, channel, direction, startedAt, updatedAt, durationSeconds } = row;
  const { hasTransfer, hasTranscript } = row;
  return {
    phase,
    state,
    channel,
    direction,
    startedAt,
    updatedAt,
    durationSeconds,
    hasTransfer,
    hasTranscript,
  };
}

/** Which rows of the sections that changed did. Of a new session only the transfers are named: all else is new. */
export function changedParts(
  before: SessionState | null,
  after: SessionState,
  changed: readonly string[],
): ChangedParts {
  const parts: ChangedParts = {};
  if (changed.includes("transfers")) {
    const known = before?.rows.transfers;
    const keys = named(known, after.rows.transfers);
    const toChanged = (key: string) => changedTransfer(key, known?.get(key), after.rows.transfers.get(key));
    if (keys) parts.transfers = keys.map(toChanged);
  }
  if (before === null) return parts;
  if (changed.includes("transcript")) {
    const keys = named(before.rows.transcript, after.rows.transcript);
    if (keys) parts.transcript = keys.map(Number);
  }
  if (changed.includes("timeline")) {
    const keys = named(before.rows.events, after.rows.events);
    if (keys) parts.events = keys;
  }
  return parts;
}

function named(
  known: ReadonlyMap<string, object> | undefined,
  rows: ReadonlyMap<string, object>,
): string[] | null {
  const keys = [...rows].filter(([key, row]) => !isSame(known?.get(key), row)).map(([key]) => key);
  return keys.length > MAX_NAMED ? null : keys;
}

/** When a transfer began and when it was over are its steps on the timeline. */
function changedTransfer(
  key: string,
  before: TransferRecord | undefined,
  after: TransferRecord | undefined,
): ChangedTransfer {
  const overAt = (transfer: TransferRecord | undefined) =>
    transfer && OVER.has(transfer.status)
      ? `${transfer.status} ${transfer.completedAt ?? transfer.updatedAt}`
      : null;
  return {
    key,
    isNew: before === undefined || before.createdAt !== after?.createdAt,
    isSettled: overAt(after) !== null && overAt(before) !== overAt(after),
  };
}
