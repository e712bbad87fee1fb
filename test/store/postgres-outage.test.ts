/** PostgreSQL goes away and comes back: nothing that was to be written is lost, or written twice. */
import pg from "pg";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createIngest } from "../../src/ingest/create-ingest.js";
import { createStore } from "../../src/store/create-store.js";
import { openDatabase } from "../../src/store/open-database.js";
import { run, type Database } from "../../src/store/sql.js";
import { DATABASES } from "../support/databases.js";
import { snapshot } from "../support/snapshots.js";
import { startTcpProxy, type TcpProxy } from "../support/tcp-proxy.js";

const POSTGRES = DATABASES.filter(({ name }) => name === "postgres");

describe.each(POSTGRES)("a $name that goes away", (kind) => {
  let proxy: TcpProxy;
  let database: Database;
  let direct: string;
  let drop: () => Promise<void>;
  const options = { statementTimeoutMs: 2_500, connectTimeoutMs: 1_000, patienceMs: 15_000 };

  beforeEach(async () => {
    const created = await kind.create();
    ({ url: direct, drop } = created);
    proxy = await startTcpProxy(direct);
    database = await openDatabase(proxy.url, options);
  });
  afterEach(async () => {
    Object.assign(proxy, { refuse: false, stall: false });
    await database.close();
    await proxy[Symbol.asyncDispose]();
    await drop();
  });

  const changes = async () => database.all("SELECT kind FROM changes ORDER BY sequence", []);
  const ingestOf = () => createIngest(database, { now: () => 5_000 });

  it.each(["before", "after"] as const)(
    "a connection cut %s the server has seen COMMIT: the snapshot is stored once, and its change told once",
    async (when) => {
      const ingest = ingestOf();
      await ingest.ingest("one", [snapshot("warm")]);
      const told: number[] = [];
      const watched = createIngest(database, { now: () => 5_000, onChange: (last) => told.push(last) });
      const cut = proxy.cutAt("COMMIT", when);
      const [result] = await watched.ingest("one", [snapshot("a")]);
      await cut;
      expect(result?.change?.kind).toBe("CREATED");
      expect(told).toEqual([result?.change?.sequence]);
      expect(await changes()).toEqual([{ kind: "CREATED" }, { kind: "CREATED" }]);
    },
  );

  it.each(["before", "after"] as const)(
    "a command whose COMMIT is cut %s the server has seen it is recorded once, as new: it is sent",
    async (when) => {
      const store = createStore(database);
      const wish = (id: string) => ({
        ...{ id, connection: "one", principal: "p", name: "endSession", inputHash: "h" },
        ...{ idempotencyKey: `key ${id}`, providerKey: "a", providerId: "a", createdAt: 1 },
      });
      await store.commands.begin(wish("warm"));
      const cut = proxy.cutAt("COMMIT", when);
      const { row, isNew } = await store.commands.begin(wish("c1"));
      await cut;
      expect({ id: row.id, isNew }).toEqual({ id: "c1", isNew: true });
      expect(await store.commands.begin(wish("c1"))).toMatchObject({ isNew: false });
    },
  );

  it("a transaction cut off by a server that restarts is run again when it is back", async () => {
    const ingest = ingestOf();
    await ingest.ingest("one", [snapshot("warm")]);
    proxy.refuse = true;
    proxy.cut();
    const before = proxy.attempts;
    const stored = ingest.ingest("one", [snapshot("a")]);
    await expect.poll(() => proxy.attempts - before).toBeGreaterThan(3);
    proxy.refuse = false;
    expect((await stored)[0]?.change?.kind).toBe("CREATED");
    expect(await changes()).toHaveLength(2);
  });

  it("readers are told in a sentence of ours, at once, and served again once it is back", async () => {
    await database.ping();
    proxy.refuse = true;
    proxy.cut();
    await expect(database.all("SELECT 1 AS one", [])).rejects.toMatchObject({
      code: "INTERNAL_SERVER_ERROR",
      trouble: "UNREACHABLE",
      message: expect.not.stringMatching(/SELECT|ECONN|127\.0\.0\.1/) as string,
    });
    await expect(database.ping()).rejects.toMatchObject({ trouble: "UNREACHABLE" });
    proxy.refuse = false;
    expect(await database.all("SELECT 1 AS one", [])).toEqual([{ one: 1 }]);
    await database.ping();
  });

  it("a connection that broke in the pool is not noticed by the next reader", async () => {
    await database.all("SELECT 1 AS one", []);
    proxy.cut();
    expect(await database.all("SELECT 1 AS one", [])).toEqual([{ one: 1 }]);
  });

  it("a network that swallows everything ends in an error, not in waiting for ever, and what was stuck lets go", async () => {
    const ingest = ingestOf();
    await ingest.ingest("one", [snapshot("warm")]);
    proxy.stall = true;
    await expect(database.all("SELECT 1 AS one", [])).rejects.toMatchObject({ trouble: "UNREACHABLE" });
    const stored = ingest.ingest("one", [snapshot("a")]);
    await expect.poll(() => proxy.attempts).toBeGreaterThan(2);
    proxy.stall = false;
    expect((await stored)[0]?.change?.kind).toBe("CREATED");
  });

  it("a transaction chosen as a deadlock's victim is run again", async () => {
    await ingestOf().ingest("one", [snapshot("a"), snapshot("b")]);
    const title = (id: string) => `UPDATE sessions SET title = 'x' WHERE provider_id = '${id}'`;
    const [rival, gate] = [
      new pg.Client({ connectionString: direct }),
      new pg.Client({ connectionString: direct }),
    ];
    await Promise.all([rival.connect(), gate.connect()]);
    const waiting = (count: number) =>
      expect
        .poll(async () => {
          const { rows } = await gate.query(
            "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
          );
          return rows.length;
        })
        .toBe(count);
    try {
      await gate.query("SELECT pg_advisory_lock(77)");
      // Whoever has waited long enough looks for a deadlock and is its victim: the rival has patience.
      await rival.query("SET deadlock_timeout = '10min'");
      await rival.query("BEGIN");
      await rival.query(title("b"));
      let runs = 0;
      const done = database.transaction(function* () {
        runs += 1;
        yield* run(title("a"), []);
        yield* run("SELECT pg_advisory_xact_lock(77)", []);
        yield* run(title("b"), []);
      });
      await waiting(1);
      const rivalled = rival.query(title("a"));
      await waiting(2);
      // Ours goes on to the rival's row, and the ring is closed.
      await gate.query("SELECT pg_advisory_unlock(77)");
      await rivalled;
      await rival.query("COMMIT");
      await done;
      expect(runs).toBe(2);
    } finally {
      await Promise.all([rival.end(), gate.end()]);
    }
  });

  it("a statement that takes too long is ended, and a rival's lock that is not let go is told as such", async () => {
    await expect(database.all("SELECT pg_sleep(30)", [])).rejects.toMatchObject({ trouble: "BUSY" });
    const impatient = await openDatabase(direct, { patienceMs: 200 });
    const rival = new pg.Client({ connectionString: direct });
    await rival.connect();
    try {
      await rival.query("BEGIN");
      await rival.query("LOCK TABLE sessions");
      await expect(
        createIngest(impatient, { now: () => 5_000 }).ingest("one", [snapshot("a")]),
      ).rejects.toMatchObject({ trouble: "BUSY" });
    } finally {
      await rival.end();
      await impatient.close();
    }
  });

  it("no more connections are made than the pool may have", async () => {
    const small = await openDatabase(proxy.url, { poolSize: 2 });
    try {
      const before = proxy.attempts;
      await Promise.all(Array.from({ length: 20 }, () => small.all("SELECT pg_sleep(0.02)", [])));
      // One is there since it was opened, unless it has been idle for too long.
      expect(proxy.attempts - before).toBeLessThanOrEqual(2);
    } finally {
      await small.close();
    }
  });

  it("the process's presence is announced again after an outage of any length", async () => {
    const presences = async () => {
      const rows = await database.all(
        `SELECT count(*) AS count FROM pg_locks WHERE locktype = 'advisory' AND objid = 4711 AND granted
         AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
        [],
      );
      return Number(rows[0]?.["count"]);
    };
    await database.announce(4711);
    expect(await presences()).toBe(1);
    proxy.refuse = true;
    proxy.cut();
    const before = proxy.attempts;
    // Two tries in vain at least.
    await expect.poll(() => proxy.attempts - before, { timeout: 15_000 }).toBeGreaterThan(1);
    proxy.refuse = false;
    await expect.poll(presences, { timeout: 15_000 }).toBe(1);
  });
});
