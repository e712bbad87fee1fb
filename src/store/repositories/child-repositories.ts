/**
 * What hangs off sessions. Keys come from reads of sessions that carried the scope, so these need none of their own.
 * Every repository answers for many sessions with one statement per table.
 */
import type { InteractionRecord, LegRecord } from "../../model/index.js";
import { fromJson } from "../session-columns.js";
import type { Database, SqlRow } from "../sql.js";
import type {
  ChildRepository, ReportRepository, StoredInteraction, StoredReport, StoredTranscriptEntry, TranscriptRepository,
} from "../store.js"; // prettier-ignore

/** Tables in which a child is its record as JSON. */
export type ChildTable = "members" | "transfers" | "recordings" | "events";

/** A table of records by their session, in their order. */
export function createChildRepository<Row extends { sessionKey: number }>(
  { all, dialect }: Database,
  table: ChildTable,
): ChildRepository<Row> {
  const sql = `SELECT session_key, data FROM ${table} WHERE ${dialect.among("session_key", "integer")} ORDER BY session_key, position, key`;
  return {
    async bySessionKeys(keys) {
      const rows = await all(sql, [dialect.list(keys)]);
      return group(keys, rows, (row, sessionKey) =>
        Object.assign(fromJson(row["data"]) as Row, { sessionKey }),
      );
    },
  };
}

/** Interactions with their legs: two statements, one per table. */
export function createInteractionRepository({ all, dialect }: Database): ChildRepository<StoredInteraction> {
  const where = dialect.among("session_key", "integer");
  const interactions = `SELECT session_key, data FROM interactions WHERE ${where} ORDER BY session_key, position`;
  const legs = `SELECT session_key, interaction_key, data FROM legs WHERE ${where} ORDER BY session_key, interaction_key, position`;
  return {
    async bySessionKeys(keys) {
      const list = [dialect.list(keys)];
      const [rows, legRows] = await Promise.all([all(interactions, list), all(legs, list)]);
      const legsOf = Map.groupBy(
        legRows,
        (row) => `${row["session_key"] as number} ${row["interaction_key"] as string}`,
      );
      return group(keys, rows, (row, sessionKey) => {
        const record = fromJson(row["data"]) as InteractionRecord;
        const own = legsOf.get(`${sessionKey} ${record.key}`) ?? [];
        return { ...record, sessionKey, legs: own.map((leg) => fromJson(leg["data"]) as LegRecord) };
      });
    },
  };
}

/** Turns by index. */
export function createTranscriptRepository({ all, dialect }: Database): TranscriptRepository {
  const where = dialect.among("session_key", "integer");
  const toEntry = (row: SqlRow, sessionKey: number) => ({
    ...(fromJson(row["data"]) as StoredTranscriptEntry),
    sessionKey,
  });
  return {
    async bySessionKeys(keys) {
      const sql = `SELECT session_key, data FROM transcript_entries WHERE ${where} ORDER BY session_key, key`;
      return group(keys, await all(sql, [dialect.list(keys)]), toEntry);
    },
    async countBySessionKeys(keys) {
      const sql = `SELECT session_key, count(*) AS count FROM transcript_entries WHERE ${where} GROUP BY session_key`;
      const rows = await all(sql, [dialect.list(keys)]);
      const counts = new Map(rows.map((row) => [row["session_key"] as number, Number(row["count"])]));
      return new Map(keys.map((key) => [key, counts.get(key) ?? 0]));
    },
    async pages(keys, afterIndex, limit) {
      const sql = `SELECT session_key, data FROM (
          SELECT session_key, key, data, row_number() OVER (PARTITION BY session_key ORDER BY key) AS place
          FROM transcript_entries WHERE ${where} AND key > ?) AS turns
        WHERE place <= ? ORDER BY session_key, key`;
      return group(keys, await all(sql, [dialect.list(keys), afterIndex, limit]), toEntry);
    },
  };
}

/** The report of each session, or null. */
export function createReportRepository({ all, dialect }: Database): ReportRepository {
  const sql = `SELECT session_key, data FROM reports WHERE ${dialect.among("session_key", "integer")}`;
  return {
    async bySessionKeys(keys) {
      const rows = await all(sql, [dialect.list(keys)]);
      const found = new Map(
        rows.map((row) => [row["session_key"] as number, fromJson(row["data"]) as StoredReport]),
      );
      return new Map(
        keys.map((key) => {
          const report = found.get(key);
          return [key, report === undefined ? null : { ...report, sessionKey: key }];
        }),
      );
    },
  };
}

function group<Row>(
  keys: readonly number[],
  rows: readonly SqlRow[],
  toRow: (row: SqlRow, sessionKey: number) => Row,
): Map<number, Row[]> {
  const groups = new Map<number, Row[]>(keys.map((key) => [key, []]));
  for (const row of rows) {
    const sessionKey = row["session_key"] as number;
    groups.get(sessionKey)?.push(toRow(row, sessionKey));
  }
  return groups;
}
