/**
 * Filters on what the log says only as far as changes altered it. Whether a session met a filter is asked of the database
 * after each change, by the queries of lists; whoever listened, on whichever gateway, and whoever comes back later, must
 * have been told just what follows from that. A failure prints the seed; `SWITCHBOARD_SEEDS=500` looks harder.
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { JsonObject, SessionSnapshot } from "../../src/model/index.js";
import { readSessionFilter, type SessionFilterInput } from "../../src/loaders/session-filter-input.js";
import { DATABASES } from "../support/databases.js";
import {
  openFreshLiveGateway,
  openLiveGateway,
  principal,
  type LiveGateway,
} from "../support/live-gateway.js";
import { createRandom } from "../support/random.js";
import { event, facts, member, party, snapshot, turn } from "../support/snapshots.js";

const SEEDS = Number(process.env["SWITCHBOARD_SEEDS"] ?? 12);
const SESSIONS = 4;
const STEPS = 60;

interface Change {
  cursor: string;
  kind: string;
  session: { providerId: string };
}
const CHANGES = `subscription ($filter: SessionFilter, $after: String, $snapshot: Boolean = false) {
  sessionChanges(filter: $filter, after: $after, snapshot: $snapshot) { cursor kind session { providerId } }
}`;

const NUMBERS = ["+12025550134", "+12025550135"] as const;
const WORDS = ["refund", "invoice", "late", "thank you", "angry"] as const;
const FILTERS: readonly SessionFilterInput[] = [
  { text: "refund" },
  { text: "refund -angry" },
  { text: '"thank you" invo*', states: ["IN_PROGRESS"] },
  { address: NUMBERS[0] },
  { address: NUMBERS[1], states: ["RINGING", "ON_HOLD"] },
  { providerFields: { callId: "one" } },
  { providerFields: { callId: null } },
  { providerFields: { callId: "one", agentId: "x".repeat(200) }, text: "late" },
];
const STATES = ["RINGING", "IN_PROGRESS", "ON_HOLD"] as const;

/** As a query of lists would read it. */
function readFilter(input: SessionFilterInput) {
  return readSessionFilter(input, {
    principal: principal(),
    providerFieldNames: new Set(["callId", "agentId"]),
    toProviderKey: () => null,
    regions: ["US"],
  });
}

describe.each(DATABASES)("filters on $name", (kind) => {
  let gateways: LiveGateway[];
  let drop: () => Promise<void>;
  let clock = 1_000;

  beforeAll(async () => {
    const created = await kind.create();
    drop = created.drop;
    gateways = [await openLiveGateway(created.url), await openLiveGateway(created.url)];
  });
  afterAll(async () => {
    for (const gateway of gateways) await gateway[Symbol.asyncDispose]();
    await drop();
  });

  it.each(Array.from({ length: SEEDS }, (_, index) => index + 1))(
    "tell the same to all, seed %i",
    async (seed) => {
      const [first, second] = gateways as [LiveGateway, LiveGateway];
      const random = createRandom(seed);
      const pick = <T>(values: readonly T[]) => values[Math.floor(random() * values.length)] as T;
      const name = (index: number) => `f${seed}-${index}`;
      const words = () =>
        Array.from({ length: 1 + Math.floor(random() * 2) }, () => pick(WORDS)).join(" so ");
      const alter = (): Partial<SessionSnapshot> => {
        const chance = random();
        const some = () => Math.floor(random() * 3);
        if (chance < 0.3)
          return { transcript: [turn(some(), { text: words() }), turn(some(), { text: words() })] };
        if (chance < 0.4) return { events: [event(`e${some()}`, { message: words() })] };
        if (chance < 0.5) return { members: [member(`m${some()}`, { displayName: words() })] };
        if (chance < 0.6) return { facts: facts({ phase: "UNKNOWN", state: "UNKNOWN", title: words() }) };
        if (chance < 0.7) return { addresses: [pick([...NUMBERS, "+12025550136"])] };
        if (chance < 0.75) return { facts: facts({ from: party(pick(NUMBERS)) }) };
        if (chance < 0.9)
          return {
            fields: { callId: pick(["one", "two"]), agentId: pick(["x".repeat(200), "y".repeat(200)]) },
          };
        return { facts: facts({ state: pick(STATES) }) };
      };
      const look = (index: number, given: Partial<SessionSnapshot>) =>
        snapshot(name(index), {
          facts: facts({ phase: "UNKNOWN", state: "UNKNOWN" }),
          observedAt: (clock += 1),
          ...given,
        });

      const input = FILTERS[seed % FILTERS.length] as SessionFilterInput;
      const filter = readFilter(input);
      const refs = Array.from({ length: SESSIONS }, (_, index) => ({
        connection: "speko",
        providerKey: name(index),
      }));
      const matching = async () => {
        const page = await first.store.sessions.page(
          { filter: { ...filter, refs }, order: { field: "STARTED_AT", direction: "DESC" }, limit: 100 },
          "all",
        );
        return new Set(page.map(({ row }) => row.providerId));
      };
      const clients = [
        await first.watch<Change>("sessionChanges", CHANGES, { filter: input }),
        await second.watch<Change>("sessionChanges", CHANGES, { filter: input }),
      ];
      const expected: string[] = [];
      let met = new Set<string>();
      let joined: Awaited<ReturnType<typeof first.watch<Change>>> | undefined;
      let toldBefore = 0;
      for (let step = 0; step < STEPS; step += 1) {
        const index = step < SESSIONS ? step : Math.floor(random() * SESSIONS);
        const given = step < SESSIONS ? { facts: facts({ state: pick(STATES) }) } : alter();
        const [result] = await pick(gateways).ingest.ingest("speko", [look(index, given)]);
        const now = await matching();
        const id = name(index);
        const change = result?.change ?? null;
        if (change === null) expect([...now].sort()).toEqual([...met].sort());
        else if (now.has(id) && (change.changed.length > 0 || !met.has(id)))
          expected.push(`${change.kind} ${id}`);
        else if (!now.has(id) && met.has(id)) expected.push(`LEFT ${id}`);
        met = now;
        if (step === STEPS / 2) {
          toldBefore = expected.length;
          joined = await first.watch<Change>("sessionChanges", CHANGES, { filter: input });
        }
      }
      // One whose change everybody is told, to know that all has been told.
      const last = `f${seed}-last`;
      await first.ingest.ingest("speko", [
        snapshot(last, {
          observedAt: (clock += 1),
          facts: facts({ state: filter.states?.[0] ?? "RINGING", title: "refund invoice late, thank you" }),
          ...(input.address && { addresses: [input.address] }),
          fields: (input.providerFields ?? {}) as JsonObject,
        }),
      ]);
      expected.push(`CREATED ${last}`);
      const told = (frames: readonly Change[]) =>
        frames
          .filter(({ session }) => session.providerId.startsWith(`f${seed}-`))
          .map(({ kind: what, session }) => `${what} ${session.providerId}`);
      const isThrough = ({ frames }: { frames: readonly Change[] }) =>
        frames.at(-1)?.session.providerId === last;
      for (const client of clients) {
        await client.until(isThrough);
        expect(told(client.frames)).toEqual(expected);
      }
      await joined?.until(isThrough);
      expect(told(joined?.frames ?? [])).toEqual(expected.slice(toldBefore));
      const frames = clients[0]?.frames ?? [];
      for (const at of [0, Math.floor(frames.length / 2), frames.length - 2]) {
        const after = frames[at]?.cursor;
        if (after === undefined || at >= frames.length - 1) continue;
        const resumed = await pick(gateways).watch<Change>("sessionChanges", CHANGES, {
          filter: input,
          after,
        });
        await resumed.until(isThrough);
        expect(resumed.frames).toEqual(frames.slice(at + 1));
        resumed.stop();
      }
      for (const client of [...clients, joined]) client?.stop();
    },
    120_000,
  );
});

