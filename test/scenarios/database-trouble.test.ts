/** The cache's own database in trouble: what readers see, what probes say, and that it passes by itself. */
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startSandbox, type Sandbox } from "../../src/sandbox/sandbox.js";
import { createIngest } from "../../src/ingest/create-ingest.js";
import { openDatabase } from "../../src/store/open-database.js";
import { DATABASES } from "../support/databases.js";
import { startTestGateway, untilSynchronised, type TestGateway } from "../support/gateway.js";
import { forgetRequests, writesOf } from "../support/mutation-cases.js";
import { snapshot } from "../support/snapshots.js";
import { startTcpProxy } from "../support/tcp-proxy.js";

const LIST = "{ sessions(first: 3) { nodes { id } } }";
const END = `mutation ($id: ID!) { endSession(input: { sessionId: $id }) { command { outcome } userErrors { code } } }`;
const LIVE = `{ sessions(first: 50, filter: { connections: ["speko"], phases: [LIVE, OPEN] }) { nodes { id } } }`;

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ traffic: null, days: 2 });
}, 60_000);
afterAll(() => sandbox.close());

const probe = async (gateway: TestGateway) => (await fetch(`${gateway.url}/readyz`)).status;
const becomes = (gateway: TestGateway, status: number) =>
  expect.poll(() => probe(gateway), { timeout: 20_000 }).toBe(status);

