/**
 * What a session is found by, kept up to date with it: one row for each text, written only when that text differs. Turns
 * are found by their own rows, which need a place of their own.
 */
import {
  toSearchText, type EpochMs, type EventRecord, type MemberRecord, type PartyRecord, type ReportRecord,
} from "../model/index.js"; // prettier-ignore
import { isOpenPart, PARTS } from "../store/change-undo.js";
import { run, type Dialect, type SqlPlan, type SqlValue } from "../store/sql.js";
import { insertRows, type Column } from "../store/write-rows.js";
import type { SessionState } from "./session-state.js";

/** Texts under the part of the session that they belong to. */
export type SearchTexts = ReadonlyMap<string, readonly (string | null | undefined)[]>;

/** The row's own part, in `Pick`s so that a rebuild need not read whole rows. */
export function sessionTexts(row: {
  title: string | null;
  from: Pick<PartyRecord, "displayName"> | null;
  to: Pick<PartyRecord, "displayName"> | null;
}): SearchTexts {
  return new Map([[PARTS.session, [row.title, row.from?.displayName, row.to?.displayName]]]);
}

export function memberTexts(members: Iterable<MemberRecord>): SearchTexts {
  return new Map(
    [...members].map(({ key, displayName, party }) => [PARTS.member(key), [displayName, party.displayName]]),
  );
}

export function eventTexts(events: Iterable<EventRecord>): SearchTexts {
  return new Map([...events].map(({ key, message }) => [PARTS.event(key), [message]]));
}

export function reportTexts(report: ReportRecord | null): SearchTexts {
  return new Map(report === null ? [] : [[PARTS.report, [report.summary, report.outcome]]]);
}

/** Texts of `session_search`, and the parts that have none any more. */
export interface SearchChanges {
  texts: SqlValue[][];
  gone: [sessionKey: number, part: string][];
}

/** Notes what differs from `before`. */
export function noteSearch(
  key: number,
  before: SessionState | null,
  after: SessionState,
  changes: SearchChanges,
): void {
  noteTexts(key, before && sessionTexts(before.row), sessionTexts(after.row), changes);
  const { members, events } = after.rows;
  if (before?.rows.members !== members) {
    const known = before && memberTexts(before.rows.members.values());
    noteTexts(key, known, memberTexts(members.values()), changes);
  }
  if (before?.rows.events !== events) {
    const known = before && eventTexts(before.rows.events.values());
    noteTexts(key, known, eventTexts(events.values()), changes);
  }
  if (before?.report !== after.report)
    noteTexts(key, before && reportTexts(before.report), reportTexts(after.report), changes);
}

/** @param known what the index holds of these parts already; null when that is not known. */
export function noteTexts(
  key: number,
  known: SearchTexts | null,
  texts: SearchTexts,
  changes: SearchChanges,
): void {
  for (const [part, text] of texts) {
    const before = known?.get(part);
    if (before !== undefined && before.every((value, index) => value === text[index])) continue;
    const search = toSearchText(...text);
    if (search !== null) changes.texts.push([key, part, Number(isOpenPart(part)), search]);
    else if (before !== undefined) changes.gone.push([key, part]);
  }
}

/** Builds what takes noted changes into the index. */
export function createSearchWriter(dialect: Dialect): (changes: SearchChanges) => SqlPlan<void> {
  const columns: Column[] = [
    ["session_key", "bigint"],
    ["part", "text"],
    ["open", "smallint"],
    ["search", "text"],
  ];
  const again = "ON CONFLICT (session_key, part) DO UPDATE SET search = excluded.search";
  const insert = insertRows(dialect, "session_search", columns, again, ROWS_AT_ONCE);
  return function* ({ texts, gone }) {
    for (const given of gone)
      yield* run("DELETE FROM session_search WHERE session_key = ? AND part = ?", given);
    yield* insert(texts);
  };
}

/** Places to a millisecond. Within one, turns of a session follow each other. */
const PLACES = 2_048;
/** Times beyond it (in the year 2109) share their places: whole numbers end at 2^53. */
const MAX_TIME = 2 ** 42 - 2 ** 20;

/** Rows in one statement on SQLite: FTS5 writes down what it has before each, and each time costs as much. */
export const ROWS_AT_ONCE = 32;

/** A turn that has no place yet. */
export interface UnplacedTurn {
  sessionKey: number;
  index: number;
  /** When it was said, or as good a time as is known. */
  at: EpochMs;
}

/** A free place for each turn, as near to its time as there is one. */
export function* freePlaces(turns: readonly UnplacedTurn[], dialect: Dialect): SqlPlan<number[]> {
  const places = turns.map(({ sessionKey, at, index }) => {
    const slot = (sessionKey * 31 + index) % PLACES;
    return Math.min(Math.max(at, 0), MAX_TIME) * PLACES + slot + (slot < 0 ? PLACES : 0);
  });
  const where = dialect.among("place", "integer");
  // Steps double, so that however many share a time, a free place is found in a few rounds.
  let unsure = places.map((_, position) => position);
  for (let step = 1; unsure.length > 0; step *= 2) {
    const wanted = dialect.list(unsure.map((position) => places[position] ?? 0));
    const rows = yield* run(`SELECT place FROM transcript_entries WHERE ${where}`, [wanted]);
    const taken = new Set(rows.map((row) => row["place"] as number));
    const moving = new Set(unsure);
    for (const [position, place] of places.entries()) if (!moving.has(position)) taken.add(place);
    unsure = unsure.filter((position) => {
      const place = places[position] ?? 0;
      if (!taken.has(place)) {
        taken.add(place);
        return false;
      }
      places[position] = place + step;
      return true;
    });
  }
  return places;
}
