/** `Session.related` as clients meet it: rules one by one, rights, order, and what it costs. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createIngest } from "../../src/ingest/create-ingest.js";
import type { Ingest } from "../../src/ingest/ingest.js";
import { createDatabaseGateway, type DatabaseGateway } from "./database-gateway.js";
import { DATABASES } from "../support/databases.js";
import { member } from "../support/snapshots.js";
import {
  call,
  CUSTOMER,
  DID,
  handedOver,
  mapping,
  maskedCall,
  OWN,
  pbx,
  SECOND,
  T,
  VIRTUAL,
} from "./calls.js";
import { statementsOf } from "../support/count-statements.js";

interface Told {
  reason: string;
  confidence: number;
  session: { providerId: string };
}

describe.each(DATABASES)("related, on $name", (kind) => {
  let world: DatabaseGateway;
  let ingest: Ingest;

  beforeAll(async () => {
    world = await createDatabaseGateway(kind);
    ingest = createIngest(world.database, { now: () => T });
  }, 60_000);
  afterAll(() => world[Symbol.asyncDispose]());

  async function store(...calls: ReturnType<typeof call>[]): Promise<void> {
    for (const one of calls) await ingest.ingest(one.connection, [one.snapshot]);
  }
  async function relatedOf(one: ReturnType<typeof call>, key?: string): Promise<Told[]> {
    const { data, errors } = await world.gateway.query<{
      sessions: { nodes: (Told & { providerId: string; related: Told[] })[] };
    }>(
      "query ($at: DateTime!) { sessions(first: 100, filter: { startedAfter: $at }) { nodes { providerId related { reason confidence session { providerId } } } } }",
      { at: new Date(one.snapshot.facts.startedAt ?? 0).toISOString() },
      { authorization: `Bearer ${key ?? "k-all"}` },
    );
    expect(errors).toEqual([]);
    return data?.sessions.nodes.find(({ providerId }) => providerId === one.id)?.related ?? [];
  }
  const told = (reason: string, confidence: number, one: ReturnType<typeof call>) => ({
    reason,
    confidence,
    session: { providerId: one.id },
  });

  const day = 86_400;
  type Case = [string, ReturnType<typeof call>, ReturnType<typeof call>, string, number];
  const pairs: Case[] = [
    [
      "the carrier's call id",
      call("evo", CUSTOMER, OWN, [0, 100], { fields: { callSid: "CA01" } }),
      pbx("+12025550199", [40, 90], { fields: { callLog: { callId: "CA01" } } }),
      "SAME_CALL_ID",
      0.99,
    ],
    [
      "a member's call id, and an earlier step's",
      call("evo", CUSTOMER, OWN, [day, day + 100], { members: [member("m", { callSid: "CA02" })] }),
      pbx("+12025550199", [day + 40, day + 90], {
        interactions: [{ ...maskedCall(day + 40), fields: { callId: "CA02" } }],
      }),
      "SAME_CALL_ID",
      0.99,
    ],
    [
      "user data that is the other's id",
      call("speko", null, null, [2 * day, 2 * day + 60], { providerId: "9F00-AB1", providerKey: "9F00-AB1" }),
      pbx("+12025550199", [2 * day + 300, 2 * day + 400], {
        fields: { userData: "session=9F00-ab1;lang=en" },
      }),
      "USER_DATA",
      0.98,
    ],
    [
      "a ticket in both, and a number",
      call("speko", CUSTOMER, OWN, [3 * day, 3 * day + 60], {
        fields: { metadata: { deep: { ticket: "CRM-4711" } } },
      }),
      call("evo", CUSTOMER, DID, [3 * day + 5, 3 * day + 50], {
        fields: { consoleData: '{"ticket":"crm-4711"}' },
      }),
      "USER_DATA",
      0.96,
    ],
    [
      "a call through a virtual number",
      mapping(CUSTOMER, DID, 4 * day),
      pbx(VIRTUAL, [4 * day + 2, 4 * day + 30]),
      "VIRTUAL_NUMBER",
      0.95,
    ],
    [
      "a virtual number that was called",
      mapping(CUSTOMER, "+12025550150", 5 * day),
      call("evo", CUSTOMER, VIRTUAL, [5 * day - 1, 5 * day + 30]),
      "VIRTUAL_NUMBER",
      0.95,
    ],
    [
      "a transfer's target, called right after it",
      handedOver(CUSTOMER, OWN, 6 * day),
      pbx(OWN, [6 * day + 1, 6 * day + 60]),
      "TRANSFER_TARGET",
      0.92,
    ],
    [
      "a transfer of a call with unknown numbers",
      handedOver(null, null, 7 * day),
      pbx(OWN, [7 * day + 1, 7 * day + 60]),
      "TRANSFER_TARGET",
      0.75,
    ],
    [
      "the same two numbers, clocks and ringing apart",
      call("evo", CUSTOMER, OWN, [8 * day, 8 * day + 100], { addresses: [DID] }),
      pbx(CUSTOMER, [8 * day + 40, 8 * day + 125]),
      "SAME_PARTIES",
      0.9,
    ],
    [
      "the same two numbers, one clock late",
      call("evo", CUSTOMER, OWN, [9 * day, 9 * day + 20], { addresses: [DID] }),
      pbx(CUSTOMER, [9 * day + 40, 9 * day + 60]),
      "SAME_PARTIES",
      0.7,
    ],
  ];

  it.each(pairs)("%s: both ways", async (_title, one, other, reason, confidence) => {
    await store(one, other);
    expect(await relatedOf(one)).toEqual([told(reason, confidence, other)]);
    expect(await relatedOf(other)).toEqual([told(reason, confidence, one)]);
  });

  const strangers: [string, ReturnType<typeof call>, ReturnType<typeof call>][] = [
    [
      "the same numbers at another time",
      call("evo", CUSTOMER, OWN, [20 * day, 20 * day + 60], { addresses: [DID] }),
      pbx(CUSTOMER, [20 * day + 600, 20 * day + 700]),
    ],
    [
      "one common number only",
      call("evo", CUSTOMER, OWN, [21 * day, 21 * day + 60]),
      pbx(CUSTOMER, [21 * day, 21 * day + 60]),
    ],
    [
      "a call id a week apart",
      call("evo", null, null, [22 * day, 22 * day + 60], { fields: { callSid: "CA77" } }),
      pbx("1004", [29 * day, 29 * day + 60], { fields: { callLog: { callId: "CA77" } } }),
    ],
    [
      "a virtual number given out again",
      mapping(CUSTOMER, DID, 30 * day),
      pbx(VIRTUAL, [30 * day + 900, 30 * day + 950]),
    ],
    [
      "a virtual number between other people",
      mapping(CUSTOMER, "+12025550150", 31 * day),
      pbx(VIRTUAL, [31 * day + 2, 31 * day + 30]),
    ],
    [
      "a target called long after the transfer",
      handedOver(CUSTOMER, OWN, 32 * day),
      pbx(OWN, [32 * day + 100, 32 * day + 160]),
    ],
    [
      "words that many calls carry",
      call("speko", null, null, [33 * day, 33 * day + 60], {
        fields: { metadata: { language: "en-US", team: "claims" } },
      }),
      pbx("1004", [33 * day, 33 * day + 60], { fields: { userData: "claims" } }),
    ],
    [
      "a telephone number as data",
      call("speko", null, null, [34 * day, 34 * day + 60], { fields: { metadata: { from: CUSTOMER } } }),
      pbx("1004", [34 * day, 34 * day + 60], { fields: { userData: CUSTOMER } }),
    ],
  ];

  it.each(strangers)("%s: not related", async (_title, one, other) => {
    await store(one, other);
    expect(await relatedOf(one)).toEqual([]);
    expect(await relatedOf(other)).toEqual([]);
  });

  it("one busy number in many calls at once: each transfer has its own call", async () => {
    const at = 40 * day;
    const speko = Array.from({ length: 12 }, (_, index) =>
      handedOver(`+120255501${10 + index}`, OWN, at + index * 4),
    );
    const answered = speko.map((_, index) => pbx(OWN, [at + index * 4 + 1, at + index * 4 + 80]));
    await store(...speko, ...answered);
    for (const [index, one] of speko.entries())
      expect(await relatedOf(one)).toEqual([told("TRANSFER_TARGET", 0.92, answered[index] as typeof one)]);
  });

  it("seen by three: the surest first; and nothing of a connection that may not be seen", async () => {
    const at = 41 * day;
    const middle = pbx(CUSTOMER, [at, at + 100], { fields: { callLog: { callId: "CA41" } } });
    const evo = call("evo", CUSTOMER, OWN, [at - 40, at + 100], { addresses: [DID] });
    const speko = call("speko", null, null, [at - 50, at + 100], { fields: { callSid: "CA41" } });
    await store(middle, evo, speko);
    expect(await relatedOf(middle)).toEqual([
      told("SAME_CALL_ID", 0.99, speko),
      told("SAME_PARTIES", 0.9, evo),
    ]);
    expect(await relatedOf(middle, "k-two")).toEqual([told("SAME_PARTIES", 0.9, evo)]);
    expect(await relatedOf(evo, "k-two")).toEqual([told("SAME_PARTIES", 0.9, middle)]);
  });

  it("a value that very many calls carry says nothing, and stays cheap", async () => {
    const at = 42 * day;
    const speko = Array.from({ length: 80 }, (_, index) =>
      call("speko", null, null, [at + index, at + 600], { fields: { metadata: { batch: "campaign-2026" } } }),
    );
    await store(...speko);
    const { rows } = await world.count("campaign-2026");
    expect(rows).toBe(50);
  });

  it.runIf(kind.name === "sqlite")(
    "costs four statements more than its page, however many sessions are on it",
    async () => {
      const count = async (first: number, fields: string) => {
        const statements = await statementsOf(() =>
          world.gateway.query(
            `{ sessions(first: ${first}, filter: { startedBefore: "${new Date(T + 42 * day * SECOND).toISOString()}" }) { nodes { id ${fields} } } }`,
            {},
            { authorization: "Bearer k-all" },
          ),
        );
        return statements.filter((sql) => /^\s*(SELECT|WITH)/.test(sql)).length;
      };
      const related = "related { confidence session { id } }";
      // What is not kept of that time has been fetched by then, or given up.
      await count(100, "");
      const few = (await count(2, related)) - (await count(2, ""));
      expect(few).toBe(4);
      // When everybody who matters is on the page, nobody beyond it is looked for.
      expect((await count(100, related)) - (await count(100, ""))).toBeLessThanOrEqual(few);
    },
  );
});
