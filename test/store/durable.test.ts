/** What must be on disk before anybody is told so is waited for beside the event loop. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { DatabaseUnavailableError } from "../../src/errors/index.js";
import { openSqlite } from "../../src/store/sqlite/sqlite-database.js";
import { createWalDisk } from "../../src/store/sqlite/wal-disk.js";
import { run, type Database } from "../../src/store/sql.js";

let folder: string;
let path: string;
let database: Database;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "switchboard-"));
  path = join(folder, "test.db");
  database = openSqlite(path);
  await database.all("CREATE TABLE notes (text TEXT)", []);
});
afterEach(async () => {
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

function note(text: string): Promise<void> {
  return database.transaction(
    function* () {
      yield* run("INSERT INTO notes VALUES (?)", [text]);
    },
    { durable: true },
  );
}
const notes = async () => (await database.all("SELECT text FROM notes", [])).map(({ text }) => text);

it("other work goes on while the disk is waited for, and sees what was written", async () => {
  let isOnDisk = false;
  const written = note("one").then(() => (isOnDisk = true));
  const seen = await new Promise((resolve) => {
    setImmediate(() => resolve(notes().then((texts) => ({ texts, isOnDisk }))));
  });
  expect(seen).toEqual({ texts: ["one"], isOnDisk: false });
  await written;
});

it("many at once are flushed together, and all of them are there", async () => {
  const texts = Array.from({ length: 50 }, (_, n) => `note ${n}`);
  await Promise.all(texts.map(note));
  expect(await notes()).toEqual(texts);
});

it("closing waits for what is on its way", async () => {
  const writing = note("last");
  await database.close();
  await writing;
  database = openSqlite(path);
  expect(await notes()).toEqual(["last"]);
});

it("in memory there is nothing to be flushed", async () => {
  const memory = openSqlite(":memory:");
  await memory.transaction(() => run("SELECT 1", []), { durable: true });
  await memory.flush();
  await memory.close();
});

it("what cannot be flushed is told, and is tried anew", async () => {
  const elsewhere = join(folder, "not-yet");
  const disk = createWalDisk(elsewhere);
  await expect(disk.flush()).rejects.toBeInstanceOf(DatabaseUnavailableError);
  const other = openSqlite(elsewhere);
  await other.all("CREATE TABLE notes (text TEXT)", []);
  await disk.flush();
  await disk.close();
  await other.close();
});
