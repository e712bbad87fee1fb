/** Looks that tell the same again are known by their digest; what is stored must be as if each had been compared. */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Ingest } from "../../src/ingest/ingest.js";
import { applySnapshot, emptyState, type SessionState } from "../../src/ingest/session-state.js";
import type { SessionSnapshot } from "../../src/model/index.js";
import type { Store } from "../../src/store/store.js";
import { DATABASES } from "../support/databases.js";
import { openIngest, type OpenIngest } from "./open-ingest.js";
import { facts, member, party, snapshot, transfer } from "../support/snapshots.js";

/** A few looks that contradict each other, as a list and a read by id do; `null` says nothing of that. */
const LOOKS: Partial<SessionSnapshot>[] = [
  { source: "LIST", facts: facts({ title: "Listed" }), fields: { a: 1 } },
  { facts: facts({ title: "Read", from: party("+1202") }), members: [member("m")], sections: ["members"] },
  {
    facts: facts({ title: "Read" }),
    members: [member("n")],
    fields: { a: 2, b: null },
    sections: ["members"],
  },
  {
    facts: facts({ title: null, phase: "ENDED", state: "COMPLETED", endedAt: 900 }),
    transfers: [transfer("t")],
  },
  { facts: facts({ title: "Versioned" }), version: 50 },
  { facts: facts({ title: "Versioned" }), version: 40, transfers: [transfer("t", { summary: "again" })] },
  { facts: facts({ title: null, phase: "UNKNOWN", state: "UNKNOWN" }), fields: { a: 1 } },
];

describe.each(DATABASES)("looks told again on $name", (kind) => {
  let opened: OpenIngest;
  let store: Store;
  let ingest: Ingest;
  let serial = 0;

  beforeAll(async () => {
    opened = await openIngest(kind);
    ({ store, ingest } = opened);
  });
  afterAll(() => opened[Symbol.asyncDispose]());

  it("come to what comparing every one of them comes to, whatever the order and the batches", async () => {
    const look = fc.record({
      which: fc.nat(LOOKS.length - 1),
      observedAt: fc.integer({ min: 1_000, max: 1_004 }),
      // True: in one batch with the look before.
      isTogether: fc.boolean(),
    });
    const runs = kind.name === "sqlite" ? 400 : 60;
    await fc.assert(
      fc.asyncProperty(fc.array(look, { minLength: 2, maxLength: 9 }), async (looks) => {
        const id = `session-${(serial += 1)}`;
        let state: SessionState | null = null;
        const batches: SessionSnapshot[][] = [];
        for (const { which, observedAt, isTogether } of looks) {
          const told = snapshot(id, { ...LOOKS[which], observedAt });
          const last = batches.at(-1);
          if (isTogether && last !== undefined) last.push(told);
          else batches.push([told]);
          state = applySnapshot(state ?? emptyState("one", told), told);
        }
        for (const batch of batches) await ingest.ingest("one", batch);

        const [row] = await store.sessions.byRefs([{ connection: "one", providerKey: id }], "all");
        const key = row?.key ?? 0;
        const unlike = { key: 0, lookDigest: null };
        expect({ ...row, ...unlike }).toEqual({ ...state?.row, ...unlike });
        const of = async (table: "members" | "transfers") =>
          ((await store[table].bySessionKeys([key])).get(key) ?? []).map(
            ({ sessionKey: _, ...stored }) => stored,
          );
        expect(await of("members")).toEqual([...(state?.rows.members.values() ?? [])]);
        expect(await of("transfers")).toEqual([...(state?.rows.transfers.values() ?? [])]);
      }),
      { numRuns: runs },
    );
  });
});
