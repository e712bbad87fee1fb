/** Writes what a batch changed of its sessions: rows, and children that differ, table by table. */
import type { EventRecord, InteractionRecord, MemberRecord, TranscriptEntryRecord } from "../model/index.js";
import {
  fromSessionRow, SESSION_COLUMNS, sessionColumn, type FullSessionRow,
} from "../store/session-columns.js"; // prettier-ignore
import type { Dialect, SqlPlan, SqlValue } from "../store/sql.js";
import { insertRows, updateRows, type Column, type RowWriter } from "../store/write-rows.js";
import { SECTION_TABLES } from "./load-states.js";
import { isSame } from "./same.js";
import { ROW_SECTIONS, type RowSection, type SectionRows, type SessionState } from "./session-state.js";

/** A session as it is stored (null: not yet) and as it shall be. */
export interface SessionWrite {
  before: SessionState | null;
  after: SessionState;
}

/** Writes many sessions at once: the rows, and the children that differ. */
export interface StateWriter {
  /** Answers the sessions' keys, in the order of the writes. Each session is in there once. */
  write(writes: readonly SessionWrite[]): SqlPlan<number[]>;
  /** Only how fresh the rows are has changed. */
  touch(states: readonly SessionState[]): SqlPlan<void>;
}

type Rows = SqlValue[][];

/** What a session is, and so what is never set again: every index has one of these in it. */
const IDENTITY = ["tie", "connection", "provider", "provider_key"];
/** What lists sort and filter by. A row of which none of them changes stays where it is in every index of lists. */
const LISTED = [
  ...["started_at", "updated_at", "ended_at", "duration_seconds"],
  ...["phase", "state", "direction", "channel", "has_transfer", "has_transcript"],
];
const ALL = [...SESSION_COLUMNS, "search"];
const CHANGEABLE = ALL.filter((name) => !IDENTITY.includes(name));
const UNLISTED = CHANGEABLE.filter((name) => !LISTED.includes(name));

const CHILD: Column[] = [
  ["session_key", "bigint"],
  ["key", "text"],
  ["position", "integer"],
  ["data", "text"],
  ["search", "text"],
];
const TURN: Column[] = CHILD.map(([name, type]) => [name, name === "key" ? "integer" : type]);
const CHILD_AGAIN =
  "ON CONFLICT (session_key, key) DO UPDATE SET data = excluded.data, search = excluded.search";

