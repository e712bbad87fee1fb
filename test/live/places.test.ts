/** Cursors from unlikely places: the middle of a snapshot, a history that is gone, connections where nothing happens. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { toGlobalId, type SessionSnapshot } from "../../src/model/index.js";
import { openDatabase } from "../../src/store/open-database.js";
import { DATABASES } from "../support/databases.js";
import { openFreshLiveGateway, principal, type LiveGateway } from "../support/live-gateway.js";
import { facts, snapshot, transfer } from "../support/snapshots.js";

interface Change {
  cursor: string;
  kind: string;
  session: { providerId: string };
}
const FIELDS = "cursor kind session { providerId }";
const CHANGES = `subscription ($filter: SessionFilter, $after: String, $snapshot: Boolean = true) {
  sessionChanges(filter: $filter, after: $after, snapshot: $snapshot) { ${FIELDS} }
}`;
const SESSION = `subscription ($id: ID!, $after: String) { session(id: $id, after: $after) { ${FIELDS} } }`;

describe.each(DATABASES)("places on $name", (kind) => {
  let live: LiveGateway & { readonly url: string };
  let clock = 1_000;

  beforeEach(async () => {
    live = await openFreshLiveGateway(kind);
  });
  afterEach(() => live[Symbol.asyncDispose]());

  const look = (id: string, given: Partial<SessionSnapshot> = {}, connection = "speko") =>
    live.ingest.ingest(connection, [
      snapshot(id, {
        provider: connection === "speko" ? "SPEKO" : "PLIVO",
        observedAt: (clock += 10),
        ...given,
      }),
    ]);
  const changes = (variables: object = {}, who = principal()) =>
    live.watch<Change>("sessionChanges", CHANGES, variables, who);
  /** Read whole and lately, so that no provider has to be asked. */
  const fresh = (title: string): Partial<SessionSnapshot> => ({
    observedAt: Date.now(),
    facts: facts({ title }),
    sections: ["members", "transfers", "transcript", "report", "recordings", "events", "detail"],
  });
  const told = (frames: readonly Change[]) =>
    frames.map(({ kind: what, session }) => `${what} ${session.providerId}`);
  const idOf = (id: string) => toGlobalId("session", "speko", id);

  it("shows one session that a snapshot was broken off before, and goes on with one that it had shown", async () => {
    for (const id of ["a", "b", "c"]) await look(id, fresh("then"));
    const broken = await changes();
    await broken.until(({ frames }) => frames.length === 3);
    const after = broken.frames[1]?.cursor;
    for (const id of ["a", "c"]) await look(id, fresh("now"));
    await look("d", fresh("new"));
    const watch = (id: string) => live.watch<Change>("session", SESSION, { id: idOf(id), after });
    const clients = { a: await watch("a"), b: await watch("b"), c: await watch("c"), d: await watch("d") };
    await clients.a.until(({ frames }) => frames.length === 1);
    await clients.c.until(({ frames }) => frames.length === 1);
    await clients.d.until(({ frames }) => frames.length === 1);
    await look("b", fresh("later"));
    await look("c", fresh("later"));
    await clients.b.until(({ frames }) => frames.length === 1);
    await clients.c.until(({ frames }) => frames.length === 2);
    expect(told(clients.a.frames)).toEqual(["UPDATED a"]);
    expect(told(clients.b.frames)).toEqual(["UPDATED b"]);
    expect(told(clients.c.frames)).toEqual(["SNAPSHOT c", "UPDATED c"]);
    expect(told(clients.d.frames)).toEqual(["CREATED d"]);
  });

  it("refuses a cursor of changes that the database does not have any more", async () => {
    const client = await changes();
    for (const id of ["a", "b", "c"]) await look(id, fresh("x"));
    await client.until(({ frames }) => frames.length === 3);
    // As in a backup that was made after the first of them.
    const database = await openDatabase(live.url);
    await database.all("DELETE FROM changes WHERE sequence > (SELECT min(sequence) FROM changes)", []);
    await database.close();
    const after = client.frames[2]?.cursor;
    for (const lost of [
      await changes({ after }),
      await live.watch<Change>("session", SESSION, { id: idOf("a"), after }),
    ]) {
      expect(lost.errors[0]?.extensions).toMatchObject({ code: "BAD_USER_INPUT" });
      expect(lost.errors[0]?.message).toMatch(/restored from a backup.*without `after`/);
    }
    const fine = await changes({ after: client.frames[0]?.cursor });
    await look("d", fresh("x"));
    await fine.until(({ frames }) => frames.length === 1);
    expect(told(fine.frames)).toEqual(["CREATED d"]);
  });

  it("goes on behind a session whose changes were the last and have been erased", async () => {
    const client = await changes();
    await look("a");
    await look("erased");
    await client.until(({ frames }) => frames.length === 2);
    const last = await live.store.changes.last();
    const [row] = await live.store.sessions.byRefs([{ connection: "speko", providerKey: "erased" }], "all");
    await live.store.erasure.remove([row?.key ?? 0], Date.now());
    expect(await live.store.changes.last()).toBe(last);
    const resumed = await changes({ after: client.frames[1]?.cursor });
    await look("b");
    await client.until(({ frames }) => frames.length === 3);
    await resumed.until(({ frames }) => frames.length === 1);
    expect(told(resumed.frames)).toEqual(["CREATED b"]);
    expect(told(client.frames)).toEqual(["CREATED a", "CREATED erased", "CREATED b"]);
  });

  it("keeps a cursor good while nothing has been removed of what its reader may see", async () => {
    const who = principal({ connections: ["plivo"] });
    const client = await changes({}, who);
    await look("p", {}, "plivo");
    await client.until(({ frames }) => frames.length === 1);
    const after = client.frames[0]?.cursor;
    for (const id of ["a", "b", "c"]) await look(id);
    await look("q", {}, "plivo");
    await look("d");
    // All that is older than the last two: what plivo had first, and what speko had in between.
    const log = await live.store.changes.after(0, 100, "all");
    const database = await openDatabase(live.url);
    for (const { sequence } of log)
      await database.all("UPDATE changes SET at = ? WHERE sequence = ?", [sequence, sequence]);
    await database.close();
    while ((await live.store.retention.removeChanges((log[3]?.sequence ?? 0) + 1, 100)) > 0);
    const resumed = await changes({ after }, who);
    await resumed.until(({ frames }) => frames.length === 1);
    expect(told(resumed.frames)).toEqual(["CREATED q"]);
    const whole = await changes({ after });
    await whole.until(({ errors }) => errors.length > 0);
    expect(whole.errors[0]?.message).toMatch(/older than the changes that are kept/);
  });

  it("does not show by equal cursors that nothing has happened anywhere", async () => {
    const who = principal({ connections: ["plivo"] });
    await look("p", { ...fresh("x"), provider: "PLIVO" }, "plivo");
    const cursors: (string | undefined)[] = [];
    for (let round = 0; round < 2; round += 1) {
      // A document of its own each time: not the page that the one before was told.
      const document = `${CHANGES} # ${round}`;
      const client = await live.watch<Change>("sessionChanges", document, {}, who);
      await client.until(({ frames }) => frames.length === 1);
      cursors.push(client.frames[0]?.cursor);
    }
    expect(new Set(cursors).size).toBe(2);
  });

  it("watches the sessions that are named by themselves, and a connection of which there are many", async () => {
    const ids = (count: number, connection = "speko") =>
      Array.from({ length: count }, (_, index) => toGlobalId("session", connection, `s${index}`));
    const client = await changes({ filter: { ids: ids(2) } });
    expect(live.watched).toEqual(["speko/s0", "speko/s1"]);
    client.stop();
    const both = await changes({ filter: { ids: [...ids(101), ...ids(1, "plivo")] } });
    expect(live.watched).toEqual(["speko", "plivo/s0"]);
    both.stop();
    const other = await changes({ filter: { ids: ids(2), connections: ["plivo"] } });
    const none = await changes({ filter: { ids: [] } });
    expect(live.watched).toEqual([]);
    for (const empty of [other, none]) expect(empty.errors).toEqual([]);
  });

  it("matches nothing with an empty list and everything with null", async () => {
    await look("a", fresh("x"));
    const nothing = await Promise.all(
      ["ids", "phases", "states", "connections", "providers", "channels", "directions"].map((member) =>
        changes({ filter: { [member]: [] } }),
      ),
    );
    const nulls = {
      ids: null,
      phases: null,
      connections: null,
      text: null,
      address: null,
      providerFields: null,
    };
    const all = await changes({ filter: nulls });
    await look("b", { ...fresh("x"), transfers: [transfer("t")] });
    await all.until(({ frames }) => frames.length === 2);
    expect(told(all.frames)).toEqual(["SNAPSHOT a", "CREATED b"]);
    for (const client of nothing) expect([client.frames, client.errors]).toEqual([[], []]);
  });
});
