/** Which gateway polls what, and what is watched where: leases called `connection:NAME`, and the table `watches`. */
import { run, type Database, type SqlPlan } from "../sql.js";
import type { HoldingRepository, StoredWatch } from "../store.js";
import { insertRows, type Column } from "../write-rows.js";

const PREFIX = "connection:";
const WATCH_COLUMNS: Column[] = [
  ["gateway", "text"],
  ["connection", "text"],
  ["provider_key", "text"],
  ["provider_id", "text"],
  ["expires_at", "bigint"],
];

/** One statement for any number of connections: a gateway says every few seconds that it lives. */
export function createHoldingRepository({ all, transaction, dialect }: Database): HoldingRepository {
  const { now } = dialect;
  const insertWatches = insertRows(dialect, "watches", WATCH_COLUMNS, "");

  return {
    async take(wanted, holder, forMs) {
      if (wanted.length === 0) return new Set();
      const rows = await all(
        `INSERT INTO leases (name, holder, expires_at, note)
         VALUES ${wanted.map(() => `(?, ?, ${now} + CAST(? AS bigint), ?)`).join(", ")}
         ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at, note = excluded.note
         WHERE leases.holder = excluded.holder OR leases.expires_at <= ${now}
         RETURNING name`,
        wanted.flatMap(({ connection, note }) => [PREFIX + connection, holder, forMs, note]),
      );
      return new Set(rows.map((row) => (row["name"] as string).slice(PREFIX.length)));
    },
    async all() {
      const rows = await all(
        `SELECT name, holder, note, CASE WHEN expires_at <= ${now} THEN 1 ELSE 0 END AS is_over
         FROM leases WHERE name LIKE '${PREFIX}%'`,
        [],
      );
      return rows.map((row) => ({
        connection: (row["name"] as string).slice(PREFIX.length),
        holder: row["holder"] as string,
        note: row["note"] as string | null,
        isOver: row["is_over"] === 1,
      }));
    },
    release: (holder) =>
      transaction(function* (): SqlPlan<void> {
        yield* run(`DELETE FROM leases WHERE holder = ? AND name LIKE '${PREFIX}%'`, [holder]);
        yield* run("DELETE FROM watches WHERE gateway = ?", [holder]);
      }),
    watch: (gateway, watches) => transaction(() => replace(gateway, watches)),
    async watchedElsewhere(gateway) {
      const rows = await all(
        `SELECT connection, provider_key, provider_id, max(expires_at) - ${now} AS for_ms
         FROM watches WHERE gateway <> ? AND expires_at > ${now} GROUP BY connection, provider_key, provider_id`,
        [gateway],
      );
      return rows.map((row): StoredWatch => {
        const connection = row["connection"] as string;
        const [providerKey, providerId] = [row["provider_key"] as string, row["provider_id"] as string];
        return {
          connection,
          session: providerKey === "" ? null : { connection, providerKey, providerId },
          forMs: Number(row["for_ms"]),
        };
      });
    },
  };

  function* replace(gateway: string, watches: readonly StoredWatch[]): SqlPlan<void> {
    const [clock] = yield* run(`SELECT ${now} AS now`, []);
    const at = clock?.["now"] as number;
    // What dead gateways have left goes with it.
    yield* run("DELETE FROM watches WHERE gateway = ? OR expires_at <= ?", [gateway, at]);
    yield* insertWatches(
      watches.map(({ connection, session, forMs }) => [
        gateway,
        connection,
        session?.providerKey ?? "",
        session?.providerId ?? "",
        at + Math.round(forMs),
      ]),
    );
  }
}
