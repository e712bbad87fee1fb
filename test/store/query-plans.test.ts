/** What the databases say they will do: pages are read along an index, and nothing is counted by looking at sessions. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createIngest } from "../../src/ingest/create-ingest.js";
import { createStore } from "../../src/store/create-store.js";
import { openDatabase } from "../../src/store/open-database.js";
import type { Database, SqlRequest } from "../../src/store/sql.js";
import {
  SESSION_ORDER_FIELDS,
  type SessionFilter,
  type SessionOrder,
  type Store,
} from "../../src/store/store.js";
import { DATABASES } from "../support/databases.js";
import { facts, party, snapshot } from "../support/snapshots.js";
import { watchDatabase } from "../support/watch-database.js";

/** Enough for an index to be worth its while, and for filters to find much. */
const SESSIONS = 4_000;
const ALL = ["one", "two", "three"];
const FILTERS: [string, SessionFilter][] = [
  ["nothing", {}],
  ["phase and direction", { phases: ["ENDED"], directions: ["INBOUND"] }],
  ["state and transcript", { states: ["COMPLETED"], hasTranscript: false }],
  ["a time span", { startedAfter: 1_000, startedBefore: 1_000_000 }],
];
const ORDERS = SESSION_ORDER_FIELDS.flatMap((field): SessionOrder[] => [
  { field, direction: "ASC" },
  { field, direction: "DESC" },
]);