/** Nothing of the database's own words reaches a client. */
const expectSafe = (message: string) =>
  expect(message).not.toMatch(/SQL|SELECT|INSERT|locked|ECONN|ENOSPC|\//);

describe("a SQLite file", () => {
  let folder: string;
  let path: string;
  let gateway: TestGateway;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "switchboard-trouble-"));
    path = join(folder, "cache.db");
    gateway = await startTestGateway({
      environment: {
        ...sandbox.environment,
        DATABASE_URL: `sqlite:${path}`,
        SWITCHBOARD_DATABASE_PATIENCE_MS: "300",
      },
    });
    await untilSynchronised(gateway);
  });
  afterEach(async () => {
    await gateway[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  const liveSession = async () => {
    const { data } = await gateway.query<{ sessions: { nodes: { id: string }[] } }>(LIVE);
    return data?.sessions.nodes[0]?.id ?? "";
  };

  it("whose lock another process holds: reads go on, writes are told, nothing is sent, and it passes", async () => {
    const id = await liveSession();
    const holder = await holdLock(path);
    try {
      await becomes(gateway, 503);
      // The cache still answers, and the process is not held up by the lock.
      const list = await gateway.query<{ sessions: { nodes: unknown[] } }>(LIST);
      expect(list.data?.sessions.nodes).toHaveLength(3);
      expect((await fetch(`${gateway.url}/healthz`)).status).toBe(200);

      forgetRequests(sandbox);
      const { data, errors } = await gateway.query(END, { id });
      expect(data).toBeNull();
      expect(errors[0]?.extensions).toEqual({ code: "INTERNAL_SERVER_ERROR" });
      expect(errors[0]?.message).toBe("The gateway's database is busy. Try again in a moment.");
      expect(writesOf(sandbox)).toEqual([]);
    } finally {
      holder.kill("SIGKILL");
    }
    await becomes(gateway, 200);
    const { data } = await gateway.query<{ endSession: { command: { outcome: string } } }>(END, { id });
    expect(data?.endSession.command.outcome).toBe("SUCCEEDED");
  });

  it("that was taken away is not written to in secret, and is used again when it is back", async () => {
    const id = await liveSession();
    for (const suffix of ["", "-wal", "-shm"]) await rename(`${path}${suffix}`, `${path}${suffix}.away`);
    await becomes(gateway, 503);
    forgetRequests(sandbox);
    const { errors } = await gateway.query(END, { id });
    expect(errors[0]?.extensions).toEqual({ code: "INTERNAL_SERVER_ERROR" });
    expect(errors[0]?.message).toBe("The gateway's database is not where it was.");
    expect(writesOf(sandbox)).toEqual([]);
    for (const suffix of ["", "-wal", "-shm"]) await rename(`${path}${suffix}.away`, `${path}${suffix}`);
    await becomes(gateway, 200);
    const { data } = await gateway.query<{ endSession: { command: { outcome: string } } }>(END, { id });
    expect(data?.endSession.command.outcome).toBe("SUCCEEDED");
  });
});

describe("a SQLite file without room", () => {
  const TEN_MEGABYTES = 10 * 1024 * 1024;

  it("says so to writers, fails its probe even where a small write would go through, and recovers", async () => {
    const database = await openDatabase("sqlite::memory:");
    const ingest = createIngest(database, { now: () => 1 });
    const heavy = (id: string) => snapshot(id, { raw: { text: id.repeat(TEN_MEGABYTES / id.length) } });
    const [pages] = await database.all("PRAGMA page_count", []);
    await database.all(`PRAGMA max_page_count = ${Number(pages?.["page_count"]) + 20}`, []);
    await expect(ingest.ingest("one", [heavy("a")])).rejects.toMatchObject({
      code: "INTERNAL_SERVER_ERROR",
      trouble: "FULL",
    });
    await expect(database.ping()).rejects.toMatchObject({ trouble: "FULL" });
    await ingest.ingest("one", [snapshot("small")]);
    await expect(database.ping()).rejects.toMatchObject({ trouble: "FULL" });
    await database.all("PRAGMA max_page_count = 1000000", []);
    await database.ping();
    expect((await ingest.ingest("one", [heavy("a")]))[0]?.change?.kind).toBe("CREATED");
    await database.close();
  });

  it("on a full disk: lists are answered, the probe fails, and both work once there is room", async ({
    skip,
  }) => {
    const folder = await mkdtemp(join(tmpdir(), "switchboard-disk-"));
    // A disk of its own needs root; without it the test above stands alone.
    if (spawnSync("mount", ["-t", "tmpfs", "-o", "size=64m", "tmpfs", folder]).status !== 0) {
      console.warn("skipped: this user may not mount a file system, so no disk is filled up");
      await rm(folder, { recursive: true });
      skip();
    }
    try {
      const gateway = await startTestGateway({
        environment: { ...sandbox.environment, DATABASE_URL: `sqlite:${join(folder, "cache.db")}` },
      });
      try {
        await untilSynchronised(gateway);
        const ballast = join(folder, "ballast");
        const { stderr } = spawnSync("dd", ["if=/dev/zero", `of=${ballast}`, "bs=4k"], { encoding: "utf8" });
        expect(stderr).toMatch(/No space left/);
        // Every look writes when it was, and so needs room.
        await expect
          .poll(
            async () => {
              await gateway.query(LIVE.replace("first: 50", "first: 50, maxAge: 0"));
              return probe(gateway);
            },
            { timeout: 25_000 },
          )
          .toBe(503);
        const { data, errors } = await gateway.query<{ sessions: { nodes: unknown[] } }>(LIST);
        expect({ nodes: data?.sessions.nodes.length, errors }).toEqual({ nodes: 3, errors: [] });
        await rm(ballast);
        await becomes(gateway, 200);
      } finally {
        await gateway[Symbol.asyncDispose]();
      }
    } finally {
      spawnSync("umount", ["-l", folder]);
      await rm(folder, { recursive: true, force: true });
    }
  }, 60_000);
});

describe.each(DATABASES.filter(({ name }) => name === "postgres"))("a $name that goes away", (kind) => {
  it("readers are told, the probe fails, and everything works again once it is back", async () => {
    const { url, drop } = await kind.create();
    const proxy = await startTcpProxy(url);
    const gateway = await startTestGateway({
      environment: {
        ...sandbox.environment,
        DATABASE_URL: proxy.url,
        SWITCHBOARD_DATABASE_CONNECT_TIMEOUT_MS: "1000",
        SWITCHBOARD_DATABASE_PATIENCE_MS: "1000",
      },
    });
    try {
      await untilSynchronised(gateway);
      proxy.refuse = true;
      proxy.cut();
      await becomes(gateway, 503);
      const { errors } = await gateway.query(LIST);
      expect(errors[0]?.extensions).toEqual({ code: "INTERNAL_SERVER_ERROR" });
      expectSafe(errors[0]?.message ?? "");
      expect(errors[0]?.message).toBe("The gateway's database cannot be reached. Try again in a moment.");
      proxy.refuse = false;
      await becomes(gateway, 200);
      const { data } = await gateway.query<{ sessions: { nodes: unknown[] } }>(LIST);
      expect(data?.sessions.nodes).toHaveLength(3);
    } finally {
      proxy.refuse = false;
      await gateway[Symbol.asyncDispose]();
      await proxy[Symbol.asyncDispose]();
      await drop();
    }
  });
});

/** Another process with the write lock in its hand. */
async function holdLock(path: string): Promise<ChildProcess> {
  const script = join(await mkdtemp(join(tmpdir(), "switchboard-lock-")), "hold.mjs");
  const driver = new URL("../../node_modules/better-sqlite3/lib/index.js", import.meta.url).href;
  await writeFile(
    script,
    `import Database from ${JSON.stringify(driver)};
     new Database(${JSON.stringify(path)}).exec("BEGIN IMMEDIATE");
     console.log("held");
     setInterval(() => {}, 1000);`,
  );
  const child = spawn(process.execPath, [script], { stdio: ["ignore", "pipe", "inherit"] });
  await once(child.stdout, "data");
  return child;
}
