/**
 * Which seeds are run, several at once since they mostly wait. `SWITCHBOARD_SEEDS=500` runs so many on each database,
 * `SWITCHBOARD_SEED=7` that one.
 */
import { expect, it } from "vitest";
import { DATABASES, type TestDatabase } from "../../support/databases.js";
import { liveThrough } from "./world.js";

const ONE = process.env["SWITCHBOARD_SEED"];
const MANY = ONE === undefined ? Number(process.env["SWITCHBOARD_SEEDS"] ?? 30) : 1;
const AT_ONCE = 12;

/** The test of one database. */
export function testSeeds(database: TestDatabase["name"]): void {
  const kind = DATABASES.find(({ name }) => name === database);
  it.skipIf(kind === undefined)(
    `on ${database}, cache and world agree exactly after everything that happened`,
    async () => {
      const first = ONE === undefined ? Date.now() % 1_000_000 : Number(ONE);
      console.info(`${database}: seeds ${first} to ${first + MANY - 1}`);
      const seeds = Array.from({ length: MANY }, (_, index) => first + index).values();
      const failures: string[] = [];
      const work = async () => {
        for (const seed of seeds) {
          const failure = await run(kind as TestDatabase, seed);
          if (failure !== null) failures.push(failure);
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, work));
      expect(failures).toEqual([]);
    },
    120_000 + MANY * 10_000,
  );
}

/** Null when it went well. */
async function run(kind: TestDatabase, seed: number): Promise<string | null> {
  const { url, drop } = await kind.create();
  try {
    await liveThrough(seed, url);
    return null;
  } catch (error) {
    const again = `SWITCHBOARD_SEED=${seed} npx vitest run test/scenarios/changing-world/${kind.name}.test.ts`;
    const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
    console.error(`${kind.name}: seed ${seed} failed; again with ${again}\n${what}`);
    return `seed ${seed} (${again}): ${what}`;
  } finally {
    await drop();
  }
}
