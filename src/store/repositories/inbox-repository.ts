/** The table `webhook_inbox`. */
import type { StoredError } from "../command-log.js";
import type { InboxDelivery, InboxRepository, InboxSummary, NewDelivery, Written } from "../inbox.js";
import type { Owner } from "../owner.js";
import { fromJson } from "../session-columns.js";
import { run, type Database, type SqlPlan, type SqlRow, type SqlValue } from "../sql.js";
import { insertRows, type Column } from "../write-rows.js";

/** Set-aside deliveries that a summary names. */
const SET_ASIDE_SHOWN = 20;

const COLUMNS: Column[] = [
  ["connection", "text"],
  ["delivery_id", "text"],
  ["digest", "text"],
  ["message", "text"],
  ["state", "text"],
  ["provider_key", "text"],
  ["received_at", "bigint"],
  ["attempts", "integer"],
  ["next_attempt_at", "bigint"],
];

/** Later than any time. */
const NEVER = Number.MAX_SAFE_INTEGER;

/** No connection is called so. */
const CLAIMS = "webhook inbox";

/**
 * Others of the same session that are in hand, or older and waiting for their time. One that is in hand may be the
 * newer one: numbers are given out before they can be seen.
 */
const IN_ITS_WAY = `SELECT 1 FROM webhook_inbox AS other WHERE other.connection = due.connection
  AND other.state = 'PENDING' AND other.provider_key = due.provider_key
  AND (other.owner IS NOT NULL OR (other.sequence < due.sequence AND other.next_attempt_at > ?))`;

