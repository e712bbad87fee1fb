/** Text that no database keeps as it is costs nobody their page, at whatever place it stands. */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DATABASES } from "../support/databases.js";
import { Bench } from "./support/bench.js";
import { evoList } from "./support/evo-voice.js";
import { placesOf, replaceAt, UNSTORABLE } from "./support/mutations.js";
import { plivoList } from "./support/plivo.js";
import { portsipLive, portsipLogs } from "./support/portsip.js";
import { runs, TEST_TIMEOUT_MS } from "./support/runs.js";
import { spekoRead } from "./support/speko.js";
import { openStore, type OpenedStore } from "./support/stored.js";
import { withMembers } from "./support/wire-text.js";

const SURFACES = [plivoList, evoList, spekoRead, portsipLive, portsipLogs];

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

    test(
      "is stored once, and the same again is no news",
      async () => {
        await fc.assert(
          fc.asyncProperty(
            surface.row,
            surface.id,
            fc.constantFrom(...UNSTORABLE),
            async (row, id, value) => {
              const places = placesOf(row).filter(([key]) => key !== surface.idKey);
              const all = places.map((path, index) =>
                withMembers(replaceAt(row, path, value), {
                  [surface.idKey]: `${id.slice(0, -3)}${100 + index}`,
                }),
              );
              const connection = `run-${(serial += 1)}`;
              const bodies = surface.isSingle ? all.map((only) => [only]) : [all];
              for (const rows of bodies) {
                const { snapshots } = await bench.read(surface.toBody(rows, 0), id);
                await opened.ingest.ingest(connection, snapshots);
                const again = await opened.ingest.ingest(connection, snapshots);
                expect(again.flatMap(({ change }) => change ?? [])).toEqual([]);
              }
            },
          ),
          runs(kind.name === "sqlite" ? 0.1 : 0.05),
        );
      },
      TEST_TIMEOUT_MS,
    );
  });
});
