/** Look-ups go by an index, on both databases, with enough rows that the planner has a choice; and old databases get theirs. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createIngest } from "../../src/ingest/create-ingest.js";
import { createStore } from "../../src/store/create-store.js";
import * as sessionJoins from "../../src/store/migrations/0006-session-joins.js";
import { openDatabase } from "../../src/store/open-database.js";
import type { Database, SqlValue } from "../../src/store/sql.js";
import type { Store } from "../../src/store/store.js";
import { DATABASES } from "../support/databases.js";
import { facts, member, party, snapshot, transfer } from "../support/snapshots.js";

const SESSIONS = 4_000;
const T = 1_700_000_000_000;

describe.each(DATABASES)("the plans of $name", (kind) => {
  let database: Database;
  let store: Store;
  let drop: () => Promise<void>;
  const sent: { sql: string; values: readonly SqlValue[] }[] = [];

  beforeAll(async () => {
    const created = await kind.create();
    drop = created.drop;
    database = await openDatabase(created.url);
    const ingest = createIngest(database, { now: () => T });
    for (const [connection, provider] of [
      ["speko", "SPEKO"],
      ["portsip", "PORTSIP"],
    ] as const) {
      await ingest.ingest(
        connection,
        Array.from({ length: SESSIONS / 2 }, (_, index) => {
          const customer = `+1202556${String(index).padStart(4, "0")}`;
          const startedAt = T + index * 60_000;
          return snapshot(`${connection}-${index}`, {
            provider,
            facts: facts({
              ...{ phase: "ENDED", state: "COMPLETED", startedAt, endedAt: startedAt + 50_000 },
              from: party(customer, customer),
              to: party("+13125550100", "+13125550100"),
            }),
            fields: { userData: `ticket-${index}`, callSid: `CA${index}` },
            members: [member("caller", { displayName: "Ada", party: party(customer, customer) })],
            transfers: [transfer("t", { transferTo: "+13125550101", createdAt: startedAt + 20_000 })],
            sections: [],
          });
        }),
      );
    }
    await database.knex.raw("ANALYZE");
    store = createStore({
      ...database,
      all(sql, values) {
        sent.push({ sql, values });
        return database.all(sql, values);
      },
    });
  }, 120_000);
  afterAll(async () => {
    await database.close();
    await drop();
  });

  /** How the database would go about the statements that `work` sends. */
  async function plansOf(work: () => Promise<unknown>): Promise<string> {
    sent.length = 0;
    await work();
    expect(sent.length).toBeGreaterThan(0);
    const explain = kind.name === "sqlite" ? "EXPLAIN QUERY PLAN" : "EXPLAIN";
    const rows = await Promise.all(sent.map(({ sql, values }) => database.all(`${explain} ${sql}`, values)));
    return rows
      .flat()
      .map((row) => String(row["detail"] ?? row["QUERY PLAN"]))
      .join("\n");
  }
  /** A table read from end to end, in the words of either database. */
  const scanOf = (...tables: string[]) =>
    new RegExp(`Seq Scan on (${tables.join("|")})|SCAN (${tables.join("|")}|a|b|theirs)\\b(?! USING INDEX)`);

  it("who shares a key is looked up by an index of the keys, from the sessions asked about", async () => {
    const keys = Array.from({ length: 100 }, (_, index) => index + 1);
    let pairs = 0;
    const plan = await plansOf(async () => {
      pairs = (await store.joins.neighbours(keys, ["speko", "portsip"])).length;
    });
    expect(pairs).toBeGreaterThan(90);
    expect(plan).not.toMatch(scanOf("session_joins", "sessions"));
    expect(plan).toMatch(/session_joins_pkey|sqlite_autoindex_session_joins_1/);
    expect(plan).toMatch(/session_joins_session_key_index/);
  });

  it("the keys of a page of sessions are read by an index", async () => {
    const plan = await plansOf(() => store.joins.bySessionKeys([1, 2, 3]));
    expect(plan).not.toMatch(scanOf("session_joins"));
    expect(plan).toMatch(/session_joins_session_key_index/);
  });

  it("everything a number took part in is looked up by an index of the addresses", async () => {
    const number = "+12025560007";
    let found = 0;
    const plan = await plansOf(async () => {
      const query = {
        filter: { address: { e164: number, text: number } },
        order: { field: "STARTED_AT", direction: "DESC" },
        limit: 21,
      } as const;
      found = (await store.sessions.page(query, ["speko", "portsip"])).length;
    });
    expect(found).toBe(2);
    expect(plan).not.toMatch(scanOf("session_addresses", "sessions"));
    expect(plan).toMatch(/session_addresses_pkey|sqlite_autoindex_session_addresses_1/);
  });

  it("a database from before gets the same keys as ingest writes", async () => {
    const read = () =>
      database.all(
        "SELECT session_key, kind, value, at FROM session_joins ORDER BY session_key, kind, value, at",
        [],
      );
    const written = await read();
    expect(written.length).toBeGreaterThan(8 * SESSIONS);
    await sessionJoins.down(database.knex);
    await sessionJoins.up(database.knex);
    const filled = await read();
    const texts = (rows: typeof written) => new Set(rows.map((row) => JSON.stringify(row)));
    expect(texts(written).difference(texts(filled)).size).toBe(0);
  }, 60_000);
});
