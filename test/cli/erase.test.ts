/** `switchboard erase` as an operator runs it, beside a gateway that goes on synchronising. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startSandbox, type Sandbox } from "../../src/sandbox/sandbox.js";
import { openAsItIs } from "../../src/store/open-database.js";
import { countTexts } from "../support/database-bytes.js";
import { DATABASES } from "../support/databases.js";
import { ensureBuilt, spawnCli, type RunningCli } from "../support/spawn-cli.js";

let sandbox: Sandbox;
/** A customer who talked over two providers at least, as E.164, and how else the number is written. */
let number: string;
let spellings: string[];
beforeAll(async () => {
  ensureBuilt();
  sandbox = await startSandbox({ traffic: null, days: 6 });
  const talks = Map.groupBy(
    sandbox.conversations.filter(({ from }) => /^\+1\d{10}$/.test(from.number ?? "")),
    ({ from }) => from.number ?? "",
  );
  const chosen = [...talks].find(
    ([, list]) => new Set(list.map(({ provider }) => provider)).size > 1 && list.length < 12,
  );
  number = chosen?.[0] ?? "";
  expect(number).not.toBe("");
  const [area, exchange, line] = [number.slice(2, 5), number.slice(5, 8), number.slice(8)];
  spellings = [number.slice(2), `${area}-${exchange}-${line}`, `(${area}) ${exchange}-${line}`];
}, 120_000);
afterAll(() => sandbox.close());

const run = async (args: string[], databaseUrl: string) => {
  const cli = spawnCli(args, { DATABASE_URL: databaseUrl });
  return { code: await cli.exit, output: cli.output };
};

interface Listed {
  sessions: { totalCount: number; nodes: { id: string }[] };
}
async function sessionsWith(url: string, address: string | null): Promise<number> {
  const response = await fetch(`${url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      query:
        "query ($filter: SessionFilter) { sessions(first: 1, filter: $filter) { totalCount nodes { id } } }",
      variables: { filter: address === null ? {} : { address } },
    }),
  });
  const { data } = (await response.json()) as { data: Listed };
  return data.sessions.totalCount;
}

async function startAndSync(environment: Record<string, string>): Promise<{ cli: RunningCli; url: string }> {
  const cli = spawnCli(["start"], environment);
  const [, url = ""] = await cli.until(/"url":"(http:[^"]+)","msg":"listening"/);
  const covered = async () => {
    const response = await fetch(`${url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        query:
          "query ($since: DateTime) { sessions(first: 1, filter: { startedAfter: $since }) { sources { ok } } }",
        variables: { since: new Date(Date.now() - 30 * 24 * 3_600_000) },
      }),
    });
    const { data } = (await response.json()) as { data: { sessions: { sources: { ok: boolean }[] } } };
    return data.sessions.sources.length === 4 && data.sessions.sources.every(({ ok }) => ok);
  };
  await expect.poll(covered, { timeout: 40_000 }).toBe(true);
  // The one provider whose lists lack the numbers has had every session read by then.
  await cli.until(/details of listed sessions read/);
  return { cli, url };
}

describe("switchboard erase", () => {
  it("explains itself, and refuses what it cannot understand or what cannot be undone", async () => {
    const nowhere = "sqlite:/nonexistent/switchboard.db";
    expect(await run(["erase", "--help"], nowhere)).toMatchObject({ code: 0, output: /--dry-run/ });
    for (const args of [
      [],
      ["--address", "+12025550134"],
      ["--address", "+12025550134", "--yes", "--dry-run"],
      ["--address", "1", "--yes"],
      ["--address", "+12025550134", "--yes", "--region", "usa"],
      ["--number", "+12025550134"],
    ]) {
      expect({ args, code: (await run(["erase", ...args], nowhere)).code }).toEqual({ args, code: 2 });
    }
    const missing = await run(["erase", "--address", "+12025550134", "--yes"], nowhere);
    expect(missing).toMatchObject({
      code: 1,
      output: "There is no database where DATABASE_URL points to.\n",
    });
    const refused = await run(
      ["erase", "--address", "+12025550134", "--yes"],
      "postgres://who:hunter2@127.0.0.1:1/none",
    );
    expect(refused.code).toBe(1);
    expect(refused.output).not.toMatch(/hunter2|ECONN|at .*\.js/);
  }, 180_000);

  describe.each(DATABASES)("on $name", (kind) => {
    it("beside a running gateway: counts, removes every trace, and nothing comes back with the next synchronisation", async () => {
      const { url: databaseUrl, drop } = await kind.create();
      const environment = {
        ...sandbox.environment,
        DATABASE_URL: databaseUrl,
        PORT: "0",
        SWITCHBOARD_AUTH: "open",
        SWITCHBOARD_POLL_IDLE_MS: "200",
      };
      try {
        const { cli, url } = await startAndSync(environment);
        const all = await sessionsWith(url, null);
        const theirs = await sessionsWith(url, number);
        expect(theirs).toBeGreaterThan(1);
        const known = await countTexts(databaseUrl, [number.slice(2)]);
        expect(known[number.slice(2)]).toBeGreaterThan(theirs);

        // Numbers are written in all sorts of ways; what an operator types need not be what a provider sent.
        const [, , spelled = ""] = spellings;
        const plan = await run(["erase", "--address", spelled, "--dry-run"], databaseUrl);
        expect(plan.code).toBe(0);
        expect(plan.output).not.toContain(number.slice(2));
        const [, planned] = /Would erase (\d+) sessions/.exec(plan.output) ?? [];
        expect(Number(planned)).toBeGreaterThanOrEqual(theirs);
        expect(await sessionsWith(url, number)).toBe(theirs);

        const done = await run(["erase", "--address", spelled, "--yes"], databaseUrl);
        expect(done).toMatchObject({ code: 0, output: plan.output.replace("Would erase", "Erased") });
        for (const table of ["sessions", "session_addresses", "session_payloads", "members", "changes"])
          expect(done.output).toMatch(new RegExp(`${table} +[1-9]`));
        expect(await sessionsWith(url, number)).toBe(0);
        expect(await sessionsWith(url, null)).toBe(all - Number(planned));

        // The gateway polls and sweeps on; then it stops, and another one reads the whole history anew.
        const lists = sandbox.servers.plivo.requests.length;
        await expect
          .poll(() => sandbox.servers.plivo.requests.length - lists, { timeout: 30_000 })
          .toBeGreaterThan(10);
        expect(await sessionsWith(url, number)).toBe(0);
        cli.signal("SIGTERM");
        expect(await cli.exit).toBe(0);
        const nothing = Object.fromEntries(spellings.map((spelling) => [spelling, 0]));
        expect(await countTexts(databaseUrl, spellings)).toEqual(nothing);
        const database = openAsItIs(databaseUrl);
        await database.all("UPDATE connections SET covered_since = NULL, last_synced_at = NULL", []);
        await database.close();
        const again = await startAndSync(environment);
        expect(await sessionsWith(again.url, number)).toBe(0);
        expect(await sessionsWith(again.url, null)).toBe(all - Number(planned));
        again.cli.signal("SIGTERM");
        expect(await again.cli.exit).toBe(0);
        expect(await countTexts(databaseUrl, spellings)).toEqual(nothing);

        const empty = await run(["erase", "--address", number, "--yes"], databaseUrl);
        expect(empty).toMatchObject({ code: 0, output: /^Erased 0 sessions/ });
      } finally {
        await drop();
      }
    }, 240_000);
  });
});