/** The inbox of one database. `owner`: this process. */
export function createInboxRepository(database: Database, owner: Owner): InboxRepository {
  const { all, dialect } = database;
  const insert = insertRows(
    dialect,
    "webhook_inbox",
    COLUMNS,
    "ON CONFLICT (connection, delivery_id) DO NOTHING RETURNING connection, delivery_id",
  );

  function* write(deliveries: readonly NewDelivery[]): SqlPlan<Written[]> {
    const rows = deliveries.map(
      ({ connection, deliveryId, digest, message, providerKey, receivedAt }): SqlValue[] => [
        ...[connection, deliveryId, digest, message, "PENDING", providerKey, receivedAt, 0, receivedAt],
      ],
    );
    const fresh = new Set((yield* insert(rows)).map(nameOf));
    const known = new Map<string, SqlRow>();
    if (fresh.size < deliveries.length) {
      const ids = deliveries.map(({ deliveryId }) => deliveryId);
      const found = yield* run(
        `SELECT sequence, connection, delivery_id, digest, state FROM webhook_inbox
         WHERE ${dialect.among("connection", "text")} AND ${dialect.among("delivery_id", "text")}`,
        [dialect.list([...new Set(deliveries.map(({ connection }) => connection))]), dialect.list(ids)],
      );
      for (const row of found) known.set(nameOf(row), row);
    }
    const words: Written[] = [];
    for (const { connection, deliveryId, digest, receivedAt } of deliveries) {
      const name = nameOf({ connection, delivery_id: deliveryId });
      const row = known.get(name);
      if (fresh.delete(name)) words.push("NEW");
      else if (row?.["digest"] !== digest) words.push("OTHER");
      else words.push((yield* revive(row, receivedAt)) ? "NEW" : "AGAIN");
    }
    return words;
  }

  /** What was set aside has another chance when its provider sends it again. */
  function* revive(row: SqlRow, at: number): SqlPlan<boolean> {
    if (row["state"] !== "FAILED") return false;
    row["state"] = "PENDING";
    yield* run(
      "UPDATE webhook_inbox SET state = 'PENDING', attempts = 0, next_attempt_at = ? WHERE sequence = ? AND state = 'FAILED'",
      [at, row["sequence"] as number],
    );
    return true;
  }

  const amongSequences = dialect.among("sequence", "integer");

  return {
    async add(deliveries, onWritten) {
      const words = await database.transaction(() => write(deliveries));
      onWritten?.(words);
      await database.flush();
      return words;
    },

    async claim(connection, now, limit) {
      await owner.announce();
      return database.transaction(function* (): SqlPlan<InboxDelivery[]> {
        // Two that look at once would each see what the other is about to take.
        const lock = dialect.lock(CLAIMS);
        if (lock !== null) yield* run(lock.sql, lock.values);
        const rows = yield* run(
          `UPDATE webhook_inbox SET owner = ? WHERE sequence IN (
             SELECT sequence FROM webhook_inbox AS due WHERE connection = ? AND state = 'PENDING' AND owner IS NULL
               AND next_attempt_at <= ? AND NOT EXISTS (${IN_ITS_WAY}) ORDER BY sequence LIMIT ?)
           RETURNING sequence, delivery_id, message, provider_key, received_at, attempts`,
          [owner.number, connection, now, now, limit],
        );
        return rows.map(toDelivery).sort((one, other) => one.sequence - other.sequence);
      });
    },

    async finish(sequences) {
      if (sequences.length === 0) return;
      await all(
        `UPDATE webhook_inbox SET state = 'DONE', message = '', provider_key = NULL, error = NULL,
           owner = NULL WHERE ${amongSequences}`,
        [dialect.list(sequences)],
      );
    },

    async fail(tries) {
      for (const { sequence, error, nextAttemptAt, isSetAside } of tries) {
        await all(
          `UPDATE webhook_inbox SET state = ?, attempts = attempts + 1, next_attempt_at = ?, error = ?, owner = NULL
           WHERE sequence = ? AND owner = ?`,
          [
            ...[isSetAside ? "FAILED" : "PENDING", nextAttemptAt ?? NEVER, JSON.stringify(error)],
            ...[sequence, owner.number],
          ],
        );
      }
    },

    async takeUp(connections, now, limit) {
      const rows = await all(
        `UPDATE webhook_inbox SET state = 'PENDING', next_attempt_at = received_at WHERE sequence IN (
           SELECT sequence FROM webhook_inbox WHERE ${dialect.among("connection", "text")} AND state = 'FAILED'
             AND next_attempt_at <= ? ORDER BY sequence LIMIT ?)
         RETURNING sequence`,
        [dialect.list(connections), now, limit],
      );
      return rows.length;
    },

    async hasten(connections) {
      await all(
        `UPDATE webhook_inbox SET next_attempt_at = 0
         WHERE ${dialect.among("connection", "text")} AND state = 'FAILED'`,
        [dialect.list(connections)],
      );
    },

    async giveBack(sequences) {
      if (sequences.length === 0) return;
      await all(
        `UPDATE webhook_inbox SET owner = NULL WHERE ${amongSequences} AND state = 'PENDING' AND owner = ?`,
        [dialect.list(sequences), owner.number],
      );
    },

    async nextAt(connection) {
      const [row] = await all(
        `SELECT min(next_attempt_at) AS at FROM webhook_inbox
         WHERE connection = ? AND state = 'PENDING' AND owner IS NULL`,
        [connection],
      );
      return (row?.["at"] ?? null) as number | null;
    },

    release: (connections, own = false) =>
      database.transaction(function* (): SqlPlan<void> {
        const taken = `${dialect.among("connection", "text")} AND state = 'PENDING'`;
        const names = dialect.list(connections);
        const owners = yield* run(
          `SELECT DISTINCT owner FROM webhook_inbox WHERE ${taken} AND owner IS NOT NULL`,
          [names],
        );
        for (const { owner: holder } of owners) {
          const question = holder === owner.number ? null : dialect.isGone(holder as number);
          if (holder === owner.number && !own) continue;
          if (question !== null) {
            const [presence] = yield* run(question.sql, question.values);
            if (presence?.["gone"] !== true) continue;
          }
          yield* run(`UPDATE webhook_inbox SET owner = NULL WHERE ${taken} AND owner = ?`, [
            names,
            holder as number,
          ]);
        }
      }),

    async summaries(connections) {
      const summaries = new Map<string, InboxSummary>();
      for (const connection of connections) {
        const [figures] = await all(
          `SELECT (SELECT count(*) FROM webhook_inbox WHERE connection = ? AND state = 'PENDING') AS waiting,
             (SELECT count(*) FROM webhook_inbox WHERE connection = ? AND state = 'FAILED') AS failed`,
          [connection, connection],
        );
        const latest: number[] = [];
        for (const state of ["PENDING", "DONE", "FAILED"]) {
          // By the index, which has them by their state.
          const [row] = await all(
            `SELECT received_at FROM webhook_inbox WHERE connection = ? AND state = ? ORDER BY sequence DESC LIMIT 1`,
            [connection, state],
          );
          if (row !== undefined) latest.push(row["received_at"] as number);
        }
        const failed = await all(
          `SELECT delivery_id, received_at, attempts, error FROM webhook_inbox
           WHERE connection = ? AND state = 'FAILED' ORDER BY sequence DESC LIMIT ?`,
          [connection, SET_ASIDE_SHOWN],
        );
        summaries.set(connection, {
          waiting: Number(figures?.["waiting"] ?? 0),
          lastReceivedAt: latest.length === 0 ? null : Math.max(...latest),
          setAsideCount: Number(figures?.["failed"] ?? 0),
          setAside: failed.map((row) => ({
            deliveryId: row["delivery_id"] as string,
            receivedAt: row["received_at"] as number,
            attempts: row["attempts"] as number,
            error: fromJson(row["error"]) as StoredError,
          })),
        });
      }
      return summaries;
    },
  };
}

function nameOf(row: SqlRow): string {
  return `${row["connection"] as string} ${row["delivery_id"] as string}`;
}

function toDelivery(row: SqlRow): InboxDelivery {
  return {
    sequence: row["sequence"] as number,
    deliveryId: row["delivery_id"] as string,
    message: row["message"] as string,
    providerKey: row["provider_key"] as string | null,
    receivedAt: row["received_at"] as number,
    attempts: row["attempts"] as number,
  };
}
