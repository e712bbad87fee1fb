import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createIngest } from "../../src/ingest/create-ingest.js";
import type { Ingest } from "../../src/ingest/ingest.js";
import { parseSearchQuery } from "../../src/model/index.js";
import { createStore } from "../../src/store/create-store.js";
import { openDatabase } from "../../src/store/open-database.js";
import type { SessionFilter, SessionOrder, SessionPosition, Store } from "../../src/store/store.js";
import { SESSION_ORDER_FIELDS } from "../../src/store/store.js";
import { DATABASES } from "../support/databases.js";
import { facts, member, party, snapshot, transfer } from "../support/snapshots.js";

describe.each(DATABASES)("the store on $name", (kind) => {
  let store: Store;
  let ingest: Ingest;
  let drop: () => Promise<void>;

  beforeAll(async () => {
    const created = await kind.create();
    drop = created.drop;
    const database = await openDatabase(created.url);
    store = createStore(database);
    ingest = createIngest(database, { now: () => 5_000 });
    // Times repeat and are missing, so that ties and nulls occur in every order.
    for (let index = 0; index < 60; index += 1) {
      const even = index % 2 === 0;
      await ingest.ingest(even ? "one" : "two", [
        snapshot(`s${index}`, {
          provider: even ? "SPEKO" : "PORTSIP",
          facts: facts({
            phase: index < 10 ? "LIVE" : "ENDED",
            state: index < 10 ? "RINGING" : "COMPLETED",
            startedAt: index % 7 === 0 ? null : Math.floor(index / 3) * 1_000,
            updatedAt: index % 5 === 0 ? null : (index % 4) * 10,
            endedAt: index < 10 ? null : 100_000 - Math.floor(index / 2) * 100,
            durationSeconds: index % 3 === 0 ? null : (index % 6) / 2,
            from: party(`+1202555010${index % 10}`, `+1202555010${index % 10}`),
            title: index === 3 ? "Grüße aus Köln 100%" : null,
          }),
          fields: { queueState: even ? "Queued" : "None", wasMissed: index % 10 === 0, attempt: index % 4 },
          members: [member("caller", { displayName: index === 5 ? "Ada Lovelace" : null })],
          ...(index === 7 ? { transfers: [transfer("t1", { transferTo: "1002" })] } : {}),
          sections: ["members"],
        }),
      ]);
    }
  });

  afterAll(async () => {
    await store.close();
    await drop();
  });

  const idsOf = (rows: { row: { providerId: string } }[]) => rows.map(({ row }) => row.providerId);

  async function walk(order: SessionOrder, size: number, fromEnd: boolean, scope: "all" | string[] = "all") {
    const seen: string[] = [];
    let place: SessionPosition | undefined;
    for (;;) {
      const rows = await store.sessions.page(
        { filter: {}, order, limit: size, fromEnd, ...(fromEnd ? { before: place } : { after: place }) },
        scope,
      );
      if (rows.length === 0) return seen;
      if (fromEnd) seen.unshift(...idsOf(rows));
      else seen.push(...idsOf(rows));
      place = (fromEnd ? rows[0] : rows.at(-1))?.position;
    }
  }

  const orders = SESSION_ORDER_FIELDS.flatMap((field) => [
    { field, direction: "ASC" as const },
    { field, direction: "DESC" as const },
  ]);

  it.each(orders)(
    "walks every session once by $field $direction, forward and backward, ties and nulls included",
    async (order) => {
      const all = idsOf(await store.sessions.page({ filter: {}, order, limit: 1_000 }, "all"));
      expect(new Set(all).size).toBe(60);
      for (const size of [1, 7, 60]) {
        expect(await walk(order, size, false)).toEqual(all);
        expect(await walk(order, size, true)).toEqual(all);
      }
    },
  );

  it.each(orders)("sorts nulls last by $field $direction", async (order) => {
    const rows = await store.sessions.page({ filter: {}, order, limit: 1_000 }, "all");
    const values = rows.map(({ position }) => position.value);
    const known = values.filter((value) => value !== null);
    expect(values.slice(0, known.length)).toEqual(known);
    expect(known).toEqual([...known].sort((a, b) => (order.direction === "ASC" ? a - b : b - a)));
  });

  function words(text: string): SessionFilter["text"] & object {
    const query = parseSearchQuery(text);
    if ("problem" in query) throw new Error(query.problem);
    return { query, onlyOpen: true };
  }

  const filters: [string, SessionFilter, number][] = [
    ["nothing", {}, 60],
    ["phases", { phases: ["LIVE"] }, 10],
    ["states and connections", { states: ["RINGING"], connections: ["one"] }, 5],
    ["providers", { providers: ["PORTSIP"] }, 30],
    ["an empty list", { states: [] }, 0],
    ["a number at one end", { address: { e164: "+12025550103", text: "202-555-0103" } }, 6],
    ["a transfer", { hasTransfer: true }, 1],
    ["a transfer's target", { address: { e164: null, text: "1002" } }, 1],
    ["no transcript", { hasTranscript: false }, 60],
    ["a text field of a provider", { providerFields: { queueState: "Queued" } }, 30],
    ["a boolean and a number of a provider", { providerFields: { wasMissed: true, attempt: 2 } }, 3],
    ["words of a title, in any case and without accents", { text: words("grusse KÖLN") }, 1],
    ["what is a wildcard elsewhere", { text: words("100%") }, 1],
    ["a wildcard that stands nowhere", { text: words("1_0%") }, 0],
    ["a member's name", { text: words("lovelace") }, 1],
    ["a time span", { startedAfter: 3_000, startedBefore: 6_000 }, 8],
    ["a duration", { minDurationSeconds: 2 }, 20],
    [
      "refs",
      {
        refs: [
          { connection: "one", providerKey: "s2" },
          { connection: "two", providerKey: "s2" },
        ],
      },
      1,
    ],
  ];

  it.each(filters)("filters by %s", async (_title, filter, count) => {
    const order: SessionOrder = { field: "STARTED_AT", direction: "DESC" };
    expect(await store.sessions.page({ filter, order, limit: 1_000 }, "all")).toHaveLength(count);
    expect(await store.sessions.count(filter, "all")).toBe(count);
  });

  it("answers nothing of a connection outside the scope, by page, count, ref or key", async () => {
    const order: SessionOrder = { field: "STARTED_AT", direction: "DESC" };
    expect(await store.sessions.page({ filter: {}, order, limit: 1_000 }, ["two"])).toHaveLength(30);
    expect(await store.sessions.count({}, ["two"])).toBe(30);
    expect(await store.sessions.count({}, [])).toBe(0);
    const [row] = await store.sessions.byRefs([{ connection: "one", providerKey: "s2" }], "all");
    expect(row?.providerId).toBe("s2");
    expect(await store.sessions.byRefs([{ connection: "one", providerKey: "s2" }], ["two"])).toEqual([null]);
    expect(await store.sessions.byKeys([row?.key ?? 0], ["two"])).toEqual([null]);
  });

  it("keeps connections between runs, and what is left out stays", async () => {
    await store.connections.save({ name: "one", provider: "SPEKO", capabilities: ["LIST"] });
    await store.connections.save({ name: "one", provider: "SPEKO", lastSyncedAt: 7, coveredSince: 3 });
    await store.connections.save({ name: "one", provider: "SPEKO", lastSyncedAt: 9 });
    expect(await store.connections.all()).toEqual([
      {
        name: "one",
        provider: "SPEKO",
        lastSyncedAt: 9,
        coveredSince: 3,
        lastError: null,
        capabilities: ["LIST"],
      },
    ]);
    expect((await store.connections.figures(["one", "none"])).get("one")).toEqual({
      sessionCount: 30,
      liveCount: 5,
    });
  });

  it("logs every change in one order, and only those of visible connections", async () => {
    const changes = await store.changes.after(0, 1_000, "all");
    expect(changes).toHaveLength(60);
    expect(changes.map((change) => change.sequence)).toEqual(
      [...changes.map((change) => change.sequence)].sort((a, b) => a - b),
    );
    expect(await store.changes.after(0, 1_000, ["two"])).toHaveLength(30);
  });
});
