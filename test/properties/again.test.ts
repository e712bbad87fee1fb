/** The same payload again teaches nothing: no change is logged and nothing stored is touched. */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DATABASES } from "../support/databases.js";
import { Bench, NOW } from "./support/bench.js";
import { mutate, mutations } from "./support/mutations.js";
import { runs, TEST_TIMEOUT_MS } from "./support/runs.js";
import { openStore, storedWhole, type OpenedStore } from "./support/stored.js";
import { SURFACES } from "./support/surfaces.js";
import { withMembers } from "./support/wire-text.js";

describe.each(DATABASES)("on $name", (kind) => {
  let opened: OpenedStore;
  let serial = 0;
  beforeAll(async () => {
    opened = await openStore(kind);
  });
  afterAll(() => opened[Symbol.asyncDispose]());

  describe.each(SURFACES)("$name", (surface) => {
    let bench: Bench;
    beforeAll(async () => {
      bench = await Bench.start(surface);
    });
    afterAll(() => bench[Symbol.asyncDispose]());

    const row = fc
      .tuple(surface.row, fc.oneof(fc.constant([]), mutations({ anyDepth: false })))
      .map(([whole, blows]) => ({ whole, blows }));
    const scenario = fc.record({
      rows: fc.array(row, { minLength: 1, maxLength: surface.isSingle ? 1 : 2 }),
      ids: fc.uniqueArray(surface.id, { minLength: 1, maxLength: 2, selector: surface.module.toProviderKey }),
      style: fc.nat(99),
      laterMs: fc.constantFrom(0, 1000),
    });

    test(
      "changes nothing the second time",
      async () => {
        await fc.assert(
          fc.asyncProperty(scenario, async ({ rows, ids, style, laterMs }) => {
            const connection = `run-${(serial += 1)}`;
            const given = rows
              .slice(0, ids.length)
              .map(({ whole, blows }, index) =>
                mutate(withMembers(whole, { [surface.idKey]: ids[index] ?? "" }), blows, [surface.idKey]),
              );
            const body = surface.toBody(given, style);
            bench.now = NOW;
            const first = await bench.read(body, ids[0] ?? "");
            const taken = await opened.ingest.ingest(connection, first.snapshots);
            const keys = [...new Set(taken.map(({ sessionKey }) => sessionKey))];
            const before = await storedWhole(opened, keys);

            bench.now = NOW + laterMs;
            const second = await bench.read(body, ids[0] ?? "");
            const again = await opened.ingest.ingest(connection, second.snapshots);
            expect(again.flatMap(({ change }) => change ?? [])).toEqual([]);
            expect(await storedWhole(opened, keys)).toEqual(before);
          }),
          runs(kind.name === "sqlite" ? 1 : 0.1),
        );
      },
      TEST_TIMEOUT_MS,
    );
  });
});
