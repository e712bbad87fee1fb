import { invalidParameter } from "./plivo-errors.js";
import type { PlivoModes } from "./plivo-modes.js";
import { statusOf, type MaskingSession } from "./plivo-records.js";
import { durationOf, visibleTime } from "./plivo-serialize.js";

const DAY_MS = 86_400_000;
/** Plivo reference §11. */
const DEFAULT_WINDOW_MS = 7 * DAY_MS;
const LONGEST_WINDOW_MS = 30 * DAY_MS;
/** How far back anything can be seen. */
export const RETENTION_MS = 90 * DAY_MS;

const STATUSES = ["active", "in-progress", "expired", "all"] as const;
const OPERATORS = ["", "__gt", "__gte", "__lt", "__lte"] as const;
type Operator = (typeof OPERATORS)[number];
type Bounds = ReadonlyMap<Operator, number>;

export interface SessionPage {
  rows: readonly MaskingSession[];
  limit: number;
  offset: number;
  totalCount: number;
}

/**
 * One page of `sessions`, which come newest first (§9).
 * @throws PlivoRefusal for a filter that cannot be read, a page size outside 1 to 20 and a window over 30 days
 */
export function listSessions(
  sessions: readonly MaskingSession[],
  query: URLSearchParams,
  now: number,
  modes: Readonly<PlivoModes>,
): SessionPage {
  const limit = readInteger(query, "limit") ?? 20;
  if (limit < 1 || limit > 20) throw invalidParameter("limit should be between 1 and 20.");
  const offset = readInteger(query, "offset") ?? 0;
  if (offset < 0) throw invalidParameter("offset should not be negative.");
  const status = query.get("status") ?? "all";
  if (!STATUSES.some((known) => known === status)) {
    throw invalidParameter("status allowed values are active, expired or all.");
  }

  const created = readBounds(query, "created_time", readTime);
  const expiry = readBounds(query, "expiry_time", readTime);
  const duration = readBounds(query, "duration", readInteger);
  refuseLongWindow("created_time", created, now);
  refuseLongWindow("expiry_time", expiry, now);
  const isUnbounded = created.size === 0 && expiry.size === 0;
  const oldest = now - (isUnbounded ? DEFAULT_WINDOW_MS : RETENTION_MS);

  const matching = sessions.filter(
    (session) =>
      session.createdAt >= oldest &&
      isWithin(visibleTime(session.createdAt, modes), created) &&
      isWithin(visibleTime(session.expiresAt, modes), expiry) &&
      isWithin(durationOf(session), duration) &&
      (status === "all" || statusOf(session, now) === status) &&
      hasNumber(query, "first_party", session.firstParty) &&
      hasNumber(query, "second_party", session.secondParty) &&
      hasNumber(query, "virtual_number", session.virtualNumber) &&
      (!query.has("subaccount") || query.get("subaccount") === session.subaccount),
  );
  return { rows: matching.slice(offset, offset + limit), limit, offset, totalCount: matching.length };
}

/** `meta` of §9.2. The links keep the filters: without them the next page would be one of another list. */
export function toPageMeta(page: SessionPage, path: string, query: URLSearchParams): Record<string, unknown> {
  const link = (offset: number): string => {
    const next = new URLSearchParams({ limit: `${page.limit}`, offset: `${offset}` });
    for (const [key, value] of query) if (!next.has(key)) next.append(key, value);
    return `${path}?${next.toString()}`;
  };
  const { limit, offset, totalCount } = page;
  return {
    limit,
    offset,
    total_count: totalCount,
    next: offset + limit < totalCount ? link(offset + limit) : null,
    previous: offset > 0 ? link(Math.max(0, offset - limit)) : null,
  };
}

/** A side that is missing reaches to now, or back to where the data ends. */
function refuseLongWindow(name: string, bounds: Bounds, now: number): void {
  if (bounds.size === 0 || bounds.has("")) return;
  const from = Math.max(bounds.get("__gt") ?? -Infinity, bounds.get("__gte") ?? -Infinity);
  const until = Math.min(bounds.get("__lt") ?? Infinity, bounds.get("__lte") ?? Infinity);
  const start = Number.isFinite(from) ? from : now - RETENTION_MS;
  const end = Number.isFinite(until) ? until : Math.max(now, start);
  if (end - start > LONGEST_WINDOW_MS) {
    throw invalidParameter(`${name} range should not be more than 30 days.`);
  }
}

function isWithin(value: number, bounds: Bounds): boolean {
  for (const [operator, bound] of bounds) {
    if (operator === "" && value !== bound) return false;
    if (operator === "__gt" && value <= bound) return false;
    if (operator === "__gte" && value < bound) return false;
    if (operator === "__lt" && value >= bound) return false;
    if (operator === "__lte" && value > bound) return false;
  }
  return true;
}

function readBounds(
  query: URLSearchParams,
  name: string,
  read: (query: URLSearchParams, key: string) => number | undefined,
): Bounds {
  const bounds = new Map<Operator, number>();
  for (const operator of OPERATORS) {
    const value = read(query, `${name}${operator}`);
    if (value !== undefined) bounds.set(operator, value);
  }
  return bounds;
}

/** Input has no zone, unlike output (§9.1). */
function readTime(query: URLSearchParams, key: string): number | undefined {
  const text = query.get(key);
  if (text === null) return undefined;
  const match = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2})(:\d{2})?(\.\d{1,6})?$/.exec(text);
  const time = match ? Date.parse(`${match[1]}T${match[2]}${match[3] ?? ":00"}${match[4] ?? ""}Z`) : NaN;
  if (Number.isNaN(time)) {
    throw invalidParameter(`${key} should have the format YYYY-MM-DD HH:MM[:ss[.uuuuuu]].`);
  }
  return time;
}

function readInteger(query: URLSearchParams, key: string): number | undefined {
  const text = query.get(key);
  if (text === null) return undefined;
  if (!/^-?\d{1,15}$/.test(text)) throw invalidParameter(`${key} should be an integer.`);
  return Number(text);
}

/** With or without `+`, which a query string turns into a space when it is not encoded. */
function hasNumber(query: URLSearchParams, key: string, number: string): boolean {
  const wanted = query.get(key);
  return wanted === null || wanted.replace(/^[+ ]/, "") === number;
}
