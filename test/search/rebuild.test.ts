/** A database from before there was a search: its sessions are indexed in the background, wherever it was stopped. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createIngest } from "../../src/ingest/create-ingest.js";
import { startSearchRebuild } from "../../src/ingest/rebuild-search.js";
import { parseSearchQuery } from "../../src/model/index.js";
import { createStore } from "../../src/store/create-store.js";
import * as migration from "../../src/store/migrations/0003-search.js";
import { openDatabase } from "../../src/store/open-database.js";
import type { Database } from "../../src/store/sql.js";
import type { Store } from "../../src/store/store.js";
import { DATABASES } from "../support/databases.js";
import { event, facts, member } from "../support/snapshots.js";
import { conversation } from "./turns.js";

const SESSIONS = 180;

describe.each(DATABASES)("indexing what is kept, on $name", (kind) => {
  let database: Database;
  let store: Store;
  let drop: () => Promise<void>;
  const fail = (error: unknown) => {
    throw error;
  };

  beforeAll(async () => {
    const created = await kind.create();
    drop = created.drop;
    database = await openDatabase(created.url);
    store = createStore(database);
    const ingest = createIngest(database, { now: () => 5_000 });
    await ingest.ingest(
      "one",
      Array.from({ length: SESSIONS }, (_, index) => look(index, "wombat")),
    );
    // As a gateway without a search left it, and then met by one that has it.
    await migration.down(database.knex);
    await migration.up(database.knex);
  });
  afterAll(async () => {
    await store.close();
    await drop();
  });

  function look(index: number, word: string, observedAt = 1_000) {
    return conversation([`turn ${word}`, `turn again ${word}`], index, {
      providerId: `s${index}`,
      observedAt,
      facts: facts({ title: `titled ${word}`, startedAt: index * 60_000 }),
      members: [member("m", { displayName: "named" })],
      events: [event("e", { message: "logged" })],
      sections: ["transcript", "members", "events"],
    });
  }
  const query = (text: string) => {
    const parsed = parseSearchQuery(text);
    if ("problem" in parsed) throw new Error(parsed.problem);
    return parsed;
  };
  const turns = (text: string) => store.search.count({ query: query(text), filter: {} }, "all");
  const sessions = (text: string) =>
    store.sessions.count({ text: { query: query(text), onlyOpen: false } }, "all");

  it("goes on where it was stopped, newest first, and leaves what arrived meanwhile as it is", async () => {
    expect(await turns("wombat")).toBe(0);
    const ingest = createIngest(database, { now: () => 5_000 });
    // Told again, corrected, and new: before anything of it was indexed.
    await ingest.ingest("one", [look(3, "wombat"), look(4, "numbat", 2_000), look(SESSIONS, "wombat")]);
    expect(await turns("wombat")).toBe(2);

    await startSearchRebuild(database, fail).stop();
    const part = await turns("wombat");
    expect(part).toBeGreaterThan(2);
    expect(part).toBeLessThan(2 * SESSIONS);
    const newest = await store.search.turns({ query: query("wombat"), filter: {} }, "all", 4);
    const rows = await store.sessions.byKeys(
      newest.map(({ sessionKey }) => sessionKey),
      "all",
    );
    expect(new Set(rows.map((row) => row?.providerId))).toEqual(
      new Set([`s${SESSIONS}`, `s${SESSIONS - 1}`]),
    );

    // Two gateways may do it at once.
    await Promise.all([startSearchRebuild(database, fail).done, startSearchRebuild(database, fail).done]);
    expect(await turns("wombat")).toBe(2 * SESSIONS);
    expect(await turns("numbat")).toBe(2);
    expect(await turns('"again wombat"')).toBe(SESSIONS);
    expect(await sessions('"titled wombat" named logged')).toBe(SESSIONS);
    expect(await sessions("titled numbat -wombat")).toBe(1);
    if (kind.name === "sqlite") {
      for (const index of ["transcript_words", "session_words"])
        await database.all(`INSERT INTO ${index} (${index}, rank) VALUES ('integrity-check', 1)`, []);
    }
  });

  it("is done once and for all", async () => {
    expect(await database.all("SELECT until FROM search_rebuild", [])).toEqual([]);
    await startSearchRebuild(database, fail).done;
    expect(await turns("wombat")).toBe(2 * SESSIONS);
  });
});
