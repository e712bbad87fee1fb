/** Removing everything that is stored of one number or address. */
import type { AddressSpelling } from "../../model/index.js";
import { noteErasedAddress, noteErasedSessions } from "../erased.js";
import { removeChangesOf, removeSessions } from "../remove-sessions.js";
import { run, type Database, type SqlPlan, type SqlValue } from "../sql.js";
import type { ErasureRepository, RowCounts } from "../removal.js";
import { findInSessions, findRows, isShort, readTables, type TextTable } from "./erasure-search.js";

/** Commands whose outcome is known or given up: a pending one is somebody's work in hand. */
const OVER = "outcome IN ('SUCCEEDED', 'FAILED', 'UNKNOWN')";

/** How rows that are not about sessions are named, and what becomes of them. Tables that are not here are only counted. */
const OTHERS: Readonly<Record<string, { key: string; remove: (among: string) => string }>> = {
  commands: { key: "id", remove: (among) => `DELETE FROM commands WHERE ${among} AND ${OVER}` },
  webhook_inbox: { key: "sequence", remove: (among) => `DELETE FROM webhook_inbox WHERE ${among}` },
  connections: { key: "name", remove: (among) => `UPDATE connections SET last_error = NULL WHERE ${among}` },
};

/** Erasures of one database. */
export function createErasureRepository(database: Database): ErasureRepository {
  const { all, dialect } = database;
  /** Commands about sessions whose keys are bound. */
  const ofSessions = `${OVER} AND (connection, provider_key) IN
    (SELECT connection, provider_key FROM sessions WHERE ${dialect.among("key", "integer")})`;

  function* countOf(tables: readonly TextTable[], keys: readonly number[]): SqlPlan<RowCounts> {
    const counts: RowCounts = new Map();
    for (const { name, sessionKey } of tables) {
      if (sessionKey === null) continue;
      const sql = `SELECT count(*) AS count FROM ${name} WHERE ${dialect.among(sessionKey, "integer")}`;
      const [row] = yield* run(sql, [dialect.list(keys)]);
      counts.set(name, Number(row?.["count"] ?? 0));
    }
    const [commands] = yield* run(`SELECT count(*) AS count FROM commands WHERE ${ofSessions}`, [
      dialect.list(keys),
    ]);
    counts.set("commands", Number(commands?.["count"] ?? 0));
    return counts;
  }

  /** Rows that are not about sessions and have the address: what names them, by table. */
  async function others(address: AddressSpelling): Promise<Map<string, SqlValue[]>> {
    const tables = (await readTables(database)).filter(({ sessionKey }) => sessionKey === null);
    const found = new Map<string, SqlValue[]>();
    for (const table of tables) {
      const rows = await findRows(database, table, OTHERS[table.name]?.key ?? "1", address);
      if (rows.length > 0) found.set(table.name, rows);
    }
    return found;
  }

  const sizes = (rows: ReadonlyMap<string, readonly unknown[]>): RowCounts =>
    new Map([...rows].map(([table, list]) => [table, list.length]));

  return {
    async note(address, at) {
      // An extension stands for a desk and is in every second text; only its sessions are remembered.
      if (!isShort(address)) await database.transaction(() => noteErasedAddress(address, at));
      // Whoever has begun to write without knowing of it is through when its lock can be had.
      for (const { connection } of await all("SELECT DISTINCT connection FROM sessions", [])) {
        const lock = dialect.lock(connection as string);
        if (lock !== null) await database.transaction(() => run(lock.sql, lock.values));
      }
    },

    async find(address) {
      const spellings = [...new Set([address.canonical, ...address.spellings])];
      const where = dialect.among("address", "text");
      const rows = await all(`SELECT DISTINCT session_key FROM session_addresses WHERE ${where}`, [
        dialect.list(spellings),
      ]);
      const keys = new Set(rows.map((row) => row["session_key"] as number));
      for (const table of await readTables(database))
        for (const key of await findInSessions(database, table, address)) keys.add(key);
      return [...keys];
    },

    async count(keys) {
      const tables = await readTables(database);
      return database.transaction(() => countOf(tables, keys));
    },

    async remove(keys, at) {
      const tables = await readTables(database);
      return database.transaction(function* (): SqlPlan<RowCounts> {
        const where = dialect.among("key", "integer");
        const sessions = yield* run(`SELECT tie, connection FROM sessions WHERE ${where}`, [
          dialect.list(keys),
        ]);
        // In one order, so that two erasures wait for each other rather than for each other's locks.
        for (const connection of [...new Set(sessions.map((row) => row["connection"] as string))].sort()) {
          const lock = dialect.lock(connection);
          if (lock !== null) yield* run(lock.sql, lock.values);
        }
        const counts = yield* countOf(tables, keys);
        yield* run(`DELETE FROM commands WHERE ${ofSessions}`, [dialect.list(keys)]);
        yield* removeChangesOf(keys, dialect);
        yield* removeSessions(keys, dialect);
        const ties = sessions.map((row) => row["tie"] as string);
        yield* noteErasedSessions(ties, at);
        return counts;
      });
    },

    async countOthers(address) {
      return sizes(await others(address));
    },

    async removeOthers(address) {
      const found = await others(address);
      for (const [table, keys] of found) {
        const rule = OTHERS[table];
        if (rule === undefined) continue;
        for (const key of keys) await all(rule.remove(`${rule.key} = ?`), [key]);
      }
      return sizes(found);
    },

    scrub: () => database.scrub(),
  };
}
