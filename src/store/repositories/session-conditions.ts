/** Filters, scopes and places in an order as SQL conditions with bound values. Pure. */
import { patternOf, type SearchTerm } from "../../model/index.js";
import type { SearchTable } from "../search-dialect.js";
import type { Dialect, SqlRequest, SqlValue } from "../sql.js";
import type { ConnectionScope, SessionFilter, SessionOrder, SessionPosition } from "../store.js";
import { tieOf } from "../session-columns.js";

/** Conditions joined by AND, with their values in order. */
export class Conditions {
  readonly #sql: string[] = [];
  readonly values: SqlValue[] = [];

  add(sql: string, ...values: SqlValue[]): void {
    this.#sql.push(sql);
    this.values.push(...values);
  }

  append(others: Conditions): void {
    this.#sql.push(...others.#sql);
    this.values.push(...others.values);
  }

  /** `WHERE …`, or nothing. */
  get where(): string {
    return this.#sql.length === 0 ? "" : ` WHERE ${this.#sql.join(" AND ")}`;
  }
}

const ORDER_COLUMNS = {
  STARTED_AT: "started_at",
  UPDATED_AT: "updated_at",
  ENDED_AT: "ended_at",
  DURATION: "duration_seconds",
} as const satisfies Record<SessionOrder["field"], string>;

/** The column that an order sorts by. */
export function orderColumn(order: SessionOrder): string {
  return ORDER_COLUMNS[order.field];
}

/** Which connections may be seen: part of every read of sessions. */
export function addScope(conditions: Conditions, scope: ConnectionScope, dialect: Dialect): void {
  if (scope !== "all") conditions.add(dialect.among("connection", "text"), dialect.list(scope));
}

/** Terms whose sessions are looked up in the index of words; others are looked for in each session's own texts. */
export type LookedUp = "all" | ReadonlySet<SearchTerm>;

/** Every member of the filter; an empty list matches nothing. */
export function addFilter(
  conditions: Conditions,
  filter: SessionFilter,
  dialect: Dialect,
  lookedUp: LookedUp = "all",
): void {
  const among = (column: string, values: readonly string[] | undefined) => {
    const [value] = values ?? [];
    // PostgreSQL reads an index in its order for one value, for a list of values it may sort what it finds.
    if (values?.length === 1 && value !== undefined) conditions.add(`${column} = ?`, value);
    else if (values !== undefined) conditions.add(dialect.among(column, "text"), dialect.list(values));
  };
  among(
    "tie",
    filter.refs?.map((ref) => tieOf(ref.connection, ref.providerKey)),
  );
  among("provider", filter.providers);
  among("connection", filter.connections);
  among("phase", filter.phases);
  // What the index of unended sessions is made for, in its own words.
  if (filter.phases !== undefined && !filter.phases.includes("ENDED")) conditions.add("phase <> 'ENDED'");
  among("state", filter.states);
  among("channel", filter.channels);
  among("direction", filter.directions);
  if (filter.startedAfter !== undefined) conditions.add("started_at >= ?", filter.startedAfter);
  if (filter.startedBefore !== undefined) conditions.add("started_at < ?", filter.startedBefore);
  if (filter.updatedAfter !== undefined) conditions.add("updated_at >= ?", filter.updatedAfter);
  if (filter.hasTransfer !== undefined) conditions.add("has_transfer = ?", Number(filter.hasTransfer));
  if (filter.hasTranscript !== undefined) conditions.add("has_transcript = ?", Number(filter.hasTranscript));
  if (filter.minDurationSeconds !== undefined)
    conditions.add("duration_seconds >= ?", filter.minDurationSeconds);
  if (filter.address !== undefined) {
    conditions.add(
      `key IN (SELECT session_key FROM session_addresses WHERE ${dialect.among("address", "text")})`,
      dialect.list(addressSpellings(filter.address)),
    );
  }
  for (const [name, value] of Object.entries(filter.providerFields ?? {})) {
    const member = dialect.jsonText("fields");
    if (value === null) conditions.add(`${member} IS NULL`, dialect.jsonName(name));
    else conditions.add(`${member} = ?`, dialect.jsonName(name), dialect.jsonScalar(value));
  }
  if (filter.text !== undefined) addText(conditions, filter.text, dialect, lookedUp);
}

