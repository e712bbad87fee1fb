/** Writes what a batch changed of one session: the row, and the children that differ. */
import { isDeepStrictEqual } from "node:util";
import { toSearchText, type InteractionRecord, type ReportRecord } from "../model/index.js";
import { fromSessionRow, SESSION_COLUMNS, type FullSessionRow } from "../store/session-columns.js";
import { writeJoins } from "../store/repositories/join-repository.js";
import { run, type Dialect, type SqlPlan, type SqlValue } from "../store/sql.js";
import { SECTION_TABLES } from "./load-states.js";
import { freePlaces, indexSession, TURNS_AT_ONCE } from "./search-index.js";
import { ROW_SECTIONS, type RowSection, type SectionRows, type SessionState } from "./session-state.js";

const MARKS = SESSION_COLUMNS.map(() => "?").join(", ");
const INSERT_SESSION = `INSERT INTO sessions (${SESSION_COLUMNS.join(", ")}) VALUES (${MARKS}) RETURNING key`;
const UPDATE_SESSION = `UPDATE sessions SET ${SESSION_COLUMNS.map((name) => `${name} = ?`).join(", ")} WHERE key = ?`;
const TOUCH_SESSION =
  "UPDATE sessions SET fetched_at = ?, sections = ?, source = ?, version = ?, problems = ? WHERE key = ?";

/** Only how fresh the row is has changed. */
export function* touchSession({ row }: SessionState): SqlPlan<void> {
  const values = [
    row.fetchedAt,
    JSON.stringify(row.sections),
    row.source,
    row.version,
    JSON.stringify(row.problems),
    row.key,
  ];
  yield* run(TOUCH_SESSION, values);
}

/** Writes the session and whatever differs from `before`; answers the session's key. */
export function* writeSession(
  before: SessionState | null,
  after: SessionState,
  dialect: Dialect,
): SqlPlan<number> {
  const { row } = after;
  const key = yield* writeRow(row);
  for (const section of ROW_SECTIONS) {
    if (section === "transcript") yield* writeTurns(key, before, after, dialect);
    else yield* writeSection(key, section, before, after);
  }
  if (after.report !== null && !isDeepStrictEqual(before?.report, after.report))
    yield* writeReport(key, after.report);
  if (after.raw !== null) {
    yield* run(
      "INSERT INTO session_payloads (session_key, raw) VALUES (?, ?) ON CONFLICT (session_key) DO UPDATE SET raw = excluded.raw",
      [key, after.raw],
    );
  }
  for (const address of after.addresses) {
    if (before?.addresses.has(address)) continue;
    yield* run("INSERT INTO session_addresses (session_key, address) VALUES (?, ?) ON CONFLICT DO NOTHING", [
      key,
      address,
    ]);
  }
  yield* writeJoins(key, after.joins.slice(before?.joins.length ?? 0));
  yield* indexSession(key, before, after);
  return key;
}

function* writeRow(row: FullSessionRow): SqlPlan<number> {
  const values = fromSessionRow(row);
  if (row.key !== 0) {
    yield* run(UPDATE_SESSION, [...values, row.key]);
    return row.key;
  }
  const [inserted] = yield* run(INSERT_SESSION, values);
  return inserted?.["key"] as number;
}

function* writeSection<S extends Exclude<RowSection, "transcript">>(
  sessionKey: number,
  section: S,
  before: SessionState | null,
  after: SessionState,
): SqlPlan<void> {
  const known: ReadonlyMap<string, SectionRows[S]> | undefined = before?.rows[section];
  if (known === after.rows[section]) return;
  let position = -1;
  for (const [key, row] of after.rows[section]) {
    position += 1;
    if (isDeepStrictEqual(known?.get(key), row)) continue;
    yield* run(
      `INSERT INTO ${SECTION_TABLES[section]} (session_key, key, position, data) VALUES (?, ?, ?, ?)
       ON CONFLICT (session_key, key) DO UPDATE SET data = excluded.data`,
      [sessionKey, key, position, JSON.stringify(toData(section, row))],
    );
    if (section === "interactions") yield* writeLegs(sessionKey, row as InteractionRecord);
  }
}

/** Turns carry their words and their place in a search. A corrected turn keeps its place. */
function* writeTurns(
  sessionKey: number,
  before: SessionState | null,
  { row, rows }: SessionState,
  dialect: Dialect,
): SqlPlan<void> {
  const known = before?.rows.transcript;
  if (known === rows.transcript) return;
  const all = [...rows.transcript];
  const told = row.startedAt ?? row.fetchedAt;
  const added = all.filter(([key]) => known?.has(key) !== true);
  const unplaced = added.map(([, turn]) => ({ index: turn.index, at: turn.startedAt ?? told }));
  const free = yield* freePlaces(sessionKey, unplaced, dialect);
  const places = new Map(added.map(([key], position) => [key, free[position] ?? null]));
  const values = all.flatMap(([key, turn], position): SqlValue[][] =>
    isDeepStrictEqual(known?.get(key), turn)
      ? []
      : [
          [
            sessionKey,
            turn.index,
            position,
            JSON.stringify(turn),
            toSearchText(turn.text),
            places.get(key) ?? null,
          ],
        ],
  );
  for (let start = 0; start < values.length; start += TURNS_AT_ONCE) {
    const rows = values.slice(start, start + TURNS_AT_ONCE);
    yield* run(
      `INSERT INTO transcript_entries (session_key, key, position, data, search, place)
       VALUES ${rows.map(() => "(?, ?, ?, ?, ?, ?)").join(", ")}
       ON CONFLICT (session_key, key) DO UPDATE SET data = excluded.data, search = excluded.search`,
      rows.flat(),
    );
  }
}

function* writeLegs(sessionKey: number, interaction: InteractionRecord): SqlPlan<void> {
  for (const [position, leg] of interaction.legs.entries()) {
    yield* run(
      `INSERT INTO legs (session_key, interaction_key, position, data) VALUES (?, ?, ?, ?)
       ON CONFLICT (session_key, interaction_key, position) DO UPDATE SET data = excluded.data`,
      [sessionKey, interaction.key, position, JSON.stringify(leg)],
    );
  }
}

function* writeReport(sessionKey: number, report: ReportRecord): SqlPlan<void> {
  yield* run(
    "INSERT INTO reports (session_key, data) VALUES (?, ?) ON CONFLICT (session_key) DO UPDATE SET data = excluded.data",
    [sessionKey, JSON.stringify(report)],
  );
}

/** Legs have a table of their own. */
function toData(section: RowSection, row: object): object {
  return section === "interactions" ? { ...row, legs: [] } : row;
}
