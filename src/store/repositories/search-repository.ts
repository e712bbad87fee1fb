/** Turns by what is said in them. Scope and filter are conditions on their sessions, in the same statement. */
import { fromJson } from "../session-columns.js";
import type { Database } from "../sql.js";
import type { SearchRepository, StoredTranscriptEntry, TurnSearch } from "../store.js";
import { addFilter, addScope, Conditions } from "./session-conditions.js";
import type { ConnectionScope } from "../store.js";

export function createSearchRepository({ all, dialect }: Database): SearchRepository {
  function statement({ query, filter, from, until, before }: TurnSearch, scope: ConnectionScope) {
    const source = dialect.search.source("transcript_entries", query);
    const turns = new Conditions();
    turns.add(source.where, ...source.values);
    // FTS5 narrows its walk by whole numbers only, and numbers beyond 32 bits are bound as floating point.
    const range = (comparison: string, place: number | undefined) => {
      if (place !== undefined) turns.add(`${source.place} ${comparison} CAST(? AS BIGINT)`, place);
    };
    range(">=", from);
    range("<=", until);
    range("<", before);
    const sessions = new Conditions();
    sessions.add("key = transcript_entries.session_key");
    addScope(sessions, scope, dialect);
    addFilter(sessions, filter, dialect);
    turns.add(`EXISTS (SELECT 1 FROM sessions${sessions.where})`, ...sessions.values);
    return {
      sql: `FROM ${source.from}${turns.where}`,
      values: turns.values,
      order: `ORDER BY ${source.place} DESC`,
    };
  }

  return {
    async turns(search, scope, limit) {
      const { sql, values, order } = statement(search, scope);
      const columns = "transcript_entries.place, transcript_entries.session_key, transcript_entries.search";
      const tail = limit === undefined ? [] : [limit];
      const rows = await all(
        `SELECT ${columns} ${sql} ${order}${limit === undefined ? "" : " LIMIT ?"}`,
        [...values, ...tail],
        { planned: "EACH_TIME" },
      );
      return rows.map((row) => ({
        place: row["place"] as number,
        sessionKey: row["session_key"] as number,
        text: row["search"] as string,
      }));
    },
    async count(search, scope) {
      const { sql, values } = statement(search, scope);
      const [row] = await all(`SELECT count(*) AS count ${sql}`, values, { planned: "EACH_TIME" });
      return Number(row?.["count"] ?? 0);
    },
    async entries(places) {
      const sql = `SELECT place, session_key, data FROM transcript_entries WHERE ${dialect.among("place", "integer")}`;
      const rows = await all(sql, [dialect.list(places)]);
      return new Map(
        rows.map((row) => [
          row["place"] as number,
          {
            ...(fromJson(row["data"]) as StoredTranscriptEntry),
            sessionKey: row["session_key"] as number,
          },
        ]),
      );
    },
  };
}
