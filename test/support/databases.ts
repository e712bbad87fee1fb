/** The databases that every store test runs on. Each test file gets one of its own, dropped afterwards. */
import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";

/** A database to test on. */
export interface TestDatabase {
  readonly name: "sqlite" | "postgres";
  /** Makes an empty database and answers its URL. */
  create(): Promise<{ url: string; drop(): Promise<void> }>;
}

const POSTGRES_URL =
  process.env["SWITCHBOARD_TEST_POSTGRES_URL"] ?? "postgres://postgres@127.0.0.1:5432/test";

const sqlite: TestDatabase = {
  name: "sqlite",
  async create() {
    const folder = await mkdtemp(join(tmpdir(), "switchboard-"));
    return {
      url: `sqlite:${join(folder, "test.db")}`,
      drop: () => rm(folder, { recursive: true, force: true }),
    };
  },
};

const postgres: TestDatabase = {
  name: "postgres",
  async create() {
    const name = `switchboard_${randomUUID().replaceAll("-", "")}`;
    await onServer((client) => client.query(`CREATE DATABASE ${name}`));
    const url = new URL(POSTGRES_URL);
    url.pathname = `/${name}`;
    return {
      url: url.href,
      drop: () => onServer((client) => client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)),
    };
  },
};

async function onServer(work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: POSTGRES_URL, connectionTimeoutMillis: 2_000 });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

async function isReachable(): Promise<boolean> {
  try {
    await onServer((client) => client.query("SELECT 1"));
    return true;
  } catch (error) {
    if (process.env["SWITCHBOARD_REQUIRE_SERVICES"] === "1") throw error;
    console.warn("skipped: PostgreSQL is not reachable, so the store is tested on SQLite only");
    return false;
  }
}

/** SQLite always; PostgreSQL when it runs (a missing one fails when `SWITCHBOARD_REQUIRE_SERVICES=1`). */
export const DATABASES: readonly TestDatabase[] = (await isReachable()) ? [sqlite, postgres] : [sqlite];
