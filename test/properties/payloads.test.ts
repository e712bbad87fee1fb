/** Valid, damaged and cut-off payloads, from text on a socket to snapshots. */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Bench } from "./support/bench.js";
import { checkSnapshot } from "./support/check-snapshot.js";
import { mutate, mutations } from "./support/mutations.js";
import { runs, TEST_TIMEOUT_MS } from "./support/runs.js";
import { SURFACES } from "./support/surfaces.js";
import { withMembers, type WireRow } from "./support/wire-text.js";

describe.each(SURFACES)("$name", (surface) => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await Bench.start(surface);
  });
  afterAll(() => bench[Symbol.asyncDispose]());

  const most = surface.isSingle ? 1 : 4;
  const rows = fc
    .tuple(
      fc.uniqueArray(surface.id, { minLength: 1, maxLength: most, selector: surface.module.toProviderKey }),
      fc.array(surface.row, { minLength: most, maxLength: most }),
    )
    .map(([ids, given]) => ids.map((id, index) => withMembers(given[index] ?? {}, { [surface.idKey]: id })));
  const style = fc.nat(1000);
  const idOf = (row: WireRow | undefined) => String(row?.[surface.idKey]);

  test(
    "is read whole and without a complaint when it is as documented",
    async () => {
      await fc.assert(
        fc.asyncProperty(rows, style, async (given, way) => {
          const { snapshots, errors } = await bench.read(surface.toBody(given, way), idOf(given[0]));
          expect(errors).toEqual([]);
          expect(snapshots.flatMap(({ problems }) => problems)).toEqual([]);
          for (const snapshot of snapshots) checkSnapshot(snapshot, surface.module);
          const ids = surface.read.by === "list" ? given.map(idOf) : [idOf(given[0])];
          expect(snapshots.map(({ providerId }) => providerId).toSorted()).toEqual(ids.toSorted());
        }),
        runs(),
      );
    },
    TEST_TIMEOUT_MS,
  );

  test(
    "damaged anywhere, fails as a provider's failure or loses no more than what was damaged",
    async () => {
      await fc.assert(
        fc.asyncProperty(rows, mutations(), style, async (given, blows, way) => {
          const [first = {}, ...others] = given;
          const body = surface.toBody([mutate(first, blows), ...others], way);
          const { snapshots } = await bench.read(body, idOf(first));
          for (const snapshot of snapshots) checkSnapshot(snapshot, surface.module);
        }),
        runs(1.5),
      );
    },
    TEST_TIMEOUT_MS,
  );

  test(
    "cut off or garbled at any byte, fails as a provider's failure or is still made of snapshots",
    async () => {
      await fc.assert(
        fc.asyncProperty(rows, style, fc.nat(), fc.option(fc.nat(255)), async (given, way, at, byte) => {
          const whole = Buffer.from(surface.toBody(given, way));
          const place = at % whole.length;
          const body =
            byte === null
              ? whole.subarray(0, place)
              : Buffer.concat([whole.subarray(0, place), Buffer.from([byte]), whole.subarray(place + 1)]);
          const { snapshots } = await bench.read(body, idOf(given[0]));
          for (const snapshot of snapshots) checkSnapshot(snapshot, surface.module);
        }),
        runs(),
      );
    },
    TEST_TIMEOUT_MS,
  );

  if (surface.read.by !== "list") return;
  test(
    "brings its good rows unchanged, whatever stands among them",
    async () => {
      const scenario = fc.record({
        given: rows,
        bad: surface.row,
        blows: mutations({ anyDepth: false }),
        place: fc.nat(4),
        style,
      });
      await fc.assert(
        fc.asyncProperty(scenario, async ({ given, bad, blows, place, style: way }) => {
          const badRow = mutate(withMembers(bad, { [surface.idKey]: "bad" }), blows);
          const alone = await bench.read(surface.toBody(given, way), "");
          const together = await bench.read(surface.toBody(given.toSpliced(place, 0, badRow), way), "");
          const ids = new Set(given.map(idOf));
          const good = together.snapshots.filter(({ providerId }) => ids.has(providerId));
          expect(good).toEqual(alone.snapshots);
        }),
        runs(),
      );
    },
    TEST_TIMEOUT_MS,
  );
});
