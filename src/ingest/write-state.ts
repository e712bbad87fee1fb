/** Writes what a batch changed of one session: the row, and the children that differ. */
import { isDeepStrictEqual } from "node:util";
import type {
  EventRecord,
  InteractionRecord,
  MemberRecord,
  ReportRecord,
  TranscriptEntryRecord,
} from "../model/index.js";
import { fromSessionRow, SESSION_COLUMNS, type FullSessionRow } from "../store/session-columns.js";
import { writeJoins } from "../store/repositories/join-repository.js";
import { run, type SqlPlan, type SqlValue } from "../store/sql.js";
import { SECTION_TABLES } from "./load-states.js";
import { ROW_SECTIONS, type RowSection, type SectionRows, type SessionState } from "./session-state.js";

const MARKS = SESSION_COLUMNS.map(() => "?").join(", ");
const INSERT_SESSION = `INSERT INTO sessions (${SESSION_COLUMNS.join(", ")}, search) VALUES (${MARKS}, ?) RETURNING key`;
const UPDATE_SESSION = `UPDATE sessions SET ${SESSION_COLUMNS.map((name) => `${name} = ?`).join(", ")}, search = ? WHERE key = ?`;
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
export function* writeSession(before: SessionState | null, after: SessionState): SqlPlan<number> {
  const { row } = after;
  const key = yield* writeRow(row);
  for (const section of ROW_SECTIONS) yield* writeSection(key, section, before, after);
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
  return key;
}

function* writeRow(row: FullSessionRow): SqlPlan<number> {
  const search = words(row.title, row.from?.displayName, row.to?.displayName);
  const values = [...fromSessionRow(row), search];
  if (row.key !== 0) {
    yield* run(UPDATE_SESSION, [...values, row.key]);
    return row.key;
  }
  const [inserted] = yield* run(INSERT_SESSION, values);
  return inserted?.["key"] as number;
}

function* writeSection<S extends RowSection>(
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
    const storedKey: SqlValue = section === "transcript" ? Number(key) : key;
    yield* run(
      `INSERT INTO ${SECTION_TABLES[section]} (session_key, key, position, data, search) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (session_key, key) DO UPDATE SET data = excluded.data, search = excluded.search`,
      [sessionKey, storedKey, position, JSON.stringify(toData(section, row)), searchOf(section, row)],
    );
    if (section === "interactions") yield* writeLegs(sessionKey, row as InteractionRecord);
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
    `INSERT INTO reports (session_key, data, search) VALUES (?, ?, ?)
     ON CONFLICT (session_key) DO UPDATE SET data = excluded.data, search = excluded.search`,
    [sessionKey, JSON.stringify(report), words(report.summary, report.outcome)],
  );
}

/** Legs have a table of their own. */
function toData(section: RowSection, row: object): object {
  return section === "interactions" ? { ...row, legs: [] } : row;
}

function searchOf(section: RowSection, row: object): string | null {
  switch (section) {
    case "members":
      return words((row as MemberRecord).displayName, (row as MemberRecord).party.displayName);
    case "events":
      return words((row as EventRecord).message);
    case "transcript":
      return words((row as TranscriptEntryRecord).text);
    case "interactions":
    case "transfers":
    case "recordings":
      return null;
  }
}

function words(...texts: (string | null | undefined)[]): string | null {
  const text = texts
    .filter((part) => part)
    .join("\n")
    .toLowerCase();
  return text === "" ? null : text;
}
