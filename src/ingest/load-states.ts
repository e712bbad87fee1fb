/** Reads what is stored of the sessions that a batch is about, as far as the batch touches it. */
import type { LegRecord, ReportRecord, SessionSnapshot } from "../model/index.js";
import { fromJson, SELECT_SESSION, tieOf, toSessionRow } from "../store/session-columns.js";
import { loadJoins } from "../store/repositories/join-repository.js";
import { run, type Dialect, type SqlPlan } from "../store/sql.js";
import { emptyRows, ROW_SECTIONS, type RowSection, type SessionState } from "./session-state.js";

/** Table of each section. */
export const SECTION_TABLES = {
  members: "members",
  interactions: "interactions",
  transfers: "transfers",
  transcript: "transcript_entries",
  recordings: "recordings",
  events: "events",
} as const satisfies Record<RowSection, string>;

/** Sections that any of the snapshots tells something of. */
export function touchedSections(snapshots: readonly SessionSnapshot[]): RowSection[] {
  return ROW_SECTIONS.filter((section) => snapshots.some((snapshot) => snapshot[section] !== undefined));
}

/** The stored sessions by provider key: their rows, and nothing that hangs off them yet. */
export function* loadRows(
  connection: string,
  snapshots: readonly SessionSnapshot[],
  dialect: Dialect,
): SqlPlan<Map<string, SessionState>> {
  const ties = [...new Set(snapshots.map((snapshot) => tieOf(connection, snapshot.providerKey)))];
  const rows = yield* run(`${SELECT_SESSION} WHERE ${dialect.among("tie", "text")}`, [dialect.list(ties)]);
  return new Map(
    rows.map((stored) => {
      const row = toSessionRow(stored);
      const nothing = { rows: emptyRows(), report: null, raw: null, addresses: new Set<string>(), joins: [] };
      return [row.providerKey, { row, ...nothing }];
    }),
  );
}

/** Adds what hangs off sessions, as far as the snapshots about them touch it. One statement per table. */
export function* loadChildren(
  states: readonly SessionState[],
  snapshots: readonly SessionSnapshot[],
  dialect: Dialect,
): SqlPlan<void> {
  if (states.length === 0) return;
  const byKey = new Map(states.map((state) => [state.row.key, state]));
  const keys = dialect.list([...byKey.keys()]);
  for (const section of touchedSections(snapshots)) yield* loadSection(byKey, section, keys, dialect);
  if (snapshots.some((snapshot) => snapshot.report)) yield* loadReports(byKey, keys, dialect);
  yield* loadAddresses(byKey, keys, dialect);
  for (const [key, joins] of yield* loadJoins([...byKey.keys()], dialect)) {
    const state = byKey.get(key);
    if (state) state.joins = joins;
  }
}

function* loadSection(
  byKey: ReadonlyMap<number, SessionState>,
  section: RowSection,
  keys: ReturnType<Dialect["list"]>,
  dialect: Dialect,
): SqlPlan<void> {
  const where = dialect.among("session_key", "integer");
  const order = section === "transcript" ? "key" : "position, key";
  const sql = `SELECT session_key, key, data FROM ${SECTION_TABLES[section]} WHERE ${where} ORDER BY session_key, ${order}`;
  for (const row of yield* run(sql, [keys])) {
    const target: Map<string, unknown> | undefined = byKey.get(row["session_key"] as number)?.rows[section];
    target?.set(String(row["key"]), fromJson(row["data"]));
  }
  if (section !== "interactions") return;
  const legs = yield* run(
    `SELECT session_key, interaction_key, data FROM legs WHERE ${where} ORDER BY session_key, interaction_key, position`,
    [keys],
  );
  for (const row of legs) {
    const interaction = byKey
      .get(row["session_key"] as number)
      ?.rows.interactions.get(row["interaction_key"] as string);
    interaction?.legs?.push(fromJson(row["data"]) as LegRecord);
  }
}

function* loadReports(
  byKey: ReadonlyMap<number, SessionState>,
  keys: ReturnType<Dialect["list"]>,
  dialect: Dialect,
): SqlPlan<void> {
  const sql = `SELECT session_key, data FROM reports WHERE ${dialect.among("session_key", "integer")}`;
  for (const row of yield* run(sql, [keys])) {
    const state = byKey.get(row["session_key"] as number);
    if (state) state.report = fromJson(row["data"]) as ReportRecord;
  }
}

function* loadAddresses(
  byKey: ReadonlyMap<number, SessionState>,
  keys: ReturnType<Dialect["list"]>,
  dialect: Dialect,
): SqlPlan<void> {
  const sql = `SELECT session_key, address FROM session_addresses WHERE ${dialect.among("session_key", "integer")}`;
  const found = new Map<number, Set<string>>();
  for (const row of yield* run(sql, [keys])) {
    const key = row["session_key"] as number;
    found.set(key, (found.get(key) ?? new Set()).add(row["address"] as string));
  }
  for (const [key, addresses] of found) {
    const state = byKey.get(key);
    if (state) state.addresses = addresses;
  }
}