describe.each(DATABASES)("one change and a filter on $name", (kind) => {
  let live: LiveGateway;
  let clock = 1_000;

  beforeEach(async () => {
    live = await openFreshLiveGateway(kind);
  });
  afterEach(() => live[Symbol.asyncDispose]());

  const look = (id: string, given: Partial<SessionSnapshot> = {}) =>
    live.ingest.ingest("speko", [snapshot(id, { observedAt: (clock += 10), ...given })]);
  const watch = (filter: object, given: object = {}, who = principal()) =>
    live.watch<Change>("sessionChanges", CHANGES, { filter, ...given }, who);
  const told = (frames: readonly Change[]) =>
    frames.map(({ kind: what, session }) => `${what} ${session.providerId}`);

  it("tells whoever was away that a session has left, and nothing of what it did before it came", async () => {
    await look("a", { transcript: [turn(0, { text: "I want a refund" })] });
    const all = await watch({});
    await look("away");
    await all.until(({ frames }) => frames.length === 1);
    const after = all.frames[0]?.cursor;
    await look("a", { transcript: [turn(1, { text: "please" })] });
    await look("a", { transcript: [turn(0, { text: "I want a fund" })] });
    await look("a", { transcript: [turn(2, { text: "thanks" })] });
    await look("b", { transcript: [turn(0, { text: "hello" })] });
    await look("b", { transcript: [turn(1, { text: "a refund" })] });
    const client = await watch({ text: "refund" }, { after });
    await client.until(({ frames }) => frames.length === 3);
    expect(told(client.frames)).toEqual(["UPDATED a", "LEFT a", "UPDATED b"]);
  });

  it("looks at titles and names alone for whoever may not read what was said", async () => {
    const few = principal({ scopes: new Set(["sessions:read"]) });
    const [open, whole] = [await watch({ text: "refund" }, {}, few), await watch({ text: "refund" })];
    await look("a", { facts: facts({ title: "a refund" }) });
    await look("a", { transcript: [turn(0, { text: "refund" })] });
    await look("a", { facts: facts({ title: "nothing" }) });
    await look("a", { transcript: [turn(0, { text: "nothing" })] });
    await look("z", { facts: facts({ title: "refund" }) });
    await open.until(({ frames }) => frames.at(-1)?.session.providerId === "z");
    await whole.until(({ frames }) => frames.at(-1)?.session.providerId === "z");
    expect(told(open.frames)).toEqual(["CREATED a", "UPDATED a", "LEFT a", "CREATED z"]);
    expect(told(whole.frames)).toEqual(["CREATED a", "UPDATED a", "UPDATED a", "LEFT a", "CREATED z"]);
  });

  it("finds a session by an address that came with nothing else, and tells nobody else of that", async () => {
    const address = "+12025550134";
    await look("a");
    const [one, all] = [await watch({ address }), await watch({})];
    const session = await live.watch<Change>(
      "session",
      "subscription ($id: ID!) { session(id: $id) { kind session { providerId } } }",
      {
        id: (
          await live.watch<{ session: { id: string } }>(
            "sessionChanges",
            "subscription { sessionChanges { session { id } } }",
            {},
          )
        ).frames[0]?.session.id,
      },
    );
    await look("a", { addresses: [address] });
    await look("b", { addresses: [address] });
    await one.until(({ frames }) => frames.length === 2);
    await all.until(({ frames }) => frames.length === 1);
    expect(told(one.frames)).toEqual(["UPDATED a", "CREATED b"]);
    expect(told(all.frames)).toEqual(["CREATED b"]);
    expect(session.frames.length).toBeLessThanOrEqual(1);
  });
});
