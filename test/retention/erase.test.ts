import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createIngest } from "../../src/ingest/create-ingest.js";
import type { Ingest } from "../../src/ingest/ingest.js";
import { digitRuns, mentions, spellAddress, type SessionSnapshot } from "../../src/model/index.js";
import { erase, planErasure } from "../../src/retention/erase.js";
import { createStore } from "../../src/store/create-store.js";
import { openDatabase } from "../../src/store/open-database.js";
import type { Database } from "../../src/store/sql.js";
import type { Store } from "../../src/store/store.js";
import { countTexts } from "../support/database-bytes.js";
import { DATABASES } from "../support/databases.js";
import { facts, member, party, snapshot, turn } from "../support/snapshots.js";

const spelling = (typed: string, region = "US") => {
  const address = spellAddress(typed, region);
  if (address === null) throw new Error(`${typed} is no address`);
  return address;
};

describe("spellings of a number", () => {
  it.each(["+1 202-555-0134", "12025550134", "(202) 555-0134", "tel:+12025550134", "sip:+12025550134@pbx"])(
    "%s is the same number",
    (typed) => expect(spelling(typed)).toEqual(spelling("+12025550134")),
  );

  it.each([
    "+12025550134",
    "call 202.555.0134 back",
    '{"to":12025550134}',
    "0012025550134",
    "011 1 202 555 0134",
    "at 10 2025550134",
    "sip:12025550134@pbx",
    "call_12025550134_a",
  ])("is found in %s", (text) => expect(mentions(text, spelling("+12025550134"))).toBe(true));

  it.each(["+12025550135", "912025550134", "120255501345", "2025-5501 and 34", "", "555-0134"])(
    "is not found in %s",
    (text) => expect(mentions(text, spelling("+12025550134"))).toBe(false),
  );

  it("a trunk prefix belongs to the number, wherever its country puts it", () => {
    for (const text of ["020 7946 0958", "+44 (0)20 7946 0958", "442079460958"])
      expect(mentions(text, spelling("+442079460958"))).toBe(true);
    expect(spelling("020 7946 0958", "GB").canonical).toBe("+442079460958");
  });

  it("an address is found as a word of its own", () => {
    const address = spelling("SIP:Anna@pbx.example.test");
    for (const text of ["<sip:anna@PBX.example.test>;tag=1", "mail anna@pbx.example.test."])
      expect(mentions(text, address)).toBe(true);
    for (const text of ["joanna@pbx.example.test", "anna@pbx.example.test.uk"])
      expect(mentions(text, address)).toBe(false);
  });

  it("a text of nothing but digits and separators is gone through in reasonable time", () => {
    let runs = 0;
    for (const _run of digitRuns("1 ".repeat(50_000))) runs += 1;
    expect(runs).toBeLessThan(1_000_000);
  });
});

