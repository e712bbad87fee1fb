/**
 * Takes sessions that were stored before there was an index into it: newest first, a few at a time, each batch in a
 * transaction of its own that also says how far it has come. So it goes on where it was stopped, and between two batches
 * everybody else gets their turn. Sessions that arrive meanwhile are indexed as they are written.
 */
import { setImmediate as nextTurn, setTimeout as pause } from "node:timers/promises";
import { toSearchText, type EventRecord, type MemberRecord, type ReportRecord, type TranscriptEntryRecord } from "../model/index.js"; // prettier-ignore
import { fromJson } from "../store/session-columns.js";
import { run, type Database, type Dialect, type SqlPlan, type SqlRow, type SqlValue } from "../store/sql.js";
import {
  createSearchWriter, eventTexts, freePlaces, memberTexts, noteTexts, reportTexts, ROWS_AT_ONCE, sessionTexts, type SearchChanges,
} from "./search-index.js"; // prettier-ignore

export interface SearchRebuild {
  /** Resolves when nothing is left to do, or after `stop`. */
  readonly done: Promise<void>;
  /** Ends it after the batch under way; the next start goes on. */
  stop(): Promise<void>;
}

/** Sessions in a batch. */
const BATCH = 20;
/** Pause after a batch that failed, milliseconds. */
const RETRY_MS = 10_000;

/** Starts at once, in the background. Failures go to `onError`, and the batch is tried again. */
export function startSearchRebuild(database: Database, onError: (error: unknown) => void): SearchRebuild {
  const ending = new AbortController();
  async function work(): Promise<void> {
    while (!ending.signal.aborted) {
      try {
        if (!(await database.transaction(() => indexBatch(database.dialect)))) return;
        await nextTurn();
      } catch (error) {
        onError(error);
        await pause(RETRY_MS, undefined, { signal: ending.signal, ref: false }).catch(() => undefined);
      }
    }
  }
  const done = work();
  return {
    done,
    stop() {
      ending.abort();
      return done;
    },
  };
}

/** Indexes the newest sessions that are left; false when none are. */
function* indexBatch(dialect: Dialect): SqlPlan<boolean> {
  yield* lock("search rebuild", dialect);
  const [left] = yield* run("SELECT until FROM search_rebuild", []);
  if (left === undefined) return false;
  const sessions = yield* run(
    "SELECT key, connection FROM sessions WHERE key <= ? ORDER BY key DESC LIMIT ?",
    [left["until"] as number, BATCH],
  );
  const last = sessions.at(-1);
  if (last === undefined) {
    yield* run("DELETE FROM search_rebuild", []);
    return false;
  }
  // Nobody writes these sessions between our reading their texts and writing the words.
  const connections = new Set(sessions.map((row) => row["connection"] as string));
  for (const connection of [...connections].sort()) yield* lock(connection, dialect);
  yield* indexSessions(
    sessions.map((row) => row["key"] as number),
    dialect,
  );
  yield* run("UPDATE search_rebuild SET until = ?", [(last["key"] as number) - 1]);
  return true;
}

function* lock(name: string, dialect: Dialect): SqlPlan<void> {
  const statement = dialect.lock(name);
  if (statement !== null) yield* run(statement.sql, statement.values);
}

function* indexSessions(keys: readonly number[], dialect: Dialect): SqlPlan<void> {
  const list = [dialect.list(keys)];
  const ofSessions = dialect.among("session_key", "integer");
  const rows = yield* run(
    `SELECT key, title, from_name, to_name, started_at, fetched_at FROM sessions WHERE ${dialect.among("key", "integer")}`,
    list,
  );
  const [members, events, reports] = [
    yield* read("members", ofSessions, list),
    yield* read("events", ofSessions, list),
    yield* read("reports", ofSessions, list),
  ];
  const turns = Map.groupBy(
    yield* run(`SELECT session_key, key, place, data FROM transcript_entries WHERE ${ofSessions}`, list),
    (row) => row["session_key"] as number,
  );
  const changes: SearchChanges = { texts: [], gone: [] };
  for (const row of rows) {
    const key = row["key"] as number;
    const name = (column: string) => ({ displayName: row[column] as string | null });
    const title = row["title"] as string | null;
    const texts = [
      sessionTexts({ title, from: name("from_name"), to: name("to_name") }),
      memberTexts((members.get(key) ?? []) as MemberRecord[]),
      eventTexts((events.get(key) ?? []) as EventRecord[]),
      reportTexts((reports.get(key)?.[0] ?? null) as ReportRecord | null),
    ];
    for (const part of texts) noteTexts(key, null, part, changes);
    yield* indexTurns(key, (row["started_at"] ?? row["fetched_at"]) as number, turns.get(key) ?? [], dialect);
  }
  yield* createSearchWriter(dialect)(changes);
}

function* read(
  table: string,
  where: string,
  list: readonly ReturnType<Dialect["list"]>[],
): SqlPlan<Map<number, unknown[]>> {
  const records = new Map<number, unknown[]>();
  for (const row of yield* run(`SELECT session_key, data FROM ${table} WHERE ${where}`, list)) {
    const key = row["session_key"] as number;
    records.set(key, [...(records.get(key) ?? []), fromJson(row["data"])]);
  }
  return records;
}

function* indexTurns(
  sessionKey: number,
  told: number,
  rows: readonly SqlRow[],
  dialect: Dialect,
): SqlPlan<void> {
  const turns = rows
    .filter((row) => row["place"] === null)
    .map((row) => ({ index: row["key"] as number, turn: fromJson(row["data"]) as TranscriptEntryRecord }));
  const unplaced = turns.map(({ index, turn }) => ({ sessionKey, index, at: turn.startedAt ?? told }));
  const places = yield* freePlaces(unplaced, dialect);
  const values = turns.map(({ index, turn }, position): SqlValue[] => [
    ...[toSearchText(turn.text), places[position] ?? null, sessionKey, index],
  ]);
  for (let start = 0; start < values.length; start += ROWS_AT_ONCE) {
    const batch = values.slice(start, start + ROWS_AT_ONCE);
    yield* run(
      `UPDATE transcript_entries SET search = given.column1, place = CAST(given.column2 AS BIGINT)
       FROM (VALUES ${batch.map(() => "(?, ?, ?, ?)").join(", ")}) AS given
       WHERE session_key = CAST(given.column3 AS BIGINT) AND key = CAST(given.column4 AS INTEGER)`,
      batch.flat(),
    );
  }
}
