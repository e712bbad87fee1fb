/** The gateway's own tables: connections. */
import type { Capability, Provider } from "../../model/index.js";
import { fromJson } from "../session-columns.js";
import type { Database } from "../sql.js";
import type { ConnectionRepository, ConnectionRow } from "../store.js";

/** What is known of each connection between runs, and how many sessions it has. */
export function createConnectionRepository({ all, dialect }: Database): ConnectionRepository {
  return {
    async all() {
      const rows = await all("SELECT * FROM connections ORDER BY name", []);
      return rows.map((row) => ({
        name: row["name"] as string,
        provider: row["provider"] as Provider,
        lastSyncedAt: row["last_synced_at"] as number | null,
        coveredSince: row["covered_since"] as number | null,
        lastError: fromJson(row["last_error"]) as ConnectionRow["lastError"],
        capabilities: fromJson(row["capabilities"]) as Capability[],
      }));
    },
    async save(row) {
      // What is left out keeps its stored value: COALESCE of what came and what is there.
      await all(
        `INSERT INTO connections (name, provider, last_synced_at, covered_since, last_error, capabilities)
         VALUES (?, ?, ?, ?, ?, COALESCE(?, '[]'))
         ON CONFLICT (name) DO UPDATE SET
           provider = excluded.provider,
           last_synced_at = COALESCE(excluded.last_synced_at, connections.last_synced_at),
           covered_since = COALESCE(excluded.covered_since, connections.covered_since),
           last_error = COALESCE(excluded.last_error, connections.last_error),
           capabilities = CASE WHEN excluded.capabilities = '[]' THEN connections.capabilities ELSE excluded.capabilities END`,
        [
          row.name,
          row.provider,
          row.lastSyncedAt ?? null,
          row.coveredSince ?? null,
          row.lastError ? JSON.stringify(row.lastError) : null,
          row.capabilities ? JSON.stringify(row.capabilities) : null,
        ],
      );
    },
    async figures(names) {
      const rows = await all(
        `SELECT connection, sum(sessions) AS sessions, sum(CASE WHEN phase = 'LIVE' THEN sessions ELSE 0 END) AS live
         FROM session_counts WHERE ${dialect.among("connection", "text")} GROUP BY connection`,
        [dialect.list(names)],
      );
      const found = new Map(
        rows.map((row) => [
          row["connection"] as string,
          { sessionCount: Number(row["sessions"]), liveCount: Number(row["live"]) },
        ]),
      );
      return new Map(names.map((name) => [name, found.get(name) ?? { sessionCount: 0, liveCount: 0 }]));
    },
  };
}
