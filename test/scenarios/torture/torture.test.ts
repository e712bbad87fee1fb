/**
 * The change feed under torture: whatever happens to gateways, Redis, PostgreSQL and the network, each client is told
 * exactly what the change log says. `SWITCHBOARD_SEEDS=100` runs so many seeds, `SWITCHBOARD_SEED=7` that one.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ensureBuilt } from "../../support/spawn-cli.js";
import { createGateway } from "./gateways.js";
import { findPrograms } from "./programs.js";
import { torture, type Stage } from "./script.js";
import { startPostgres, startRedis } from "./services.js";
import { openTruth } from "./truth.js";
import { startWorld } from "./world.js";

const ONE = process.env["SWITCHBOARD_SEED"];
const MANY = ONE === undefined ? Number(process.env["SWITCHBOARD_SEEDS"] ?? 20) : 1;
const FIRST = ONE === undefined ? Date.now() % 1_000_000 : Number(ONE);
const GATEWAYS = 2;

const programs = findPrograms();

describe.skipIf(programs === null)("the change feed, tortured", () => {
  let stage: Stage;

  beforeAll(async () => {
    ensureBuilt();
    const [world, postgres, redis] = await Promise.all([
      startWorld(),
      startPostgres(programs!),
      startRedis(programs!),
    ]);
    const environment = {
      ...world.sandbox.environment,
      ...world.sandbox.webhookEnvironment,
      ...{ DATABASE_URL: postgres.url, REDIS_URL: redis.url, SWITCHBOARD_AUTH: "open", LOG_LEVEL: "info" },
      ...{ SWITCHBOARD_POLL_LIVE_MS: "200", SWITCHBOARD_POLL_IDLE_MS: "500" },
      ...{ SWITCHBOARD_LIVE_BUFFER_BYTES: "65536", SWITCHBOARD_LIVE_KEEP_ALIVE_MS: "3000" },
      SWITCHBOARD_DATABASE_POOL_SIZE: "6",
    };
    const gateways = [];
    for (let index = 0; index < GATEWAYS; index += 1) gateways.push(await createGateway(environment));
    const truth = await openTruth(postgres.url);
    for (const gateway of gateways) await gateway.start();
    for (const server of Object.values(world.sandbox.servers))
      server.deliverTo(`${gateways[0]?.url}/webhooks/${server.name}`);
    stage = { world, postgres, redis, gateways, truth };
  }, 180_000);

  afterAll(async () => {
    for (const gateway of stage.gateways) await gateway.kill();
    await stage.truth.close();
    await stage.postgres.remove();
    await stage.redis.remove();
    await stage.world.close();
  }, 60_000);

  it(
    `every client's sequence equals the log (seeds ${FIRST} to ${FIRST + MANY - 1})`,
    async () => {
      console.info(`torture: seeds ${FIRST} to ${FIRST + MANY - 1}`);
      const failures: string[] = [];
      const endings = new Map<string, number>();
      for (let seed = FIRST; seed < FIRST + MANY; seed += 1) {
        const again = `SWITCHBOARD_SEED=${seed} npx vitest run test/scenarios/torture`;
        try {
          for (const [name, count] of await torture(seed, stage))
            endings.set(name, (endings.get(name) ?? 0) + count);
        } catch (error) {
          const message = `seed ${seed} failed; again with ${again}\n${(error as Error).message}`;
          console.error(message);
          failures.push(message);
        }
      }
      const counts = [...endings].map(([name, count]) => `${name} ${count}`).join(", ");
      console.info(`torture: ${stage.truth.log.length} changes; ${counts}`);
      expect(failures).toEqual([]);
    },
    300_000 + MANY * 120_000,
  );
});
