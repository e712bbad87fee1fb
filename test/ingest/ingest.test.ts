import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Ingest } from "../../src/ingest/ingest.js";
import type { SessionSnapshot } from "../../src/model/index.js";
import type { SessionRow, Store } from "../../src/store/store.js";
import { DATABASES } from "../support/databases.js";
import { openIngest, type OpenIngest } from "./open-ingest.js";
import { facts, member, party, snapshot, transfer } from "../support/snapshots.js";

describe.each(DATABASES)("ingest on $name", (kind) => {
  let opened: OpenIngest;
  let store: Store;
  let ingest: Ingest;
  let serial = 0;

  beforeAll(async () => {
    opened = await openIngest(kind);
    ({ store, ingest } = opened);
  });
  afterAll(() => opened[Symbol.asyncDispose]());

  /** Takes looks at one new session in order; answers what is stored and the changes they made. */
  async function take(...looks: Partial<SessionSnapshot>[]) {
    const id = `session-${(serial += 1)}`;
    const results = [];
    for (const look of looks) results.push(...(await ingest.ingest("one", [snapshot(id, look)])));
    const [row] = await store.sessions.byRefs([{ connection: "one", providerKey: id }], "all");
    return { row: row as SessionRow, changes: results.map((result) => result.change), key: row?.key ?? 0 };
  }

  it("logs a new session as CREATED, and an equal look again as nothing", async () => {
    const { changes } = await take({}, {}, { observedAt: 2_000 });
    expect(changes.map((change) => change?.kind)).toEqual(["CREATED", undefined, undefined]);
  });

  it("names the fields that changed and the state before", async () => {
    const { changes } = await take(
      { facts: facts({ state: "RINGING" }), fields: { queueState: "Ringing" } },
      { observedAt: 2_000, facts: facts({ answeredAt: 1_500 }), fields: { queueState: "Connected" } },
    );
    expect(changes[1]).toMatchObject({ kind: "UPDATED", previousState: "RINGING" });
    expect(changes[1]?.changed.toSorted()).toEqual(["answeredAt", "queueState", "state"]);
  });

  it("never lets a missing fact erase a known one", async () => {
    const { row } = await take(
      {
        facts: facts({ title: "Ada", from: party("+1202"), durationSeconds: 3 }),
        fields: { outcome: "sold" },
      },
      { observedAt: 2_000, facts: facts({ direction: "UNKNOWN" }), fields: { outcome: null } },
    );
    expect(row).toMatchObject({
      title: "Ada",
      durationSeconds: 3,
      direction: "INBOUND",
      fields: { outcome: "sold" },
    });
    expect(row.from?.address).toBe("+1202");
  });

  it("lets older news fill gaps but overwrite nothing", async () => {
    const { row } = await take(
      { observedAt: 2_000, facts: facts({ title: "new" }) },
      { observedAt: 1_000, facts: facts({ title: "old", startedAt: 7 }) },
    );
    expect(row).toMatchObject({ title: "new", startedAt: 7, fetchedAt: 2_000 });
  });

  it("believes the provider's version over the time of reading", async () => {
    const { row } = await take(
      { observedAt: 1_000, version: 9, facts: facts({ title: "ninth" }) },
      { observedAt: 2_000, version: 8, facts: facts({ title: "eighth" }) },
    );
    expect(row.title).toBe("ninth");
  });

  it("never brings an ended session back to life, in whichever order the news come", async () => {
    const ended = { observedAt: 1_000, facts: facts({ phase: "ENDED", state: "COMPLETED", endedAt: 900 }) };
    const live = { observedAt: 2_000, facts: facts({ title: "late" }) };
    for (const looks of [
      [ended, live],
      [live, ended],
    ]) {
      const { row } = await take(...looks);
      expect(row).toMatchObject({ phase: "ENDED", state: "COMPLETED", endedAt: 900, title: "late" });
    }
  });

  it.each([1_000, 3_000])(
    "a call that was answered rings no more for a look that cannot see it (told at %i)",
    async (told) => {
      const rings = (observedAt: number): Partial<SessionSnapshot> => ({
        ...{ observedAt, facts: facts({ state: "RINGING" }), isBlindToHold: true },
      });
      const answered = { facts: facts({ answeredAt: 2_500 }), isBlindToHold: true, source: "PUSH" } as const;
      const looks = [rings(2_000), { ...answered, observedAt: told }, rings(4_000)];
      const { row, changes } = await take(...looks);
      expect(row).toMatchObject({ state: "IN_PROGRESS", answeredAt: 2_500 });
      expect(changes.map((change) => change?.kind)).toEqual(["CREATED", "UPDATED", undefined]);
      // Long after the answer it is no mistake: the call has been sent on, and rings there.
      expect((await take(...looks, rings(9_000))).row.state).toBe("RINGING");
    },
  );

  it("a call that was sent on and answered there rings no more for such a look either", async () => {
    const rings = (observedAt: number): Partial<SessionSnapshot> => ({
      ...{ observedAt, facts: facts({ state: "RINGING" }), isBlindToHold: true },
    });
    const answered = (at: number): Partial<SessionSnapshot> => ({
      ...{ observedAt: at, facts: facts({ answeredAt: at }), isBlindToHold: true, source: "PUSH" },
    });
    const { row } = await take(rings(1_000), answered(1_500), rings(9_000), answered(10_000), rings(10_500));
    expect(row.state).toBe("IN_PROGRESS");
  });

  it("logs the end as ENDED once", async () => {
    const ended = { observedAt: 2_000, facts: facts({ phase: "ENDED", state: "MISSED", endedAt: 1_900 }) };
    const { changes } = await take({}, ended, { ...ended, observedAt: 3_000 });
    expect(changes.map((change) => change?.kind)).toEqual(["CREATED", "ENDED", undefined]);
  });

  it("keeps members that a complete look no longer has, as LEFT", async () => {
    const { key, changes } = await take(
      { members: [member("a"), member("b", { displayName: "Bea" })], sections: ["members"] },
      { observedAt: 2_000, members: [member("a")], sections: ["members"] },
    );
    const members = (await store.members.bySessionKeys([key])).get(key);
    expect(members).toMatchObject([
      { key: "a", state: "CONNECTED" },
      { key: "b", state: "LEFT", displayName: "Bea" },
    ]);
    expect(changes[1]?.changed).toEqual(["members"]);
  });

  it("takes a corrected turn under its index and keeps the others", async () => {
    const turn = (index: number, text: string) => ({
      ...{ index, text, providerId: null, source: "USER" as const, startedAt: null, endedAt: null },
      ...{ provider: null, model: null, metadata: null, fields: {} },
    });
    const { key } = await take(
      { transcript: [turn(0, "Helo"), turn(1, "Bye")], sections: ["transcript"] },
      { observedAt: 2_000, transcript: [turn(0, "Hello")], sections: ["transcript"] },
    );
    const turns = (await store.transcript.bySessionKeys([key])).get(key);
    expect(turns?.map((entry) => entry.text)).toEqual(["Hello", "Bye"]);
  });

  it("never takes a transfer that is over back to an earlier state", async () => {
    const { key, row } = await take(
      { transfers: [transfer("t", { status: "FAILED", failureCause: "busy" })], sections: ["transfers"] },
      { observedAt: 2_000, transfers: [transfer("t", { status: "SCREENING" })], sections: ["transfers"] },
    );
    expect((await store.transfers.bySessionKeys([key])).get(key)).toMatchObject([
      { status: "FAILED", failureCause: "busy" },
    ]);
    expect(row.hasTransfer).toBe(true);
  });

  it("keeps the payload of the newest look, also when nothing else changed", async () => {
    const { key, changes } = await take({ raw: { a: 1 } }, { observedAt: 2_000, raw: { a: 1, news: true } });
    expect((await store.sessions.rawByKeys([key])).get(key)).toEqual({ a: 1, news: true });
    expect(changes[1]).toBeNull();
  });

  it("stores all of a batch or nothing", async () => {
    const broken = snapshot("broken", { facts: facts({ channel: null as never }) });
    await expect(ingest.ingest("one", [snapshot("before-broken"), broken])).rejects.toThrow();
    expect(await store.sessions.byRefs([{ connection: "one", providerKey: "before-broken" }], "all")).toEqual(
      [null],
    );
  });

  it("does not count a section as read by a look that a list's row has overtaken", async () => {
    const detail = { sections: ["detail" as const] };
    const late = { ...detail, observedAt: 2_000, fields: { summary: "rewritten" } };
    const first = { ...detail, fields: { summary: "written" } };
    const { row } = await take(first, { observedAt: 3_000 }, late);
    expect([row.fields["summary"], row.sections["detail"]]).toEqual(["written", 1_000]);
    const unread = await take({ observedAt: 3_000 }, late);
    expect([unread.row.fields["summary"], unread.row.sections["detail"]]).toEqual(["rewritten", 2_000]);
  });

  it("takes ingests of one session side by side without losing any", async () => {
    const looks = Array.from({ length: 20 }, (_, index) =>
      ingest.ingest("one", [snapshot("shared", { observedAt: index, members: [member(`m${index}`)] })]),
    );
    await Promise.all(looks);
    const [row] = await store.sessions.byRefs([{ connection: "one", providerKey: "shared" }], "all");
    expect((await store.members.bySessionKeys([row?.key ?? 0])).get(row?.key ?? 0)).toHaveLength(20);
  });

  it("arrives at the same facts in whichever order versioned looks come", async () => {
    const look = (whole: boolean) => {
      const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> => (whole ? value : fc.option(value));
      return fc.record({
        state: fc.constantFrom("RINGING" as const, "IN_PROGRESS" as const, "ON_HOLD" as const),
        title: maybe(fc.constantFrom("a", "b", "c")),
        durationSeconds: maybe(fc.integer({ min: 0, max: 9 })),
        outcome: maybe(fc.constantFrom("x", "y")),
      });
    };
    // Any two looks with gaps, and any number without: among several old looks that could fill one gap, the first stays.
    const looks = fc.oneof(
      fc.array(look(true), { minLength: 1, maxLength: 5 }),
      fc.array(look(false), { minLength: 2, maxLength: 2 }),
    );
    const scenario = looks.chain((all) =>
      fc.tuple(
        fc.constant(all),
        fc.shuffledSubarray(
          all.map((_, index) => index),
          { minLength: all.length },
        ),
      ),
    );
    await fc.assert(
      fc.asyncProperty(scenario, async ([all, order]) => {
        const snapshots = all.map(({ outcome, ...given }, index) => ({
          observedAt: index + 1,
          version: index + 1,
          facts: facts(given),
          fields: { outcome },
        }));
        const straight = await take(...snapshots);
        const shuffled = await take(...order.map((index) => snapshots[index] ?? {}));
        const known = ({ row }: { row: SessionRow }) => [
          row.state,
          row.title,
          row.durationSeconds,
          row.fields,
        ];
        expect(known(shuffled)).toEqual(known(straight));
      }),
      { numRuns: 40 },
    );
  });
});
