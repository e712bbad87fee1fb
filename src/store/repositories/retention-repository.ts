/** What leaves by age, a few rows at a time. */
import { removeSessions } from "../remove-sessions.js";
import { run, type Database, type SqlPlan, type SqlRow, type SqlValue } from "../sql.js";
import type { RetentionRepository } from "../removal.js";

/**
 * Whoever ended before a moment began before it, and the index is by beginning. Where the beginning is unknown the index
 * has these sessions side by side.
 */
const EXPIRED = [
  `SELECT key FROM sessions WHERE connection = ? AND started_at < ? AND phase = 'ENDED'
   AND COALESCE(ended_at, started_at) < ? ORDER BY started_at LIMIT ?`,
  `SELECT key FROM sessions WHERE connection = ? AND started_at IS NULL AND phase = 'ENDED'
   AND COALESCE(ended_at, fetched_at) < ? LIMIT ?`,
] as const;

/** A page of payloads in the table's order with what decides about them; the payloads themselves are not read. */
const PAYLOADS = `SELECT session_key, connection, phase, COALESCE(ended_at, started_at, fetched_at) AS at
  FROM (SELECT session_key FROM session_payloads WHERE session_key > ? ORDER BY session_key LIMIT ?) AS page
  JOIN sessions ON sessions.key = page.session_key ORDER BY session_key`;

const RAISE_FLOOR = `INSERT INTO change_floors (connection, floor) VALUES (?, ?)
  ON CONFLICT (connection) DO UPDATE SET floor = excluded.floor WHERE change_floors.floor < excluded.floor`;

/** Removals of one database. */
export function createRetentionRepository(database: Database): RetentionRepository {
  const { dialect } = database;
  const keysOf = (rows: readonly SqlRow[], column: string) => rows.map((row) => row[column] as number);

  return {
    removeSessions: (connection, before, limit) =>
      database.transaction(function* (): SqlPlan<number> {
        // As ingest does: what is being written to is not removed under its hands, and deadlocks cannot come up.
        const lock = dialect.lock(connection);
        if (lock !== null) yield* run(lock.sql, lock.values);
        const [withStart, withoutStart] = EXPIRED;
        const found = yield* run(withStart, [connection, before, before, limit]);
        const rest = limit - found.length;
        const others = rest === 0 ? [] : yield* run(withoutStart, [connection, before, rest]);
        const keys = keysOf([...found, ...others], "key");
        yield* removeSessions(keys, dialect);
        return keys.length;
      }),

    removePayloads: (cutoffs, after, limit) =>
      database.transaction(function* (): SqlPlan<{ removed: number; next: number | null }> {
        const rows = yield* run(PAYLOADS, [after, limit]);
        const expired = rows.filter(
          (row) =>
            row["phase"] === "ENDED" &&
            (row["at"] as number) < (cutoffs.get(row["connection"] as string) ?? -Infinity),
        );
        yield* removeBy("session_payloads", "session_key", keysOf(expired, "session_key"));
        const last = rows.length < limit ? undefined : rows.at(-1);
        return { removed: expired.length, next: last === undefined ? null : (last["session_key"] as number) };
      }),

    removeChanges: (before, limit) =>
      database.transaction(function* (): SqlPlan<number> {
        const rows = yield* run(
          `SELECT sequence, connection FROM changes WHERE at < ? AND sequence < (SELECT max(sequence) FROM changes)
           ORDER BY at LIMIT ?`,
          [before, limit],
        );
        // Whoever stands behind the newest of them has lost nothing; whoever stands before it must begin again.
        const floors = new Map<string, number>();
        for (const row of rows) {
          const [connection, sequence] = [row["connection"] as string, row["sequence"] as number];
          floors.set(connection, Math.max(floors.get(connection) ?? 0, sequence));
        }
        // In one order, so that two gateways that prune at once wait for each other and not in a circle.
        for (const connection of [...floors.keys()].sort())
          yield* run(RAISE_FLOOR, [connection, floors.get(connection) ?? 0]);
        return yield* removeBy("changes", "sequence", keysOf(rows, "sequence"));
      }),

    removeCommands: (before, limit) =>
      database.transaction(function* (): SqlPlan<number> {
        const rows = yield* run(
          "SELECT id FROM commands WHERE outcome <> 'PENDING' AND COALESCE(finished_at, created_at) < ? LIMIT ?",
          [before, limit],
        );
        const ids = rows.map((row) => row["id"] as string);
        if (ids.length === 0) return 0;
        yield* run(`DELETE FROM commands WHERE ${dialect.among("id", "text")}`, [dialect.list(ids)]);
        return ids.length;
      }),

    removeDeliveries: (before, limit) =>
      database.transaction(function* (): SqlPlan<number> {
        const rows = yield* run(
          "SELECT sequence FROM webhook_inbox WHERE received_at < ? ORDER BY received_at LIMIT ?",
          [before, limit],
        );
        return yield* removeBy("webhook_inbox", "sequence", keysOf(rows, "sequence"));
      }),

    reclaim: (pages) => database.reclaim(pages),
  };

  function* removeBy(table: string, column: string, keys: readonly number[]): SqlPlan<number> {
    if (keys.length === 0) return 0;
    const values: SqlValue[] = [dialect.list(keys)];
    yield* run(`DELETE FROM ${table} WHERE ${dialect.among(column, "integer")}`, values);
    return keys.length;
  }
}
