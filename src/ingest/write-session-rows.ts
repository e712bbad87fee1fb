/** Writes the rows of sessions themselves, leaving alone what indices need not be told. */
import {
  fromSessionRow, SESSION_COLUMNS, sessionColumn, type FullSessionRow,
} from "../store/session-columns.js"; // prettier-ignore
import type { Dialect, SqlPlan, SqlValue } from "../store/sql.js";
import { insertRows, updateRows } from "../store/write-rows.js";
import type { SessionState } from "./session-state.js";

/** A session as it is stored (null: not yet) and as it shall be. */
export interface SessionWrite {
  before: SessionState | null;
  after: SessionState;
}

export interface SessionRowWriter {
  /** Answers the sessions' keys, in the order of the writes. Each session is in there once. */
  write(writes: readonly SessionWrite[]): SqlPlan<number[]>;
  /** Only how fresh the rows are has changed. */
  touch(states: readonly SessionState[]): SqlPlan<void>;
}

type Name = (typeof SESSION_COLUMNS)[number];

/** What a session is, and so what is never set again: every index has one of these in it. */
const IDENTITY: readonly Name[] = ["tie", "connection", "provider", "provider_key"];
/** What lists sort and filter by. A row of which none of them changes stays where it is in every index of lists. */
const LISTED: readonly Name[] = [
  ...(["started_at", "updated_at", "ended_at", "duration_seconds"] as const),
  ...(["phase", "state", "direction", "channel", "has_transfer", "has_transcript"] as const),
];
const CHANGEABLE = SESSION_COLUMNS.filter((name) => !IDENTITY.includes(name));
const UNLISTED = CHANGEABLE.filter((name) => !LISTED.includes(name));
const FRESHNESS: readonly Name[] = ["fetched_at", "sections", "source", "version", "problems", "look_digest"];

const placesOf = (names: readonly Name[]) => names.map((name) => SESSION_COLUMNS.indexOf(name));
const [LISTED_AT, CHANGEABLE_AT, UNLISTED_AT] = [placesOf(LISTED), placesOf(CHANGEABLE), placesOf(UNLISTED)];

export function createSessionRowWriter(dialect: Dialect): SessionRowWriter {
  const update = (names: readonly Name[]) =>
    updateRows(dialect, "sessions", [...names, "key"].map(sessionColumn));
  const insertSessions = insertRows(
    dialect,
    "sessions",
    SESSION_COLUMNS.map(sessionColumn),
    "RETURNING key, tie",
  );
  const updateWhole = update(CHANGEABLE);
  const updateUnlisted = update(UNLISTED);
  const touchSessions = update(FRESHNESS);

  return {
    *write(writes) {
      const fresh: SqlValue[][] = [];
      const whole: SqlValue[][] = [];
      const unlisted: SqlValue[][] = [];
      for (const { before, after } of writes) {
        const values = fromSessionRow(after.row);
        if (before === null) fresh.push(values);
        else if (isListedAlike(values, before.row)) unlisted.push(pick(UNLISTED_AT, values, after.row.key));
        else whole.push(pick(CHANGEABLE_AT, values, after.row.key));
      }
      const inserted = yield* insertSessions(fresh);
      const keys = new Map(inserted.map((row) => [row["tie"] as string, row["key"] as number]));
      yield* updateWhole(whole);
      yield* updateUnlisted(unlisted);
      return writes.map(({ after: { row } }) => (row.key !== 0 ? row.key : (keys.get(row.tie) ?? 0)));
    },
    *touch(states) {
      yield* touchSessions(
        states.map(({ row }) => [
          ...[row.fetchedAt, JSON.stringify(row.sections), row.source, row.version],
          ...[JSON.stringify(row.problems), row.lookDigest, row.key],
        ]),
      );
    },
  };
}

function pick(places: readonly number[], values: readonly SqlValue[], key: number): SqlValue[] {
  return [...places.map((place) => values[place] ?? null), key];
}

function isListedAlike(values: readonly SqlValue[], before: FullSessionRow): boolean {
  const known = fromSessionRow(before);
  return LISTED_AT.every((place) => values[place] === known[place]);
}
