/** `switchboard migrate`, and gateways that start at once on one database. */
import { existsSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startSandbox, type Sandbox } from "../../src/sandbox/sandbox.js";
import { openAsItIs } from "../../src/store/open-database.js";
import { DATABASES } from "../support/databases.js";
import { ensureBuilt, spawnCli } from "../support/spawn-cli.js";

let sandbox: Sandbox;
beforeAll(async () => {
  ensureBuilt();
  sandbox = await startSandbox({ traffic: null, days: 1 });
}, 120_000);
afterAll(() => sandbox.close());

const migrate = async (databaseUrl: string, ...args: string[]) => {
  const cli = spawnCli(["migrate", ...args], { DATABASE_URL: databaseUrl });
  return { code: await cli.exit, output: cli.output };
};

const names = (output: string, word: string) =>
  [...output.matchAll(new RegExp(`^ +${word} +(\\S+)`, "gm"))].map(([, name]) => name);

describe("switchboard migrate", () => {
  it("explains itself, refuses what it does not know, and says when there is no database to reach", async () => {
    expect(await migrate("sqlite::memory:", "--help")).toMatchObject({ code: 0 });
    expect(await migrate("sqlite::memory:", "--force")).toMatchObject({ code: 2 });
    expect(await migrate("mysql://user:hunter2@host/db")).toMatchObject({
      code: 2,
      output: expect.not.stringContaining("hunter2") as string,
    });
    const away = await migrate("postgres://who:hunter2@127.0.0.1:1/none");
    expect(away).toEqual({
      code: 1,
      output: "The gateway's database cannot be reached. Try again in a moment.\n",
    });
  }, 180_000);

  describe.each(DATABASES)("on $name", (kind) => {
    it("says what would run without touching anything, runs it, and has nothing to do afterwards", async () => {
      const { url, drop } = await kind.create();
      try {
        const before = await migrate(url, "--dry-run");
        expect(before.code).toBe(0);
        const pending = names(before.output, "pending");
        expect(pending[0]).toBe("0001-initial");
        expect(names(before.output, "done")).toEqual([]);
        if (kind.name === "sqlite") expect(existsSync(url.slice("sqlite:".length))).toBe(false);
        expect((await migrate(url, "--dry-run")).output).toBe(before.output);

        expect(await migrate(url)).toEqual({ code: 0, output: `Ran ${pending.join(", ")}.\n` });
        expect(await migrate(url)).toEqual({ code: 0, output: "Up to date.\n" });
        const after = await migrate(url, "--dry-run");
        expect(names(after.output, "done")).toEqual(pending);
        expect(names(after.output, "pending")).toEqual([]);

        // A newer version has been here: an older one must not guess what its tables mean.
        const database = openAsItIs(url);
        await database.knex("knex_migrations").insert({ name: "9999-later", batch: 9 });
        await database.close();
        for (const args of [["--dry-run"], []]) {
          const refused = await migrate(url, ...args);
          expect(refused.code).toBe(1);
          expect(names(refused.output, "unknown")).toEqual(["9999-later"]);
        }
        const environment = {
          ...sandbox.environment,
          DATABASE_URL: url,
          PORT: "0",
          SWITCHBOARD_AUTH: "open",
        };
        const gateway = spawnCli(["start"], environment);
        expect(await gateway.exit).toBe(1);
        expect(gateway.output).toMatch(/newer version of Switchboard.*9999-later/);
      } finally {
        await drop();
      }
    }, 180_000);

    it("three processes at once: each migration runs once, and nobody fails", async () => {
      const { url, drop } = await kind.create();
      try {
        const all = await Promise.all([migrate(url), migrate(url), migrate(url)]);
        expect(all.map(({ code, output }) => (code === 0 ? 0 : output))).toEqual([0, 0, 0]);
        const ran = all.flatMap(({ output }) => /Ran (.*)\./.exec(output)?.[1]?.split(", ") ?? []);
        expect(new Set(ran).size).toBe(ran.length);
        const status = await migrate(url, "--dry-run");
        expect([...ran].sort()).toEqual(names(status.output, "done"));
      } finally {
        await drop();
      }
    }, 180_000);
  });
});

describe.each(DATABASES.filter(({ name }) => name === "postgres"))(
  "two gateways at once on one $name",
  (kind) => {
    it("both listen and are ready", async () => {
      const { url: database, drop } = await kind.create();
      const environment = {
        ...sandbox.environment,
        DATABASE_URL: database,
        PORT: "0",
        SWITCHBOARD_AUTH: "open",
      };
      try {
        const gateways = [1, 2].map(() => spawnCli(["start"], environment));
        for (const gateway of gateways) {
          const [, url = ""] = await gateway.until(/"url":"(http:[^"]+)","msg":"listening"/);
          expect((await fetch(`${url}/readyz`)).status).toBe(200);
        }
        for (const gateway of gateways) gateway.signal("SIGTERM");
        expect(await Promise.all(gateways.map(({ exit }) => exit))).toEqual([0, 0]);
      } finally {
        await drop();
      }
    }, 180_000);
  },
);