describe.each(DATABASES)("plans of $name", (kind) => {
  let database: Database;
  let statements: SqlRequest[];
  let store: Store;
  let drop: () => Promise<void>;

  beforeAll(async () => {
    const created = await kind.create();
    drop = created.drop;
    const opened = await openDatabase(created.url);
    database = opened;
    const watched = watchDatabase(opened);
    statements = watched.statements;
    store = createStore(watched.database);
    const ingest = createIngest(opened, { now: () => 1 });
    for (const connection of ALL) {
      await ingest.ingest(
        connection,
        Array.from({ length: SESSIONS / 2 }, (_, index) =>
          snapshot(`${connection}-${index}`, {
            facts: facts({
              phase: index < 5 ? "LIVE" : "ENDED",
              state: index < 5 ? "IN_PROGRESS" : "COMPLETED",
              startedAt: 1_000 + index,
              updatedAt: 2_000 + index,
              endedAt: 3_000 + index,
              durationSeconds: index % 600,
              from: party(index === 7 ? "+12025550107" : "+12025550100"),
            }),
          }),
        ),
      );
    }
    if (kind.name === "postgres") await opened.all("ANALYZE", []);
  });
  afterAll(async () => {
    await store.close();
    await drop();
  });

  /** The plans of all statements of a read, a line each. */
  async function plansOf(read: () => Promise<unknown>): Promise<string[]> {
    statements.length = 0;
    await read();
    const plans = await Promise.all(
      statements.map(({ sql, values }) =>
        database.all(
          `${kind.name === "postgres" ? "EXPLAIN (COSTS OFF)" : "EXPLAIN QUERY PLAN"} ${sql}`,
          values,
        ),
      ),
    );
    return plans.flat().map((row) => String(row["QUERY PLAN"] ?? row["detail"]));
  }

  const usesIndex = (name: string) =>
    new RegExp(`(Index (Only )?Scan.* using|USING (COVERING )?INDEX) ${name}\\b`);
  /** A read of all of a table's rows; a list that was passed is none. */
  const SCAN = /Seq Scan on (?!pg_)|SCAN (?!json_each|walked|found|\(?subquery)/;

  const cases = ORDERS.flatMap((order) =>
    [["one"], ALL].flatMap((scope) =>
      [false, true].flatMap((fromEnd) =>
        FILTERS.map(([title, filter]) => ({
          title: `${order.field} ${order.direction}, ${fromEnd ? "last" : "first"}, ${scope.length} connection(s), filtered by ${title}`,
          ...{ order, scope, fromEnd, filter },
        })),
      ),
    ),
  );

  it.each(cases)(
    "reads a page along the order's index: $title",
    async ({ order, scope, fromEnd, filter }) => {
      const column = {
        STARTED_AT: "started_at",
        UPDATED_AT: "updated_at",
        ENDED_AT: "ended_at",
        DURATION: "duration_seconds",
      };
      const query = { filter, order, limit: 20, fromEnd };
      const page = await store.sessions.page(query, scope);
      const place = page.at(fromEnd ? 0 : -1)?.position;
      for (const further of [{}, fromEnd ? { before: place } : { after: place }]) {
        const plans = await plansOf(() => store.sessions.page({ ...query, ...further }, scope));
        // A span of time may as well be found by its own index, and sorted.
        const own = column[order.field];
        const index = filter.startedAfter === undefined ? own : `(${own}|started_at)`;
        expect(plans.some((line) => usesIndex(`sessions_list_${index}`).test(line))).toBe(true);
        expect(plans.filter((line) => SCAN.test(line) && !line.includes("session_counts"))).toEqual([]);
      }
    },
  );

  it("finds what has not ended by the index of it", async () => {
    const order: SessionOrder = { field: "UPDATED_AT", direction: "DESC" };
    for (const read of [
      () => store.sessions.page({ filter: { phases: ["LIVE"] }, order, limit: 20 }, ALL),
      () => store.sessions.unended("one"),
    ]) {
      const plans = await plansOf(read);
      expect(plans.some((line) => /sessions_unended/.test(line))).toBe(true);
    }
  });

  it("finds the sessions of an address with few by the address", async () => {
    const filter = { address: { e164: "+12025550107", text: "+12025550107" } };
    const read = () =>
      store.sessions.page({ filter, order: { field: "STARTED_AT", direction: "DESC" }, limit: 20 }, ALL);
    expect(await read()).toHaveLength(3);
    const plans = await plansOf(read);
    expect(plans.some((line) => /session_addresses_pkey|sqlite_autoindex_session_addresses/.test(line))).toBe(
      true,
    );
    expect(plans.some((line) => usesIndex("sessions_list_started_at").test(line))).toBe(false);
  });

  it("counts by kind, not by session", async () => {
    const plans = await plansOf(async () => {
      await store.sessions.count({ phases: ["ENDED"], hasTransfer: false }, ALL);
      await store.connections.figures(ALL);
    });
    expect(plans.some((line) => /session_counts/.test(line))).toBe(true);
    expect(plans.filter((line) => /\bsessions\b/.test(line))).toEqual([]);
  });

  it("keeps the counts right while sessions come, change and go", async () => {
    const counts = async () => {
      const grouped = "phase, state, connection, has_transfer";
      const [kept, there] = await Promise.all([
        database.all(
          `SELECT ${grouped}, sum(sessions) AS n FROM session_counts GROUP BY ${grouped} HAVING sum(sessions) <> 0 ORDER BY ${grouped}`,
          [],
        ),
        database.all(
          `SELECT ${grouped}, count(*) AS n FROM sessions GROUP BY ${grouped} ORDER BY ${grouped}`,
          [],
        ),
      ]);
      const plain = (rows: typeof kept) => rows.map((row) => ({ ...row, n: Number(row["n"]) }));
      expect(plain(kept)).toEqual(plain(there));
      return there.length;
    };
    expect(await counts()).toBe(6);
    const ingest = createIngest(database, { now: () => 2 });
    const ended = facts({ phase: "ENDED", state: "MISSED" });
    await ingest.ingest("one", [
      snapshot("one-0", { observedAt: 9_000, facts: ended }),
      snapshot("one-new"),
      snapshot("one-new", { observedAt: 9_000, facts: ended }),
    ]);
    await counts();
    await database.all("DELETE FROM sessions WHERE connection = ? AND phase = ?", ["two", "LIVE"]);
    expect(await counts()).toBe(6);
  });
});
