/** Evo Voice's two formats mean the same, however the XML is written. */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { SessionSnapshot } from "../../src/model/index.js";
import { Bench } from "./support/bench.js";
import { evoChat, evoChatXml, evoFiles, evoFilesXml, evoList, evoListXml } from "./support/evo-voice.js";
import { runs, TEST_TIMEOUT_MS } from "./support/runs.js";

const PAIRS = [
  { json: evoList, xml: evoListXml },
  { json: evoFiles, xml: evoFilesXml },
  { json: evoChat, xml: evoChatXml },
];

describe.each(PAIRS)("$json.name in JSON and in XML", ({ json, xml }) => {
  let benches: { json: Bench; xml: Bench };
  beforeAll(async () => {
    benches = { json: await Bench.start(json), xml: await Bench.start(xml) };
  });
  afterAll(async () => {
    await benches.json[Symbol.asyncDispose]();
    await benches.xml[Symbol.asyncDispose]();
  });

  // The payload itself is kept as it was decoded, and XML leaves out what JSON calls null.
  const known = ({ raw: _, ...snapshot }: SessionSnapshot) => snapshot;

  test(
    "gives the same snapshots",
    async () => {
      const rows = fc.array(fc.tuple(json.row, json.id), { minLength: 1, maxLength: 3 });
      await fc.assert(
        fc.asyncProperty(rows, fc.nat(999), async (given, style) => {
          const named = given.map(([row, id]) => ({ ...row, [json.idKey]: id }));
          const id = given[0]?.[1] ?? "";
          const one = await benches.json.read(json.toBody(named, style), id);
          const other = await benches.xml.read(xml.toBody(named, style), id);
          expect(other.snapshots.map(known)).toEqual(one.snapshots.map(known));
          expect(other.snapshots).not.toEqual([]);
        }),
        runs(),
      );
    },
    TEST_TIMEOUT_MS,
  );
});

test("what looks like an entity and is none stays as it was written", async () => {
  await using bench = await Bench.start(evoListXml);
  const names = Object.getOwnPropertyNames(Object.prototype);
  for (const name of [...names, "nbsp"]) {
    const body = evoListXml.toBody([{ id: "s1", displayName: "HERE" }], 0).replace("HERE", `a &${name}; b`);
    const { snapshots } = await bench.read(body, "s1");
    for (const { facts } of snapshots) expect(facts.title).toBe(`a &${name}; b`);
  }
});