describe.each(DATABASES)("erasing on $name", (kind) => {
  let database: Database;
  let store: Store;
  let ingest: Ingest;
  let url: string;
  let drop: () => Promise<void>;

  beforeEach(async () => {
    ({ url, drop } = await kind.create());
    database = await openDatabase(url);
    store = createStore(database);
    ingest = createIngest(database, { now: () => 5_000 });
  });
  afterEach(async () => {
    await store.close();
    await drop();
  });

  const NUMBER = "+12025550134";
  const call = (id: string, given: Partial<SessionSnapshot> = {}, startedAt: number | null = 1_000) =>
    snapshot(id, { facts: facts({ startedAt, from: party("1002"), to: party("1003") }), ...given });
  const theirs = (id: string, startedAt: number | null = 1_000) =>
    call(id, { facts: facts({ startedAt, from: party(NUMBER, NUMBER) }) });
  const ids = async () => {
    const rows = await database.all("SELECT provider_id FROM sessions ORDER BY 1", []);
    return rows.map((row) => row["provider_id"]);
  };
  const eraseNumber = (at = 10_000) => erase(store.erasure, spelling(NUMBER), () => at);

  it("takes every session that has the number anywhere, of every connection, and no other", async () => {
    await ingest.ingest("one", [
      theirs("caller"),
      call("dialled", { addresses: ["12025550134"] }),
      call("payload", { raw: { deep: [{ to: 12025550134 }] } }),
      call("field", { fields: { note: "(202) 555-0134" } }),
      call("number-12025550134"),
      call("stranger", { raw: { to: "+12025550135", id: "912025550134" } }),
    ]);
    await ingest.ingest("two", [theirs("caller"), call("other")]);
    const plan = await planErasure(store.erasure, spelling(NUMBER));
    expect(plan.sessions).toBe(6);
    const { sessions, rows, left } = await eraseNumber();
    expect({ sessions, rows, left: left.size }).toEqual({ sessions: 6, rows: plan.rows, left: 0 });
    expect(await ids()).toEqual(["other", "stranger"]);
    // The change log tells of those that are left only.
    expect(await store.changes.after(0, 100, "all")).toHaveLength(2);
    await store.close();
    expect(await countTexts(url, ["12025550134", "555-0134", NUMBER])).toEqual({
      // The stranger's id, which merely has these digits inside.
      "12025550134": 1,
      "555-0134": 0,
      [NUMBER]: 0,
    });
    store = createStore((database = await openDatabase(url)));
  });

  it("takes what only the change log has left, in whatever it had altered", async () => {
    const address = "anna@pbx.example.test";
    await ingest.ingest("one", [
      call("said", { transcript: [turn(0, { text: `write to ${address}` })] }),
      call("named", { members: [member("m", { displayName: address })] }),
      call("noted", { fields: { note: address, long: `${address} ${"x".repeat(200)}` } }),
      call("other"),
    ]);
    await ingest.ingest("one", [
      { ...call("said", { transcript: [turn(0, { text: "write to nobody" })] }), observedAt: 2_000 },
      { ...call("named", { members: [member("m", { displayName: "Nobody" })] }), observedAt: 2_000 },
      { ...call("noted", { fields: { note: "nothing", long: "nothing" } }), observedAt: 2_000 },
    ]);
    const { sessions } = await erase(store.erasure, spelling(address), () => 10_000);
    expect(sessions).toBe(3);
    expect(await ids()).toEqual(["other"]);
    await store.close();
    expect(await countTexts(url, [address])).toEqual({ [address]: 0 });
    store = createStore((database = await openDatabase(url)));
  });

  it("keeps out what began before, in whatever order it is told, and lets in what begins afterwards", async () => {
    await ingest.ingest("one", [theirs("known")]);
    await eraseNumber();
    // Known ones are recognised without the number; unknown ones by the number, also where only a later look has it.
    const [known] = await ingest.ingest("one", [call("known")]);
    expect(known).toEqual({ sessionKey: 0, change: null });
    await ingest.ingest("two", [theirs("older"), theirs("no beginning", null), call("poor")]);
    expect(await ids()).toEqual(["poor"]);
    await ingest.ingest("two", [theirs("poor")]);
    await ingest.ingest("two", [call("poor"), call("text", { raw: { said: "ring 202 555 0134" } })]);
    expect(await ids()).toEqual([]);
    await ingest.ingest("two", [theirs("new", 10_001), theirs("no beginning", 10_001), call("other")]);
    expect(await ids()).toEqual(["new", "no beginning", "other"]);
  });

  it("is remembered by a hash alone, and by another process at once", async () => {
    const elsewhere = await openDatabase(url);
    try {
      const rival = createIngest(elsewhere, { now: () => 5_000 });
      await rival.ingest("one", [theirs("a"), call("b")]);
      await eraseNumber();
      await rival.ingest("one", [theirs("a"), theirs("c"), call("b")]);
      expect(await ids()).toEqual(["b"]);
      // A second number, once the first one's hashes have been read.
      await erase(store.erasure, spelling("+442079460958"), () => 11_000);
      await rival.ingest("one", [call("d", { raw: { to: "020 7946 0958" } })]);
      expect(await ids()).toEqual(["b"]);
    } finally {
      await elsewhere.close();
    }
  });

  it("addresses that are no numbers go as well; an extension takes its own sessions only", async () => {
    await ingest.ingest("one", [
      call("mail", { raw: { user: "Anna@example.test" } }),
      call("other mail", { raw: { user: "joanna@example.test" } }),
    ]);
    await ingest.ingest("two", [snapshot("count", { raw: { length: 1002 } })]);
    expect(await erase(store.erasure, spelling("anna@example.test"), () => 10_000)).toMatchObject({
      sessions: 1,
    });
    await ingest.ingest("one", [call("mail again", { raw: { user: "anna@example.test" } })]);
    expect(await ids()).toEqual(["count", "other mail"]);
    expect(await erase(store.erasure, spelling("1002"), () => 10_000)).toMatchObject({ sessions: 1 });
    expect(await ids()).toEqual(["count"]);
  });

  it("commands, deliveries and last errors that name it go; a pending command stays and is said to", async () => {
    await ingest.ingest("one", [theirs("a")]);
    const begin = async (id: string, key: string, providerKey: string, isOver: boolean) => {
      await store.commands.begin({
        ...{ id, connection: "one", principal: "p", name: "n", inputHash: "h", idempotencyKey: key },
        ...{ providerKey, providerId: providerKey, createdAt: 1 },
      });
      const end = { error: null, answer: null, providerKey: null, providerId: null, finishedAt: 2 };
      if (isOver) await store.commands.finish(id, { ...end, outcome: "SUCCEEDED" });
    };
    await begin("about a", "k1", "a", true);
    await begin("named", `call ${NUMBER}`, "b", true);
    await begin("pending", `ring ${NUMBER}`, "b", false);
    await begin("other", "k2", "b", true);
    await database.all(
      `INSERT INTO webhook_inbox (connection, delivery_id, digest, message, state, received_at, attempts, next_attempt_at)
       VALUES ('one', 'd1', '', '{"from":"12025550134"}', 'PENDING', 1, 0, 1), ('one', 'd2', '', '{}', 'PENDING', 1, 0, 1)`,
      [],
    );
    const lastError = { code: "C", message: `no route to ${NUMBER}`, retryAfterSeconds: null, at: 1 };
    await store.connections.save({ name: "one", provider: "SPEKO", lastError });
    const { left } = await eraseNumber();
    expect(left).toEqual(new Map([["commands", 1]]));
    expect((await database.all("SELECT id FROM commands ORDER BY id", [])).map((row) => row["id"])).toEqual([
      "other",
      "pending",
    ]);
    expect(await database.all("SELECT delivery_id FROM webhook_inbox", [])).toEqual([{ delivery_id: "d2" }]);
    expect((await store.connections.all())[0]?.lastError).toBeNull();
  });
});

