/** The change log, in its one order. */
import { fromJson, SELECT_SESSION, toSessionRow } from "../session-columns.js";
import { toChangedParts, toFilteredFacts } from "../change-columns.js";
import type { Database, SqlRow } from "../sql.js";
import type { ChangeRepository, ChangeRow, SessionFilter } from "../store.js";
import { createMatches, LOG_END } from "./change-matches.js";
import { addFilter, addScope, Conditions } from "./session-conditions.js";

/** All that is told of a change; what undoing it takes is read where it is undone. */
const ROW = "sequence, session_key, connection, at, kind, changed, previous_state, before, after, parts";

/** The change log of one database. */
export function createChangeRepository(database: Database): ChangeRepository {
  const { all, dialect } = database;
  return {
    async after(sequence, limit, scope, sessionKey) {
      const conditions = new Conditions();
      conditions.add("sequence > ?", sequence);
      if (sessionKey !== undefined) conditions.add("session_key = ?", sessionKey);
      addScope(conditions, scope, dialect);
      const sql = `SELECT ${ROW} FROM changes${conditions.where} ORDER BY sequence LIMIT ?`;
      return (await all(sql, [...conditions.values, limit])).map(toChangeRow);
    },
    async last() {
      const [row] = await all(LOG_END, []);
      return Number(row?.["up_to"] ?? 0);
    },
    async floor(scope) {
      const conditions = new Conditions();
      addScope(conditions, scope, dialect);
      const [row] = await all(
        `SELECT floor, (SELECT COALESCE(max(floor), 0) FROM change_floors${conditions.where}) AS own FROM change_feed`,
        conditions.values,
      );
      return Math.max(Number(row?.["floor"] ?? 0), Number(row?.["own"] ?? 0));
    },
    async sessionsAt(filter, which, scope) {
      const conditions = new Conditions();
      addScope(conditions, scope, dialect);
      addFilter(conditions, filter, dialect);
      if ("key" in which) conditions.add("key = ?", which.key);
      else conditions.add("key > ?", which.afterKey);
      if ("upToKey" in which && which.upToKey !== Infinity) conditions.add("key <= ?", which.upToKey);
      // What leaves few sessions is found by its own index and sorted; the plus keeps the order's index out of it.
      const order = leavesFew(filter) ? "+key" : "key";
      // One statement sees one state: the sessions are as they were when the log ended just there.
      const sql = `SELECT place.up_to, (SELECT COALESCE(max(key), 0) FROM sessions) AS newest_key, found.*
        FROM (${LOG_END}) AS place
        LEFT JOIN (${SELECT_SESSION}${conditions.where} ORDER BY ${order} LIMIT ?) AS found ON 1 = 1
        ORDER BY found.key`;
      const rows = await all(sql, [...conditions.values, "key" in which ? 1 : which.limit]);
      return {
        upTo: Number(rows[0]?.["up_to"] ?? 0),
        newestKey: Number(rows[0]?.["newest_key"] ?? 0),
        rows: rows.filter((row) => row["key"] !== null).map(toSessionRow),
      };
    },
    matches: createMatches(database),
    async named(keys, refs) {
      const conditions = new Conditions();
      conditions.add(dialect.among("key", "integer"), dialect.list(keys));
      addFilter(conditions, { refs }, dialect);
      const rows = await all(`SELECT key FROM sessions${conditions.where}`, conditions.values);
      return new Set(rows.map((row) => row["key"] as number));
    },
    async cursorKey() {
      const [row] = await all("SELECT cursor_key FROM change_feed", []);
      return row?.["cursor_key"] as Uint8Array;
    },
  };
}

function leavesFew({ refs, phases, address, text }: SessionFilter): boolean {
  const isUnended = phases !== undefined && !phases.includes("ENDED");
  return refs !== undefined || isUnended || address !== undefined || text !== undefined;
}

function toChangeRow(row: SqlRow): ChangeRow {
  return {
    sequence: row["sequence"] as number,
    sessionKey: row["session_key"] as number,
    connection: row["connection"] as string,
    at: row["at"] as number,
    kind: row["kind"] as ChangeRow["kind"],
    changed: fromJson(row["changed"]) as string[],
    previousState: row["previous_state"] as ChangeRow["previousState"],
    before: row["before"] === null ? null : toFilteredFacts(row["before"] as string),
    after: toFilteredFacts(row["after"] as string),
    parts: toChangedParts(row["parts"] as string | null),
  };
}