/** An address as `session_addresses` may have it. */
export function addressSpellings({ e164, text }: NonNullable<SessionFilter["address"]>): string[] {
  return [...new Set([e164, text])]
    .filter((spelling) => spelling !== null)
    .map((spelling) => spelling.toLowerCase());
}

type TextFilter = NonNullable<SessionFilter["text"]>;

/** Each term by itself: one may stand in the title and the next in a turn. */
function addText(conditions: Conditions, text: TextFilter, dialect: Dialect, lookedUp: LookedUp): void {
  const add = (term: SearchTerm, not: "" | "NOT ") => {
    const isLookedUp = lookedUp === "all" || lookedUp.has(term);
    const { sql, values } = isLookedUp ? sessionsWith(term, text, dialect) : inOwnTexts(term, text);
    conditions.add(isLookedUp ? `key ${not}IN (${sql})` : `${not}EXISTS (${sql})`, ...values);
  };
  for (const term of text.query.must) add(term, "");
  for (const term of text.query.mustNot) add(term, "NOT ");
}

/** Keys of the sessions whose texts have a term, from the index of words. A key may come several times. */
export function sessionsWith(term: SearchTerm, { onlyOpen }: TextFilter, dialect: Dialect): SqlRequest {
  const sources = tablesOf(onlyOpen).map((table) => {
    const { from, where, values } = dialect.search.source(table, { must: [term], mustNot: [] });
    const open = onlyOpen ? " AND session_search.open = 1" : "";
    return { sql: `SELECT session_key FROM ${from} WHERE ${where}${open}`, values };
  });
  return {
    sql: sources.map(({ sql }) => sql).join(" UNION ALL "),
    values: sources.flatMap(({ values }) => values),
  };
}

/** The texts of the session at hand that have a term: what takes no longer the more sessions have it. */
function inOwnTexts(term: SearchTerm, { onlyOpen }: TextFilter): SqlRequest {
  const pattern = `%${patternOf(term)}%`;
  const selects = tablesOf(onlyOpen).map((table) => {
    // Turns without a place are not in the index yet, and are found when they are.
    const which = table === "transcript_entries" ? " AND place IS NOT NULL" : onlyOpen ? " AND open = 1" : "";
    return `SELECT 1 FROM ${table} WHERE session_key = sessions.key${which} AND (' ' || search || ' ') LIKE ?`;
  });
  return { sql: selects.join(" UNION ALL "), values: selects.map(() => pattern) };
}

const tablesOf = (onlyOpen: boolean): SearchTable[] =>
  onlyOpen ? ["session_search"] : ["session_search", "transcript_entries"];

/**
 * Rows strictly beyond a place: after it in the order, or before it when `backward`. Null sorts last whichever way the
 * order runs, so a place without a value lies beyond all that have one.
 */
export function addPosition(
  conditions: Conditions,
  position: SessionPosition,
  order: SessionOrder,
  backward: boolean,
): void {
  const column = orderColumn(order);
  const sign = (order.direction === "DESC") === backward ? ">" : "<";
  const { value, tie } = position;
  if (value === null) {
    conditions.add(
      backward ? `(${column} IS NOT NULL OR tie ${sign} ?)` : `(${column} IS NULL AND tie ${sign} ?)`,
      tie,
    );
    return;
  }
  // The first comparison is what an index can walk; the second only decides among equals.
  const beyond = `(${column} ${sign}= ? AND (${column} ${sign} ? OR tie ${sign} ?))`;
  conditions.add(backward ? beyond : `(${beyond} OR ${column} IS NULL)`, value, value, tie);
}