describe("erasing from a SQLite file with a search index", () => {
  it("leaves none of the words in the index's own tables", async () => {
    const sqlite = DATABASES.find(({ name }) => name === "sqlite");
    const { url, drop } = (await sqlite?.create()) ?? { url: "", drop: () => Promise.resolve() };
    const database = await openDatabase(url);
    const store = createStore(database);
    try {
      for (const sql of [
        "CREATE VIRTUAL TABLE words USING fts5(text)",
        `CREATE TRIGGER words_in AFTER INSERT ON sessions BEGIN
           INSERT INTO words (rowid, text) VALUES (new.key, new.title); END`,
        "CREATE TRIGGER words_out AFTER DELETE ON sessions BEGIN DELETE FROM words WHERE rowid = old.key; END",
      ])
        await database.all(sql, []);
      const ingest = createIngest(database, { now: () => 1 });
      const titled = (id: string, title: string) => snapshot(id, { facts: facts({ title, startedAt: 1 }) });
      await ingest.ingest("one", [titled("a", "ring 2025550134 please"), titled("b", "ring somebody")]);
      await erase(store.erasure, spelling("+12025550134"), () => 10);
      await store.close();
      expect(await countTexts(url, ["2025550134", "somebody"])).toMatchObject({ "2025550134": 0 });
    } finally {
      await drop();
    }
  });
});
