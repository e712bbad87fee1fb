/** Writes what a batch changed of its sessions: rows, and children that differ, table by table. */
import type { InteractionRecord, SessionJoin, TranscriptEntryRecord } from "../model/index.js";
import { createJoinWriter } from "../store/repositories/join-repository.js";
import type { Dialect, SqlValue } from "../store/sql.js";
import { insertRows, type Column, type RowWriter } from "../store/write-rows.js";
import { SECTION_TABLES } from "./load-states.js";
import { isSame } from "./same.js";
import { createSearchWriter, noteSearch, type SearchChanges } from "./search-index.js";
import { ROW_SECTIONS, type RowSection, type SectionRows, type SessionState } from "./session-state.js";
import { createSessionRowWriter, type SessionRowWriter, type SessionWrite } from "./write-session-rows.js";
import { createTurnWriter, toTurnWrite, type TurnWrite } from "./write-turns.js";

/** Writes many sessions at once: the rows, and the children that differ. Turns have words and places besides. */
export type StateWriter = SessionRowWriter;

type PlainSection = Exclude<RowSection, "transcript">;
const PLAIN_SECTIONS = ROW_SECTIONS.filter((section): section is PlainSection => section !== "transcript");

const SESSION_KEY: Column = ["session_key", "bigint"];
const CHILD: Column[] = [SESSION_KEY, ["key", "text"], ["position", "integer"], ["data", "text"]];
const LEG: Column[] = [SESSION_KEY, ["interaction_key", "text"], ["position", "integer"], ["data", "text"]];

/** What a batch writes, by table. */
interface Writes {
  sections: Record<PlainSection, SqlValue[][]>;
  turns: TurnWrite[];
  legs: SqlValue[][];
  reports: SqlValue[][];
  payloads: SqlValue[][];
  addresses: SqlValue[][];
  joins: [number, SessionJoin][];
  search: SearchChanges;
}

/** Builds the writer for one kind of database. */
export function createStateWriter(dialect: Dialect): StateWriter {
  const insert = (table: string, columns: readonly Column[], conflict: string, set = "data") =>
    insertRows(dialect, table, columns, `ON CONFLICT (${conflict}) DO UPDATE SET ${set} = excluded.${set}`);
  const rows = createSessionRowWriter(dialect);
  const insertChildren = Object.fromEntries(
    PLAIN_SECTIONS.map((section) => [section, insert(SECTION_TABLES[section], CHILD, "session_key, key")]),
  ) as Record<PlainSection, RowWriter>;
  const insertTurns = createTurnWriter(dialect);
  const insertLegs = insert("legs", LEG, "session_key, interaction_key, position");
  const insertReports = insert("reports", [SESSION_KEY, ["data", "text"]], "session_key");
  const insertPayloads = insert("session_payloads", [SESSION_KEY, ["raw", "text"]], "session_key", "raw");
  const addresses: Column[] = [SESSION_KEY, ["address", "text"]];
  const insertAddresses = insertRows(dialect, "session_addresses", addresses, "ON CONFLICT DO NOTHING");
  const insertJoins = createJoinWriter(dialect);
  const writeSearch = createSearchWriter(dialect);

  return {
    touch: rows.touch,
    *write(sessions) {
      const keys = yield* rows.write(sessions);
      const writes = noWrites();
      for (const [index, session] of sessions.entries()) collect(keys[index] ?? 0, session, writes);
      for (const section of PLAIN_SECTIONS) yield* insertChildren[section](writes.sections[section]);
      yield* insertTurns(writes.turns);
      yield* insertLegs(writes.legs);
      yield* insertReports(writes.reports);
      yield* insertPayloads(writes.payloads);
      yield* insertAddresses(writes.addresses);
      yield* insertJoins(writes.joins);
      yield* writeSearch(writes.search);
      return keys;
    },
  };
}

function noWrites(): Writes {
  return {
    sections: { members: [], interactions: [], transfers: [], recordings: [], events: [] },
    ...{ turns: [], legs: [], reports: [], payloads: [], addresses: [], joins: [] },
    search: { texts: [], gone: [] },
  };
}

/** Adds what of one session differs from what is stored. */
function collect(key: number, session: SessionWrite, writes: Writes): void {
  const { before, after } = session;
  for (const section of PLAIN_SECTIONS) {
    for (const [place, id, row] of differing(section, before, after)) {
      writes.sections[section].push([key, id, place, JSON.stringify(toData(section, row))]);
      if (section === "interactions") writes.legs.push(...legRows(key, row as InteractionRecord));
    }
  }
  for (const [place, , row] of differing("transcript", before, after))
    writes.turns.push(toTurnWrite(key, place, row as TranscriptEntryRecord, session));
  const { report, raw, addresses, joins } = after;
  if (report !== null && !isSame(before?.report, report)) writes.reports.push([key, JSON.stringify(report)]);
  if (raw !== null) writes.payloads.push([key, raw]);
  for (const address of addresses)
    if (before?.addresses.has(address) !== true) writes.addresses.push([key, address]);
  for (const join of joins.slice(before?.joins.length ?? 0)) writes.joins.push([key, join]);
  noteSearch(key, before, after, writes.search);
}

/** Rows of a section that are new or not as they were: place, key, record. */
function* differing(
  section: RowSection,
  before: SessionState | null,
  after: SessionState,
): Generator<[number, string, SectionRows[RowSection]]> {
  const known: ReadonlyMap<string, SectionRows[RowSection]> | undefined = before?.rows[section];
  const rows: ReadonlyMap<string, SectionRows[RowSection]> = after.rows[section];
  if (known === rows) return;
  let place = -1;
  for (const [key, row] of rows) {
    place += 1;
    if (!isSame(known?.get(key), row)) yield [place, key, row];
  }
}

function legRows(sessionKey: number, { key, legs }: InteractionRecord): SqlValue[][] {
  return legs.map((leg, place) => [sessionKey, key, place, JSON.stringify(leg)]);
}

/** Legs have a table of their own. */
function toData(section: RowSection, row: object): object {
  return section === "interactions" ? { ...row, legs: [] } : row;
}
