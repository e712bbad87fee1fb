/**
 * How a page and a count are read: along the connections' indices, or, where the filter itself leads to few sessions,
 * by finding those and sorting them (docs/adr/0028).
 */
import { SELECT_LEAN_SESSION, SELECT_SESSION } from "../session-columns.js";
import type { SearchTerm } from "../../model/index.js";
import type { Database, SqlRequest, SqlRow } from "../sql.js";
import type { ConnectionScope, SessionFilter, SessionPageQuery } from "../store.js";
import {
  addFilter, addPosition, addScope, addressSpellings, Conditions, orderColumn, sessionsWith, type LookedUp,
} from "./session-conditions.js"; // prettier-ignore
import { walkStatements } from "./session-walk.js";

/** Sessions up to which they are found by an address or a word, and sorted; what more have is looked for row by row. */
const FEW = 1_000;

/** How long sessions that were many are taken for many, milliseconds: a walk over few is slower, and as right. */
const MANY_FOR_MS = 5_000;
const MAX_REMEMBERED = 1_000;

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

interface Plan {
  /** `sorted`: found by what leaves few of them, and sorted. `walked`: along the connections' indices. */
  way: "none" | "sorted" | "walked";
  lookedUp: LookedUp;
}

/** @param few see `FEW` */
export function createSessionPages({ all, dialect }: Database, few = FEW): SessionPages {
  /** When filters whose sessions were many are counted again, by `performance.now`. */
  const manyUntil = new Map<string, number>();

  /** The connections that a read is about. */
  async function connectionsOf(filter: SessionFilter, scope: ConnectionScope): Promise<readonly string[]> {
    const asked = filter.connections && [...new Set(filter.connections)];
    if (scope !== "all") return asked?.filter((name) => scope.includes(name)) ?? scope;
    if (asked !== undefined) return asked;
    const rows = await all("SELECT DISTINCT connection FROM session_counts", []);
    return rows.map((row) => row["connection"] as string);
  }

  /** How a filter's sessions are best read. */
  async function planOf(filter: SessionFilter, scope: ConnectionScope): Promise<Plan> {
    const { refs, text, phases, address } = filter;
    if (NARROWING.some((name) => filter[name] !== undefined)) {
      const kinds = await countUnlessMany(filter, scope);
      if (kinds <= few) return { way: kinds === 0 ? "none" : "sorted", lookedUp: new Set() };
    }
    const rare = text === undefined ? null : await rareTerm(text);
    const lookedUp = new Set(rare === null ? [] : [rare]);
    const isFew = refs !== undefined || rare !== null || (phases !== undefined && !phases.includes("ENDED"));
    if (isFew || (address !== undefined && (await hasFew(address)))) return { way: "sorted", lookedUp };
    return { way: "walked", lookedUp };
  }

  /** Sessions of the kinds that a filter asks for; once they are many, they stay so for a while without being counted. */
  async function countUnlessMany(filter: SessionFilter, scope: ConnectionScope): Promise<number> {
    const key = JSON.stringify([countedOf(filter), scope]);
    if ((manyUntil.get(key) ?? 0) > performance.now()) return Infinity;
    const kinds = await countKinds(filter, scope);
    if (kinds > few) {
      if (manyUntil.size >= MAX_REMEMBERED) manyUntil.clear();
      manyUntil.set(key, performance.now() + MANY_FOR_MS);
    }
    return kinds;
  }

  async function hasFew(address: NonNullable<SessionFilter["address"]>): Promise<boolean> {
    const sql = `SELECT 1 FROM session_addresses WHERE ${dialect.among("address", "text")}`;
    return isFew({ sql, values: [dialect.list(addressSpellings(address))] });
  }

  /** A term that leaves few sessions: those are looked up, and all else is asked of them alone. */
  async function rareTerm(text: NonNullable<SessionFilter["text"]>): Promise<SearchTerm | null> {
    for (const term of text.query.must) if (await isFew(sessionsWith(term, text, dialect))) return term;
    return null;
  }

  async function isFew({ sql, values }: SqlRequest): Promise<boolean> {
    const limited = `SELECT count(*) AS count FROM (SELECT 1 FROM (${sql}) AS found LIMIT ${few + 1}) AS few`;
    const [row] = await all(limited, values, { planned: "EACH_TIME" });
    return Number(row?.["count"]) <= few;
  }

  function conditionsOf(filter: SessionFilter, scope: ConnectionScope, lookedUp?: LookedUp): Conditions {
    const conditions = new Conditions();
    addScope(conditions, scope, dialect);
    addFilter(conditions, filter, dialect, lookedUp);
    return conditions;
  }

  /** Sessions that match those members of the filter that are counted by. */
  async function countKinds(filter: SessionFilter, scope: ConnectionScope): Promise<number> {
    const { where, values } = conditionsOf(countedOf(filter), scope);
    const [row] = await all(`SELECT sum(sessions) AS count FROM session_counts${where}`, values);
    return Number(row?.["count"] ?? 0);
  }

  async function sorted(
    query: SessionPageQuery,
    scope: ConnectionScope,
    lookedUp: LookedUp,
  ): Promise<SqlRow[]> {
    const { filter, order, after, before, limit, fromEnd = false } = query;
    const found = conditionsOf(filter, scope, lookedUp);
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
      const { way, lookedUp } = await planOf(query.filter, scope);
      if (way === "none") return [];
      const rows =
        way === "sorted"
          ? await sorted(query, scope, lookedUp)
          : await walk(query, await connectionsOf(query.filter, scope), columnsOf(query));
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

function countedOf(filter: SessionFilter): SessionFilter {
  return Object.fromEntries(Object.entries(filter).filter(([name]) => COUNTED.has(name)));
}

function columnsOf({ withoutFields }: SessionPageQuery): string {
  return withoutFields === true ? SELECT_LEAN_SESSION : SELECT_SESSION;
}
