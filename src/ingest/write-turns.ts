/** Turns carry their words and their place in a search. A corrected turn keeps its place. */
import { toSearchText, type TranscriptEntryRecord } from "../model/index.js";
import type { Dialect, SqlPlan, SqlValue } from "../store/sql.js";
import { insertRows, type Column } from "../store/write-rows.js";
import { freePlaces, ROWS_AT_ONCE } from "./search-index.js";
import type { SessionState } from "./session-state.js";

const COLUMNS: Column[] = [
  ["session_key", "bigint"],
  ["key", "integer"],
  ["position", "integer"],
  ["data", "text"],
  ["search", "text"],
  ["place", "bigint"],
];

/** A turn that is to be written. */
export interface TurnWrite {
  sessionKey: number;
  position: number;
  turn: TranscriptEntryRecord;
  /** Not stored yet, and so without a place; `at` is as good a time as is known. */
  fresh: { at: number } | null;
}

/** Notes a turn that is new or not as it was. */
export function toTurnWrite(
  sessionKey: number,
  position: number,
  turn: TranscriptEntryRecord,
  { before, after }: { before: SessionState | null; after: SessionState },
): TurnWrite {
  const isStored = before?.rows.transcript.has(String(turn.index)) === true;
  const at = turn.startedAt ?? after.row.startedAt ?? after.row.fetchedAt;
  return { sessionKey, position, turn, fresh: isStored ? null : { at } };
}

/** Builds what writes turns of many sessions. */
export function createTurnWriter(dialect: Dialect): (turns: readonly TurnWrite[]) => SqlPlan<void> {
  const again = "ON CONFLICT (session_key, key) DO UPDATE SET data = excluded.data, search = excluded.search";
  const insert = insertRows(dialect, "transcript_entries", COLUMNS, again, ROWS_AT_ONCE);
  return function* (turns) {
    if (turns.length === 0) return;
    const unplaced = turns.flatMap(({ sessionKey, turn: { index }, fresh }) =>
      fresh === null ? [] : [{ sessionKey, index, at: fresh.at }],
    );
    const free = (yield* freePlaces(unplaced, dialect))[Symbol.iterator]();
    yield* insert(
      turns.map(({ sessionKey, position, turn, fresh }): SqlValue[] => [
        ...[sessionKey, turn.index, position, JSON.stringify(turn), toSearchText(turn.text)],
        fresh === null ? null : (free.next().value ?? null),
      ]),
    );
  };
}