/** Builds the writer for one kind of database. */
export function createStateWriter(dialect: Dialect): StateWriter {
  const insert = (table: string, columns: readonly Column[], tail: string) =>
    insertRows(dialect, table, columns, tail);
  const update = (names: readonly string[]) =>
    updateRows(dialect, "sessions", [...names, "key"].map(sessionColumn));
  const insertSessions = insert("sessions", ALL.map(sessionColumn), "RETURNING key, tie");
  const updateSessions = update(CHANGEABLE);
  const updateUnlisted = update(UNLISTED);
  const touchSessions = update(["fetched_at", "sections", "source", "version", "problems"]);
  const children = Object.fromEntries(
    ROW_SECTIONS.map((section) => [
      section,
      insert(SECTION_TABLES[section], section === "transcript" ? TURN : CHILD, CHILD_AGAIN),
    ]),
  ) as Record<RowSection, RowWriter>;
  const insertLegs = insert(
    "legs",
    [CHILD[0] as Column, ["interaction_key", "text"], ["position", "integer"], ["data", "text"]],
    "ON CONFLICT (session_key, interaction_key, position) DO UPDATE SET data = excluded.data",
  );
  const insertReports = insert(
    "reports",
    [CHILD[0] as Column, ["data", "text"], ["search", "text"]],
    "ON CONFLICT (session_key) DO UPDATE SET data = excluded.data, search = excluded.search",
  );
  const insertPayloads = insert(
    "session_payloads",
    [CHILD[0] as Column, ["raw", "text"]],
    "ON CONFLICT (session_key) DO UPDATE SET raw = excluded.raw",
  );
  const insertAddresses = insert(
    "session_addresses",
    [CHILD[0] as Column, ["address", "text"]],
    "ON CONFLICT DO NOTHING",
  );

  /** The rows of the sessions themselves; answers their keys in the order of the writes. */
  function* writeRows(writes: readonly SessionWrite[]): SqlPlan<number[]> {
    const fresh: Rows = [];
    const whole: Rows = [];
    const unlisted: Rows = [];
    for (const { before, after } of writes) {
      const values = valuesOf(after.row);
      if (before === null) fresh.push(values);
      else if (isListedAlike(values, valuesOf(before.row)))
        unlisted.push(pick(UNLISTED, values, after.row.key));
      else whole.push(pick(CHANGEABLE, values, after.row.key));
    }
    const inserted = yield* insertSessions(fresh);
    const keys = new Map(inserted.map((row) => [row["tie"] as string, row["key"] as number]));
    yield* updateSessions(whole);
    yield* updateUnlisted(unlisted);
    return writes.map(({ after: { row } }) => (row.key !== 0 ? row.key : (keys.get(row.tie) ?? 0)));
  }

  return {
    *write(writes) {
      const keys = yield* writeRows(writes);
      const rows = Object.fromEntries(ROW_SECTIONS.map((section) => [section, [] as Rows]));
      const [legs, reports, payloads, addresses]: Rows[] = [[], [], [], []];
      writes.forEach(({ before, after }, index) => {
        const key = keys[index] ?? 0;
        for (const section of ROW_SECTIONS) {
          for (const [place, id, row] of differing(section, before, after)) {
            const data = JSON.stringify(toData(section, row));
            rows[section]?.push([key, id, place, data, searchOf(section, row)]);
            if (section === "interactions") legs?.push(...legRows(key, row as InteractionRecord));
          }
        }
        const { report, raw } = after;
        if (report !== null && !isSame(before?.report, report))
          reports?.push([key, JSON.stringify(report), words(report.summary, report.outcome)]);
        if (raw !== null) payloads?.push([key, raw]);
        for (const address of after.addresses)
          if (before?.addresses.has(address) !== true) addresses?.push([key, address]);
      });
      for (const section of ROW_SECTIONS) yield* children[section](rows[section] ?? []);
      yield* insertLegs(legs ?? []);
      yield* insertReports(reports ?? []);
      yield* insertPayloads(payloads ?? []);
      yield* insertAddresses(addresses ?? []);
      return keys;
    },
    *touch(states) {
      yield* touchSessions(
        states.map(({ row }) => [
          ...[row.fetchedAt, JSON.stringify(row.sections), row.source, row.version],
          ...[JSON.stringify(row.problems), row.key],
        ]),
      );
    },
  };
}

function valuesOf(row: FullSessionRow): SqlValue[] {
  return [...fromSessionRow(row), words(row.title, row.from?.displayName, row.to?.displayName)];
}

function pick(names: readonly string[], values: readonly SqlValue[], key: number): SqlValue[] {
  return [...names.map((name) => values[ALL.indexOf(name)] ?? null), key];
}

function isListedAlike(one: readonly SqlValue[], other: readonly SqlValue[]): boolean {
  return LISTED.every((name) => one[ALL.indexOf(name)] === other[ALL.indexOf(name)]);
}

/** Rows of a section that are new or not as they were: place, stored key, record. */
function* differing(
  section: RowSection,
  before: SessionState | null,
  after: SessionState,
): Generator<[number, SqlValue, SectionRows[RowSection]]> {
  const known: ReadonlyMap<string, SectionRows[RowSection]> | undefined = before?.rows[section];
  const rows: ReadonlyMap<string, SectionRows[RowSection]> = after.rows[section];
  if (known === rows) return;
  let place = -1;
  for (const [key, row] of rows) {
    place += 1;
    const stored = known?.get(key);
    if (isSame(stored, row)) continue;
    yield [place, section === "transcript" ? Number(key) : key, row];
  }
}

function legRows(sessionKey: number, { key, legs }: InteractionRecord): Rows {
  return legs.map((leg, place) => [sessionKey, key, place, JSON.stringify(leg)]);
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
