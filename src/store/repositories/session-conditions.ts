/** Filters, scopes and places in an order as SQL conditions with bound values. Pure. */
import type { SearchTerm } from "../../model/index.js";
import type { SearchTable } from "../search-dialect.js";
import type { Dialect, SqlValue } from "../sql.js";
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

/** Every member of the filter; an empty list matches nothing. */
export function addFilter(conditions: Conditions, filter: SessionFilter, dialect: Dialect): void {
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
  if (filter.text !== undefined) addText(conditions, filter.text, dialect);
}

/** An address as `session_addresses` may have it. */
export function addressSpellings({ e164, text }: NonNullable<SessionFilter["address"]>): string[] {
  return [...new Set([e164, text])]
    .filter((spelling) => spelling !== null)
    .map((spelling) => spelling.toLowerCase());
}

/** Each term by itself: one may stand in the title and the next in a turn. */
function addText(
  conditions: Conditions,
  { query, onlyOpen }: NonNullable<SessionFilter["text"]>,
  dialect: Dialect,
): void {
  const addTerm = (term: SearchTerm, operator: "IN" | "NOT IN") => {
    const tables: SearchTable[] = onlyOpen ? ["session_search"] : ["session_search", "transcript_entries"];
    const sources = tables.map((table) => dialect.search.source(table, { must: [term], mustNot: [] }));
    const selects = sources.map(
      ({ from, where }) =>
        `SELECT session_key FROM ${from} WHERE ${where}${onlyOpen ? " AND session_search.open = 1" : ""}`,
    );
    conditions.add(
      `key ${operator} (${selects.join(" UNION ALL ")})`,
      ...sources.flatMap(({ values }) => values),
    );
  };
  for (const term of query.must) addTerm(term, "IN");
  for (const term of query.mustNot) addTerm(term, "NOT IN");
}

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
