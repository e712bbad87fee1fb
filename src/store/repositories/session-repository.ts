import type { JsonValue, Section } from "../../model/index.js";
import { fromJson, SELECT_LEAN_SESSION, SELECT_SESSION, tieOf, toSessionRow } from "../session-columns.js";
import type { Database } from "../sql.js";
import type { SessionPageQuery, SessionPosition, SessionRepository, SessionRow } from "../store.js";
import { addFilter, addPosition, addScope, Conditions, orderColumn } from "./session-conditions.js";

/** Sessions, by identity and by page. Every read but the gateway's own carries the scope in its SQL. */
export function createSessionRepository({ all, dialect }: Database): SessionRepository {
  async function select(conditions: Conditions, tail = "", columns = SELECT_SESSION): Promise<SessionRow[]> {
    const rows = await all(`${columns}${conditions.where}${tail}`, conditions.values);
    return rows.map(toSessionRow);
  }

  function positionOf(row: SessionRow & { tie?: string }, query: SessionPageQuery): SessionPosition {
    const values = {
      STARTED_AT: row.startedAt,
      UPDATED_AT: row.updatedAt,
      ENDED_AT: row.endedAt,
      DURATION: row.durationSeconds,
    };
    return { value: values[query.order.field], tie: row.tie ?? tieOf(row.connection, row.providerKey) };
  }

  return {
    async byRefs(refs, scope) {
      if (refs.length === 0) return [];
      const ties = refs.map((ref) => tieOf(ref.connection, ref.providerKey));
      const conditions = new Conditions();
      conditions.add(dialect.among("tie", "text"), dialect.list(ties));
      addScope(conditions, scope, dialect);
      const rows = await select(conditions);
      const byIdentity = new Map(rows.map((row) => [`${row.connection}\n${row.providerKey}`, row]));
      return refs.map((ref) => byIdentity.get(`${ref.connection}\n${ref.providerKey}`) ?? null);
    },

    async byKeys(keys, scope) {
      if (keys.length === 0) return [];
      const conditions = new Conditions();
      conditions.add(dialect.among("key", "integer"), dialect.list(keys));
      addScope(conditions, scope, dialect);
      const rows = new Map((await select(conditions)).map((row) => [row.key, row]));
      return keys.map((key) => rows.get(key) ?? null);
    },

    async page(query, scope) {
      const { filter, order, after, before, limit, fromEnd = false } = query;
      const conditions = new Conditions();
      addScope(conditions, scope, dialect);
      addFilter(conditions, filter, dialect);
      if (after) addPosition(conditions, after, order, false);
      if (before) addPosition(conditions, before, order, true);
      // The last rows of a range are the first ones of the reversed order, nulls first.
      const direction = fromEnd === (order.direction === "DESC") ? "ASC" : "DESC";
      const nulls = fromEnd ? "FIRST" : "LAST";
      const tail = ` ORDER BY ${orderColumn(order)} ${direction} NULLS ${nulls}, tie ${direction} LIMIT ?`;
      conditions.values.push(limit);
      const rows = await select(
        conditions,
        tail,
        query.withoutFields === true ? SELECT_LEAN_SESSION : SELECT_SESSION,
      );
      if (fromEnd) rows.reverse();
      return rows.map((row) => ({ row, position: positionOf(row, query) }));
    },

    async count(filter, scope) {
      const conditions = new Conditions();
      addScope(conditions, scope, dialect);
      addFilter(conditions, filter, dialect);
      const [row] = await all(`SELECT count(*) AS count FROM sessions${conditions.where}`, conditions.values);
      return Number(row?.["count"] ?? 0);
    },

    async rawByKeys(keys) {
      const sql = `SELECT session_key, raw FROM session_payloads WHERE ${dialect.among("session_key", "integer")}`;
      const rows = await all(sql, [dialect.list(keys)]);
      return new Map(rows.map((row) => [row["session_key"] as number, fromJson(row["raw"]) as JsonValue]));
    },

    unended(connection) {
      const conditions = new Conditions();
      conditions.add("connection = ?", connection);
      conditions.add("phase IN ('OPEN', 'LIVE')");
      return select(conditions);
    },

    lackingSections(connection: string, sections: readonly Section[], limit: number) {
      const conditions = new Conditions();
      conditions.add("connection = ?", connection);
      // Sections are a JSON object written by us: a name that is not in its text is not in it.
      const lacks = sections.map(() => "sections NOT LIKE ?").join(" OR ");
      conditions.add(`(${lacks})`, ...sections.map((section) => `%"${section}"%`));
      conditions.values.push(limit);
      return select(conditions, " ORDER BY started_at DESC NULLS LAST LIMIT ?");
    },
  };
}
