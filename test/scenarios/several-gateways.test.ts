/** Real processes on one PostgreSQL and one Redis; the one that polls is killed. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startSandbox, type Sandbox } from "../../src/sandbox/sandbox.js";
import { createStore } from "../../src/store/create-store.js";
import { openDatabase } from "../../src/store/open-database.js";
import type { Store } from "../../src/store/store.js";
import { DATABASES } from "../support/databases.js";
import { HAS_REDIS, REDIS_URL } from "../support/redis.js";
import { ensureBuilt, spawnCli, type RunningCli } from "../support/spawn-cli.js";

const POSTGRES = DATABASES.find(({ name }) => name === "postgres");

describe.skipIf(POSTGRES === undefined || !HAS_REDIS)(
  "three gateways on one PostgreSQL and one Redis",
  () => {
    let sandbox: Sandbox;
    let database: { url: string; drop(): Promise<void> };
    let store: Store;
    const gateways: RunningCli[] = [];

    beforeAll(async () => {
      ensureBuilt();
      sandbox = await startSandbox({ providers: ["portsip", "plivo"], days: 1, traffic: null });
      database = await POSTGRES!.create();
      store = createStore(await openDatabase(database.url));
    }, 120_000);
    afterAll(async () => {
      for (const gateway of gateways) gateway.signal("SIGKILL");
      await Promise.all(gateways.map(({ exit }) => exit));
      await store.close();
      await database.drop();
      await sandbox.close();
    });

    const holders = async () => new Set((await store.holdings.all()).map(({ holder }) => holder));
    const looks = () =>
      sandbox.servers.portsip.requests.filter(({ url }) => url.startsWith("/api/sessions")).length;

    it("one polls; killed, it is succeeded within 15 s, again and again", async () => {
      const environment = {
        ...sandbox.environment,
        ...{ DATABASE_URL: database.url, REDIS_URL, PORT: "0", SWITCHBOARD_AUTH: "open" },
        ...{ SWITCHBOARD_POLL_IDLE_MS: "500", LOG_LEVEL: "info" },
      };
      for (let index = 0; index < 3; index += 1) {
        const gateway = spawnCli(["start"], environment);
        gateways.push(gateway);
        await gateway.until(/"msg":"listening"/);
      }
      for (let kills = 0; kills < 2; kills += 1) {
        await expect.poll(async () => (await holders()).size, { timeout: 15_000 }).toBe(1);
        const [holder = ""] = await holders();
        // One of those started above: nobody else knows this database.
        process.kill(Number(holder.split("/")[1]), "SIGKILL");
        const diedAt = Date.now();
        await Promise.race(gateways.map(({ exit }) => exit));
        sandbox.servers.portsip.forget();
        await expect.poll(looks, { timeout: 15_000 }).toBeGreaterThan(0);
        expect(Date.now() - diedAt).toBeLessThan(15_000);
        await expect.poll(async () => (await holders()).has(holder), { timeout: 15_000 }).toBe(false);
      }
    }, 120_000);
  },
);
