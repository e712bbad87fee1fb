/** The two lists (Speko reference §7): newest first, by a cursor that is a bare time. */
import type { Faults } from "../conversation.js";
import { invalid } from "./speko-errors.js";
import type { Call, Callback } from "./speko-records.js";
import { agentRowWire, callbackWire, sessionRowWire, type Wire } from "./speko-serialize.js";

/** An agent's calls; the rows come twice. */
export function agentCallsPage(calls: readonly Call[], query: URLSearchParams): Wire {
  const since = readTime(query, "since") ?? -Infinity;
  const { rows, next } = page(
    calls.filter((call) => call.createdAt >= since),
    query,
    50,
  );
  const entries = rows.map(agentRowWire);
  return { calls: entries, entries, next_cursor: next };
}

/** Every session of the organization. */
export function sessionsPage(calls: readonly Call[], query: URLSearchParams, faults: Faults): Wire {
  const wanted = (name: string, value: string | null) =>
    query.get(name) === null || query.get(name) === value;
  const from = readTime(query, "from") ?? -Infinity;
  const to = readTime(query, "to") ?? Infinity;
  const found = calls.filter(
    (call) =>
      wanted("status", call.status) &&
      wanted("kind", call.kind) &&
      wanted("agent", call.agent?.id ?? null) &&
      call.createdAt >= from &&
      call.createdAt < to,
  );
  const { rows, next } = page(found, query, 20);
  return { entries: rows.map((call) => sessionRowWire(call, faults)), nextCursor: next };
}

/** Callbacks, without a cursor: what does not fit is not told. */
export function callbacksPage(callbacks: readonly Callback[], query: URLSearchParams): Wire {
  const source = query.get("source_session_id");
  const status = query.get("status");
  const rows = callbacks.filter(
    (one) => (source ?? one.source.id) === one.source.id && (status ?? one.status) === one.status,
  );
  return { callbacks: rows.slice(0, readLimit(query, 25)).map(callbackWire) };
}

/** Rows that share the cursor's millisecond come again: the cursor cannot tell them apart (§7). */
function page(
  calls: readonly Call[],
  query: URLSearchParams,
  fallback: number,
): { rows: Call[]; next: string | null } {
  const limit = readLimit(query, fallback);
  const cursor = readTime(query, "cursor") ?? Infinity;
  const rest = calls.filter((call) => call.createdAt <= cursor);
  const rows = rest.slice(0, limit);
  const following = rest[limit];
  return { rows, next: following === undefined ? null : new Date(following.createdAt).toISOString() };
}

function readLimit(query: URLSearchParams, fallback: number): number {
  const text = query.get("limit");
  const limit = text === null ? fallback : Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > 100) throw invalid("limit", "Expected 1 to 100");
  return limit;
}

function readTime(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null || text === "") return undefined;
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw invalid(name, "Expected a date-time");
  return time;
}
