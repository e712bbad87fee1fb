import type { JsonValue } from "../../model/index.js";
import { fromJson, SELECT_SESSION, tieOf, toSessionRow } from "../session-columns.js";
import type { Database } from "../sql.js";
import type { SessionPageQuery, SessionPosition, SessionRepository, SessionRow } from "../store.js";
import { addScope, Conditions } from "./session-conditions.js";
import { createSessionPages } from "./session-pages.js";

/** Sessions that one look for lacking sections is about. */
const LOOKED_AT = 500;

/**
 * Sessions, by identity and by page. Every read but the gateway's own carries the scope in its SQL.
 * @param few sessions up to which a page's are found by an address or a word and sorted. @default 1000
 */
export function createSessionRepository(database: Database, few?: number): SessionRepository {
  const { all, dialect } = database;
  const pages = createSessionPages(database, few);

  async function select(conditions: Conditions, tail = ""): Promise<SessionRow[]> {
    const rows = await all(`${SELECT_SESSION}${conditions.where}${tail}`, conditions.values);
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
      const rows = await pages.rows(query, scope);
      return rows.map(toSessionRow).map((row) => ({ row, position: positionOf(row, query) }));
    },

    count: pages.count,

    async rawByKeys(keys) {
      const sql = `SELECT session_key, raw FROM session_payloads WHERE ${dialect.among("session_key", "integer")}`;
      const rows = await all(sql, [dialect.list(keys)]);
      return new Map(rows.map((row) => [row["session_key"] as number, fromJson(row["raw"]) as JsonValue]));
    },

    unended(connection) {
      const conditions = new Conditions();
      conditions.add("connection = ?", connection);
      // Twice the same, the second time as the index of unended sessions has it.
      conditions.add("phase IN ('OPEN', 'LIVE') AND phase <> 'ENDED'");
      return select(conditions);
    },

    async lackingSections(connection, sections, after) {
      const order = { field: "STARTED_AT", direction: "DESC" } as const;
      const query = { filter: {}, order, limit: LOOKED_AT, ...(after && { after }) };
      // A few columns of as many sessions as can be looked at without keeping others waiting, by their index.
      const columns = "SELECT key, tie, started_at, sections FROM sessions";
      const looked = await pages.walk(query, [connection], columns);
      // Sections are a JSON object written by us: a name that is not in its text is not in it.
      const lacking = looked.filter((row) =>
        sections.some((section) => !(row["sections"] as string).includes(`"${section}"`)),
      );
      const last = looked.length < LOOKED_AT ? undefined : looked.at(-1);
      const keys = lacking.map((row) => row["key"] as number);
      return {
        rows: (await this.byKeys(keys, "all")).filter((row) => row !== null),
        next: last ? { value: last["started_at"] as number | null, tie: last["tie"] as string } : null,
      };
    },
  };
}
