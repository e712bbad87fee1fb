/**
 * How a page and a count are read: along the connections' indices, or, where the filter itself leads to few sessions,
 * by finding those and sorting them (docs/adr/0028).
 */
import { SELECT_LEAN_SESSION, SELECT_SESSION } from "../session-columns.js";
import type { Database, SqlRow } from "../sql.js";
import type { ConnectionScope, SessionFilter, SessionPageQuery } from "../store.js";
import {
  addFilter, addPosition, addScope, addressSpellings, Conditions, orderColumn,
} from "./session-conditions.js"; // prettier-ignore
import { walkStatements } from "./session-walk.js";

/** Sessions of one address up to which they are found by it and sorted; an address with more is looked for row by row. */
const FEW = 1_000;

/** Members of a filter that may leave little of a connection. */
const NARROWING = ["phases", "states", "channels", "directions", "hasTransfer", "hasTranscript"] as const;
/** Members of a filter that `session_counts` counts by. */
const COUNTED: ReadonlySet<string> = new Set(["connections", "providers", ...NARROWING]);

export interface SessionPages {
  /** Rows of `SELECT_SESSION`, in the order asked for. */
  rows(query: SessionPageQuery, scope: ConnectionScope): Promise<SqlRow[]>;
  count(filter: SessionFilter, scope: ConnectionScope): Promise<number>;
  /** A page along the connections' indices, whatever the filter, with the columns of a `SELECT … FROM sessions`. */
  walk(query: SessionPageQuery, connections: readonly string[], columns: string): Promise<SqlRow[]>;
}

export function createSessionPages({ all, dialect }: Database): SessionPages {
  /** The connections that a read is about. */
  async function connectionsOf(filter: SessionFilter, scope: ConnectionScope): Promise<readonly string[]> {
    const asked = filter.connections && [...new Set(filter.connections)];
    if (scope !== "all") return asked?.filter((name) => scope.includes(name)) ?? scope;
    if (asked !== undefined) return asked;
    const rows = await all("SELECT DISTINCT connection FROM session_counts", []);
    return rows.map((row) => row["connection"] as string);
  }

  /** How much a filter finds: few sessions can be sorted. */
  async function howMuch(filter: SessionFilter, scope: ConnectionScope): Promise<"none" | "few" | "many"> {
    const { refs, text, phases, address } = filter;
    if (refs !== undefined || text !== undefined) return "few";
    if (phases !== undefined && !phases.includes("ENDED")) return "few";
    if (NARROWING.some((name) => filter[name] !== undefined)) {
      const kinds = await countKinds(filter, scope);
      if (kinds <= FEW) return kinds === 0 ? "none" : "few";
    }
    if (address === undefined) return "many";
    const sql = `SELECT count(*) AS count FROM (
      SELECT 1 FROM session_addresses WHERE ${dialect.among("address", "text")} LIMIT ${FEW + 1}) AS found`;
    const [row] = await all(sql, [dialect.list(addressSpellings(address))]);
    return Number(row?.["count"]) <= FEW ? "few" : "many";
  }

  function conditionsOf(filter: SessionFilter, scope: ConnectionScope): Conditions {
    const conditions = new Conditions();
    addScope(conditions, scope, dialect);
    addFilter(conditions, filter, dialect);
    return conditions;
  }

  /** Sessions that match those members of the filter that are counted by. */
  async function countKinds(filter: SessionFilter, scope: ConnectionScope): Promise<number> {
    const counted = Object.entries(filter).filter(([name]) => COUNTED.has(name));
    const { where, values } = conditionsOf(Object.fromEntries(counted), scope);
    const [row] = await all(`SELECT sum(sessions) AS count FROM session_counts${where}`, values);
    return Number(row?.["count"] ?? 0);
  }

  async function sorted(query: SessionPageQuery, scope: ConnectionScope): Promise<SqlRow[]> {
    const { filter, order, after, before, limit, fromEnd = false } = query;
    const found = conditionsOf(filter, scope);
    // Keys first: where there is an index that holds all that is asked for, no other row is looked at.
    const conditions = new Conditions();
    conditions.add(`key IN (SELECT key FROM sessions${found.where})`, ...found.values);
    if (after) addPosition(conditions, after, order, false);
    if (before) addPosition(conditions, before, order, true);
    // The last rows of a range are the first ones of the reversed order, nulls first.
    const direction = fromEnd === (order.direction === "DESC") ? "ASC" : "DESC";
    const nulls = fromEnd ? "FIRST" : "LAST";
    // The plus keeps the index of the order out of it: it would be walked from end to end for a few rows.
    const tail = ` ORDER BY +${orderColumn(order)} ${direction} NULLS ${nulls}, tie ${direction} LIMIT ?`;
    return all(`${columnsOf(query)}${conditions.where}${tail}`, [...conditions.values, limit]);
  }

  async function walk(
    query: SessionPageQuery,
    connections: readonly string[],
    columns: string,
  ): Promise<SqlRow[]> {
    const rows: SqlRow[] = [];
    for (const statement of walkStatements(query, connections, columns, dialect)) {
      if (rows.length >= query.limit) break;
      const { sql, values } = statement(query.limit - rows.length);
      rows.push(...(await all(sql, values)));
    }
    return rows;
  }

  return {
    walk,
    async rows(query, scope) {
      const found = await howMuch(query.filter, scope);
      if (found === "none") return [];
      const rows = await (found === "few"
        ? sorted(query, scope)
        : walk(query, await connectionsOf(query.filter, scope), columnsOf(query)));
      return query.fromEnd === true ? rows.reverse() : rows;
    },
    async count(filter, scope) {
      const asked = Object.entries(filter).filter(([, value]) => value !== undefined);
      if (asked.every(([name]) => COUNTED.has(name))) return countKinds(filter, scope);
      const { where, values } = conditionsOf(filter, scope);
      const [row] = await all(`SELECT count(*) AS count FROM sessions${where}`, values);
      return Number(row?.["count"]);
    },
  };
}

function columnsOf({ withoutFields }: SessionPageQuery): string {
  return withoutFields === true ? SELECT_LEAN_SESSION : SELECT_SESSION;
}
