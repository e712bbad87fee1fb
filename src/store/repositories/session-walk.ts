/**
 * Pages of sessions at a cost that depends neither on how many there are nor on how deep the page lies: each connection
 * is walked along its own index in the order asked for, from the cursor on, and the walks are merged. Pure.
 */
import type { Dialect, SqlRequest } from "../sql.js";
import type { SessionFilter, SessionPageQuery, SessionPosition } from "../store.js";
import { addFilter, Conditions, orderColumn } from "./session-conditions.js";

/** Rows with a value in the column sorted by, or without. Without a value comes last, whichever way the order runs. */
type Part = "values" | "nulls";

/**
 * The statements that answer a page, to be run in order until there are enough rows: most pages need the first one
 * only. `remaining`: how many rows the earlier ones left to be found.
 * @param columns the `SELECT … FROM sessions` of what is wanted of each row
 */
export function walkStatements(
  query: SessionPageQuery,
  connections: readonly string[],
  columns: string,
  dialect: Dialect,
): ((remaining: number) => SqlRequest)[] {
  if (connections.length === 0) return [];
  const parts: Part[] = ["values"];
  if (!excludesNull(query.filter, orderColumn(query.order))) parts.push("nulls");
  if (query.fromEnd === true) parts.reverse();
  return parts.flatMap((part) => {
    const range = rangeOf(part, query);
    if (range === null) return [];
    return (remaining: number) => statement(query, connections, columns, dialect, range, remaining);
  });
}

function statement(
  query: SessionPageQuery,
  connections: readonly string[],
  columns: string,
  dialect: Dialect,
  range: Conditions,
  limit: number,
): SqlRequest {
  const column = orderColumn(query.order);
  const direction = (query.fromEnd === true) === (query.order.direction === "DESC") ? "ASC" : "DESC";
  // Where the databases put nulls does not matter: a statement sees rows with a value or rows without one.
  const order = (table: string) => `ORDER BY ${table}${column} ${direction}, ${table}tie ${direction}`;
  const conditions = new Conditions();
  conditions.add(connections.length === 1 ? "connection = ?" : "connection = walked.value");
  conditions.append(range);
  addFilter(conditions, withoutImplied(query), dialect, new Set());
  const tail = `FROM sessions${conditions.where} ${order("")} LIMIT ?`;
  const [only] = connections;
  if (connections.length === 1 && only !== undefined) {
    return {
      sql: `${columns} WHERE key IN (SELECT key ${tail}) ${order("")}`,
      values: [only, ...conditions.values, limit],
    };
  }
  const walks = dialect.eachOf("walked", `key, ${column}, tie`, tail);
  return {
    sql: `${columns} WHERE key IN (SELECT found.key FROM ${walks} ${order("found.")} LIMIT ?) ${order("")}`,
    values: [dialect.list(connections), ...conditions.values, limit, limit],
  };
}

/** The part of the order between the cursors; null where there is nothing between them. */
function rangeOf(part: Part, { order, after, before }: SessionPageQuery): Conditions | null {
  const column = orderColumn(order);
  const conditions = new Conditions();
  conditions.add(`${column} IS ${part === "values" ? "NOT NULL" : "NULL"}`);
  const [later, earlier] = order.direction === "ASC" ? [">", "<"] : ["<", ">"];
  const beyond = ({ value, tie }: SessionPosition, sign: string) => {
    if (part === "nulls") conditions.add(`tie ${sign} ?`, tie);
    else conditions.add(`(${column}, tie) ${sign} (?, ?)`, value, tie);
  };
  if (after !== undefined) {
    if (part === "values" && after.value === null) return null;
    if ((after.value === null) === (part === "nulls")) beyond(after, later ?? "");
  }
  if (before !== undefined) {
    if (part === "nulls" && before.value !== null) return null;
    if ((before.value === null) === (part === "nulls")) beyond(before, earlier ?? "");
  }
  return conditions;
}

function excludesNull(filter: SessionFilter, column: string): boolean {
  switch (column) {
    case "started_at":
      return filter.startedAfter !== undefined || filter.startedBefore !== undefined;
    case "updated_at":
      return filter.updatedAfter !== undefined;
    case "duration_seconds":
      return filter.minDurationSeconds !== undefined;
    default:
      return false;
  }
}

/**
 * The filter without what the walk sees to: connections, and a time that a cursor is beyond already. An index is
 * entered at one place only, and of two conditions a database may take the wrong one and skip all rows in between.
 */
function withoutImplied({ filter, order, after, before }: SessionPageQuery): SessionFilter {
  const { connections: _, ...rest } = filter;
  if (order.field !== "STARTED_AT") return rest;
  const isDescending = order.direction === "DESC";
  const highest = (isDescending ? after : before)?.value;
  const lowest = (isDescending ? before : after)?.value;
  const { startedBefore, startedAfter } = filter;
  if (typeof highest === "number" && startedBefore !== undefined && highest < startedBefore)
    delete rest.startedBefore;
  if (typeof lowest === "number" && startedAfter !== undefined && lowest >= startedAfter)
    delete rest.startedAfter;
  return rest;
}
