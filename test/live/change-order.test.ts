/** Whoever reads behind the last number it has seen misses nothing, however many write at once. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createIngest } from "../../src/ingest/create-ingest.js";
import { createStore } from "../../src/store/create-store.js";
import { openDatabase } from "../../src/store/open-database.js";
import type { Database } from "../../src/store/sql.js";
import { DATABASES } from "../support/databases.js";
import { facts, snapshot } from "../support/snapshots.js";

const WRITERS = 8;
const ROUNDS = 25;

describe.each(DATABASES)("the change log on $name", (kind) => {
  let database: Database;
  let drop: () => Promise<void>;

  beforeAll(async () => {
    const created = await kind.create();
    drop = created.drop;
    database = await openDatabase(created.url);
  });

  afterAll(async () => {
    await database.close();
    await drop();
  });

  it("is read without a gap while many connections write", async () => {
    const store = createStore(database);
    const { ingest } = createIngest(database, { now: Date.now });
    let isWriting = true;
    const writing = Promise.all(
      Array.from({ length: WRITERS }, async (_, writer) => {
        for (let round = 0; round < ROUNDS; round += 1) {
          // Transactions of different length: the one that is numbered first need not be the first to commit.
          const many = Array.from({ length: 1 + ((writer * 7 + round * 3) % 20) }, (_, index) =>
            snapshot(`s${round}-${index}`, { facts: facts({ title: `${writer} ${round}` }) }),
          );
          await ingest(`connection-${writer}`, many);
        }
      }),
    ).finally(() => (isWriting = false));

    const seen: number[] = [];
    const read = async () => {
      const rows = await store.changes.after(seen.at(-1) ?? 0, 50, "all");
      seen.push(...rows.map((row) => row.sequence));
      return rows.length;
    };
    while (isWriting) await read();
    await writing;
    while ((await read()) > 0);

    const all = await store.changes.after(0, 100_000, "all");
    expect(seen).toEqual(all.map((row) => row.sequence));
    expect(await store.changes.last()).toBe(seen.at(-1));
  });
});
