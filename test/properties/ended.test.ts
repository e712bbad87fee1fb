/** Ended is final, whatever a provider says afterwards, in whichever order and by whichever way it is heard. */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DATABASES } from "../support/databases.js";
import { Bench, NOW } from "./support/bench.js";
import { mutate, mutations } from "./support/mutations.js";
import { runs, TEST_TIMEOUT_MS } from "./support/runs.js";
import { openStore, storedSession, type OpenedStore } from "./support/stored.js";
import { PHASED } from "./support/surfaces.js";
import type { Surface } from "./support/surface.js";
import { withMembers } from "./support/wire-text.js";

const HOUR_MS = 60 * 60 * 1000;

/** One thing that is heard of the session. */
function step(surfaces: readonly Surface[], says: readonly ("live" | "ended" | "anything")[]) {
  return fc.nat(surfaces.length - 1).chain((index) => {
    const surface = surfaces[index] as Surface;
    return fc.constantFrom(...says).chain((word) =>
      fc.record({
        index: fc.constant(index),
        says: fc.constant(word),
        row: surface.row,
        members: word === "anything" ? fc.constant({}) : (surface.phases?.[word] ?? fc.constant({})),
        blows: word === "anything" ? mutations({ anyDepth: false }) : fc.constant([]),
        spelling: fc.nat(),
        style: fc.nat(99),
        agoMs: fc.integer({ min: -HOUR_MS, max: HOUR_MS }),
      }),
    );
  });
}

describe.each(DATABASES)("on $name", (kind) => {
  let opened: OpenedStore;
  let serial = 0;
  beforeAll(async () => {
    opened = await openStore(kind);
  });
  afterAll(() => opened[Symbol.asyncDispose]());

  describe.each(Object.entries(PHASED))("a session of %s", (_, surfaces) => {
    let benches: Bench[];
    beforeAll(async () => {
      benches = await Promise.all(surfaces.map((surface) => Bench.start(surface)));
    });
    afterAll(() => Promise.all(benches.map((bench) => bench[Symbol.asyncDispose]())));

    const [first] = surfaces as [Surface, ...Surface[]];
    const ending = surfaces.filter((surface) => surface.canEnd !== false);
    const indexOf = (surface: Surface) => surfaces.indexOf(surface);
    const scenario = fc.record({
      id: first.id,
      before: fc.array(step(surfaces, ["live", "anything"]), { maxLength: 2 }),
      end: step(ending, ["ended"]).map((end) => ({ ...end, index: indexOf(ending[end.index] as Surface) })),
      after: fc.array(step(surfaces, ["live", "live", "anything", "ended"]), { minLength: 1, maxLength: 4 }),
    });

    test(
      "never comes back to life",
      async () => {
        await fc.assert(
          fc.asyncProperty(scenario, async ({ id, before, end, after }) => {
            const connection = `run-${(serial += 1)}`;
            const key = first.module.toProviderKey(id);
            let wasEnded = false;
            for (const heard of [...before, end, ...after]) {
              const surface = surfaces[heard.index] as Surface;
              const spellings = surface.spellings?.(id) ?? [id];
              const spelling = spellings[heard.spelling % spellings.length] as string;
              const whole = withMembers(heard.row, { ...heard.members, [surface.idKey]: spelling });
              const bench = benches[heard.index] as Bench;
              bench.now = NOW - heard.agoMs;
              const look = await bench.read(
                surface.toBody([mutate(whole, heard.blows)], heard.style),
                spelling,
              );
              await opened.ingest.ingest(connection, look.snapshots);
              const row = await storedSession(opened, connection, key);
              if (heard === end || wasEnded) expect(row?.phase).toBe("ENDED");
              wasEnded ||= row?.phase === "ENDED";
            }
          }),
          runs(kind.name === "sqlite" ? 1 : 0.1),
        );
      },
      TEST_TIMEOUT_MS,
    );
  });
});
