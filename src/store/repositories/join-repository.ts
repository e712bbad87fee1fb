/** Keys by which sessions of different connections are found to be one conversation (ADR 0025). */
import type { EpochMs, JoinKind, SessionJoin } from "../../model/index.js";
import { run, type Database, type Dialect, type SqlPlan, type SqlRow, type SqlValue } from "../sql.js";
import type { JoinRepository } from "../store.js";
import { givenRows, type Column } from "../write-rows.js";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Which kinds of keys answer each other when their value is the same, and how far apart in time they may be. */
const PARTNERS: readonly (readonly [JoinKind, JoinKind, number])[] = [
  ["CALL_ID", "CALL_ID", 24 * HOUR_MS],
  ["DATA", "DATA", 12 * HOUR_MS],
  ["DATA", "SELF", 24 * HOUR_MS],
  ["SELF", "DATA", 24 * HOUR_MS],
  // Whoever has talked for longer than this is not found by it: calls have an end.
  ["PARTIES", "PARTIES", 12 * HOUR_MS],
  ["TARGET", "CALLEE", 2 * MINUTE_MS],
  ["CALLEE", "TARGET", 2 * MINUTE_MS],
  ["SHOWN", "CALLER", 2 * MINUTE_MS],
  ["CALLER", "SHOWN", 2 * MINUTE_MS],
  ["VIRTUAL", "CALLER", 2 * MINUTE_MS],
  ["CALLER", "VIRTUAL", 2 * MINUTE_MS],
  ["VIRTUAL", "CALLEE", 2 * MINUTE_MS],
  ["CALLEE", "VIRTUAL", 2 * MINUTE_MS],
];

/** Sessions answered for one key, the nearest in time first. */
const MAX_PER_KEY = 20;
/**
 * Sessions that may carry one value at about the same time. What more of them carry tells nothing of any one, and
 * would make every look-up read them all.
 */
const MAX_CARRIERS = 50;
const JOIN_COLUMNS: Column[] = [
  ["kind", "text"],
  ["value", "text"],
  ["at", "bigint"],
  ["span", "bigint"],
  ["session_key", "bigint"],
];

const PAIRING = PARTNERS.map(([kind, partner, span]) => `('${kind}', '${partner}', ${span})`).join(", ");

/**
 * Binds: the sessions' keys, and the visible connections twice. A subquery for each key rather than one join: either
 * database then looks every key up in the index, whatever it believes of the tables' sizes.
 */
function neighboursSql(dialect: Dialect): string {
  return `WITH pairing (kind, partner, span) AS (VALUES ${PAIRING}),
  mine AS MATERIALIZED (
    SELECT key, connection FROM sessions
    WHERE ${dialect.among("key", "integer")} AND ${dialect.among("connection", "text")}
  )
  SELECT a.session_key AS one, (
    SELECT string_agg(CAST(near.other AS text), ',') FROM (
      SELECT b.session_key AS other FROM session_joins b JOIN sessions theirs ON theirs.key = b.session_key
      WHERE b.kind = p.partner AND b.value = a.value AND b.at BETWEEN a.at - p.span AND a.at + p.span
        AND theirs.connection <> mine.connection AND ${dialect.among("theirs.connection", "text")}
      ORDER BY abs(b.at - a.at), b.session_key LIMIT ${MAX_PER_KEY}
    ) AS near
  ) AS others
  FROM mine CROSS JOIN session_joins a CROSS JOIN pairing p
  WHERE a.session_key = mine.key AND p.kind = a.kind`;
}

/** The keys of many sessions and who shares them, one statement each. */
export function createJoinRepository({ all, dialect }: Database): JoinRepository {
  const neighbours = neighboursSql(dialect);
  const own = `SELECT session_key, kind, value, at FROM session_joins WHERE ${dialect.among("session_key", "integer")} ORDER BY session_key, at, kind, value`;
  return {
    async neighbours(keys, scope) {
      if (keys.length === 0) return [];
      const visible = dialect.list(scope);
      const rows = await all(neighbours, [dialect.list(keys), visible, visible]);
      const pairs = rows.flatMap(({ one, others }) =>
        typeof others === "string"
          ? others.split(",").map((other) => [one as number, Number(other)] as const)
          : [],
      );
      return [...new Map(pairs.map((pair) => [pair.join(), pair])).values()];
    },
    async bySessionKeys(keys) {
      const found = new Map<number, SessionJoin[]>(keys.map((key) => [key, []]));
      if (keys.length === 0) return found;
      for (const row of await all(own, [dialect.list(keys)]))
        found.get(row["session_key"] as number)?.push(toJoin(row));
      return found;
    },
  };
}

/** The keys stored for sessions, for ingest. */
export function* loadJoins(keys: readonly number[], dialect: Dialect): SqlPlan<Map<number, SessionJoin[]>> {
  const sql = `SELECT session_key, kind, value, at FROM session_joins WHERE ${dialect.among("session_key", "integer")}`;
  const rows = yield* run(sql, [dialect.list(keys)]);
  return new Map(
    [...Map.groupBy(rows, (row) => row["session_key"] as number)].map(([key, own]) => [key, own.map(toJoin)]),
  );
}

/** Builds what writes keys of sessions; those that are there stay. */
export function createJoinWriter(
  dialect: Dialect,
): (joins: readonly (readonly [sessionKey: number, join: SessionJoin])[]) => SqlPlan<void> {
  const write = givenRows(
    dialect,
    JOIN_COLUMNS,
    (rows) => `WITH fresh (kind, value, at, span, session_key) AS (${rows})
    INSERT INTO session_joins (kind, value, at, session_key)
    SELECT kind, value, at, session_key FROM fresh
    WHERE (SELECT count(*) FROM (
      SELECT 1 FROM session_joins AS stored
      WHERE stored.kind = fresh.kind AND stored.value = fresh.value
        AND stored.at BETWEEN fresh.at - fresh.span AND fresh.at + fresh.span
      LIMIT ${MAX_CARRIERS}) AS carriers) < ${MAX_CARRIERS}
    ON CONFLICT DO NOTHING`,
  );
  return function* (joins) {
    const seen = new Map<string, EpochMs[]>();
    const rows = joins.flatMap(([sessionKey, { kind, value, at }]): SqlValue[][] => {
      const span = spanOf(kind);
      // A statement does not count what it writes itself.
      const name = `${kind} ${value}`;
      const others = seen.get(name) ?? [];
      if (others.filter((other) => Math.abs(other - at) <= span).length >= MAX_CARRIERS) return [];
      seen.set(name, [...others, at]);
      return [[kind, value, at, span, sessionKey]];
    });
    yield* write(rows);
  };
}

function spanOf(kind: JoinKind): EpochMs {
  return Math.max(...PARTNERS.filter(([own]) => own === kind).map(([, , span]) => span));
}

function toJoin(row: SqlRow): SessionJoin {
  return { kind: row["kind"] as JoinKind, value: row["value"] as string, at: row["at"] as number };
}
