/** A gateway that is killed comes up again with what it knew, on either database. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startSandbox, type Sandbox } from "../../src/sandbox/sandbox.js";
import { DATABASES } from "../support/databases.js";
import { ensureBuilt, spawnCli } from "../support/spawn-cli.js";

let sandbox: Sandbox;
beforeAll(async () => {
  ensureBuilt();
  sandbox = await startSandbox({ traffic: null });
}, 120_000);
afterAll(() => sandbox.close());

async function counts(url: string): Promise<Record<string, number>> {
  const response = await fetch(`${url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query: "{ connections { name sessionCount coveredSince } }" }),
  });
  const { data } = (await response.json()) as {
    data: { connections: { name: string; sessionCount: number; coveredSince: string | null }[] };
  };
  return Object.fromEntries(
    data.connections.map(({ name, sessionCount, coveredSince }) => [
      name,
      coveredSince === null ? -1 : sessionCount,
    ]),
  );
}

describe.each(DATABASES)("on $name", (kind) => {
  it("kill -9 in the middle of the first synchronisation loses nothing: the next start completes it", async () => {
    const { url: database, drop } = await kind.create();
    const environment = {
      ...sandbox.environment,
      DATABASE_URL: database,
      PORT: "0",
      SWITCHBOARD_AUTH: "open",
    };
    const all = Object.fromEntries(
      Object.values(sandbox.servers).map(({ name }) => [
        name,
        sandbox.conversations.filter(({ provider }) => provider === name).length,
      ]),
    );
    try {
      const first = spawnCli(["start"], environment);
      await first.until(/first synchronisation started/);
      first.signal("SIGKILL");
      await first.exit;

      const second = spawnCli(["start"], environment);
      const [, url = ""] = await second.until(/"url":"(http:[^"]+)","msg":"listening"/);
      await expect.poll(() => counts(url), { timeout: 30_000 }).toEqual(all);
      second.signal("SIGKILL");
      await second.exit;

      // What it knew it answers at once, with every provider gone.
      for (const server of Object.values(sandbox.servers)) server.setFaults({ reset: "always" });
      const third = spawnCli(["start"], environment);
      const [, again = ""] = await third.until(/"url":"(http:[^"]+)","msg":"listening"/);
      expect(await counts(again)).toEqual(all);
      third.signal("SIGTERM");
      expect(await third.exit).toBe(0);
    } finally {
      for (const server of Object.values(sandbox.servers)) server.setFaults({});
      await drop();
    }
  }, 90_000);
});
