/** Databases for one run, gone afterwards: SQLite files in a folder, or databases of their own on a PostgreSQL server. */
import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";

/**
 * `make` answers the URL of a new, empty database. `server`: URL of a PostgreSQL server on which databases may be
 * created, or null for SQLite files in `folder`.
 */
export async function createDatabases(server, folder = process.env.SWITCHBOARD_BENCH_FOLDER ?? tmpdir()) {
  return server === null ? sqliteFiles(folder) : postgresDatabases(server);
}

async function sqliteFiles(parent) {
  const folder = await mkdtemp(join(parent, "switchboard-bench-"));
  let files = 0;
  return {
    make: async () => `sqlite:${join(folder, `${(files += 1)}.db`)}`,
    drop: () => rm(folder, { recursive: true, force: true }),
  };
}

async function postgresDatabases(server) {
  const names = [];
  return {
    async make() {
      const name = `switchboard_bench_${randomUUID().replaceAll("-", "")}`;
      await onServer(server, (client) => client.query(`CREATE DATABASE ${name}`));
      names.push(name);
      const url = new URL(server);
      url.pathname = `/${name}`;
      return url.href;
    },
    async drop() {
      for (const name of names) {
        await onServer(server, (client) => client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
      }
    },
  };
}

async function onServer(url, work) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
