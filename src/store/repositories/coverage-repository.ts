/** What the cache holds completely, and who is at work on what: the tables `coverage` and `leases`. */
import { run, type Database, type SqlPlan, type SqlRow } from "../sql.js";
import type { CoverageRepository, CoverageSpan, LeaseRepository } from "../store.js";

const ALL = "SELECT since, until FROM coverage WHERE connection = ? ORDER BY since";
const TOUCHING = "connection = ? AND since <= ? AND until >= ?";

/** Spans of each connection, merged as they are added, so that none touches another. */
export function createCoverageRepository({ all, transaction, dialect }: Database): CoverageRepository {
  function* plan(connection: string, span: CoverageSpan): SqlPlan<CoverageSpan[]> {
    // Two processes that add at once must not each merge what they saw before the other wrote.
    const lock = dialect.lock(connection);
    if (lock !== null) yield* run(lock.sql, lock.values);
    const place = [connection, span.until, span.since];
    const touched = toSpans(yield* run(`SELECT since, until FROM coverage WHERE ${TOUCHING}`, place));
    yield* run(`DELETE FROM coverage WHERE ${TOUCHING}`, place);
    const since = Math.min(span.since, ...touched.map((other) => other.since));
    const until = Math.max(span.until, ...touched.map((other) => other.until));
    yield* run("INSERT INTO coverage (connection, since, until) VALUES (?, ?, ?)", [
      connection,
      since,
      until,
    ]);
    return toSpans(yield* run(ALL, [connection]));
  }

  return {
    spans: async (connection) => toSpans(await all(ALL, [connection])),
    trim: (connection, since) =>
      transaction(function* (): SqlPlan<CoverageSpan[]> {
        const lock = dialect.lock(connection);
        if (lock !== null) yield* run(lock.sql, lock.values);
        yield* run("DELETE FROM coverage WHERE connection = ? AND until <= ?", [connection, since]);
        yield* run("UPDATE coverage SET since = ? WHERE connection = ? AND since < ?", [
          since,
          connection,
          since,
        ]);
        return toSpans(yield* run(ALL, [connection]));
      }),
    add: (connection, span) => transaction(() => plan(connection, span)),
  };
}

function toSpans(rows: readonly SqlRow[]): CoverageSpan[] {
  return rows.map((row) => ({ since: row["since"] as number, until: row["until"] as number }));
}

/** Leases end by themselves: a holder that died is succeeded when its time is over. */
export function createLeaseRepository({ all }: Database): LeaseRepository {
  return {
    async take(name, holder, now, forMs) {
      const rows = await all(
        `INSERT INTO leases (name, holder, expires_at) VALUES (?, ?, ?)
         ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at
         WHERE leases.holder = excluded.holder OR leases.expires_at <= ?
         RETURNING holder`,
        [name, holder, now + forMs, now],
      );
      return rows.length > 0;
    },
    async release(name, holder) {
      await all("DELETE FROM leases WHERE name = ? AND holder = ?", [name, holder]);
    },
  };
}
