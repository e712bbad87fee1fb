/** `sessionChanges` through the gateway, from an ingest to what a client is told. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DatabaseUnavailableError } from "../../src/errors/index.js";
import { toGlobalId } from "../../src/model/index.js";
import { DATABASES } from "../support/databases.js";
import {
  openFreshLiveGateway,
  openLiveGateway,
  principal,
  type LiveGateway,
} from "../support/live-gateway.js";
import { facts, party, snapshot } from "../support/snapshots.js";

interface Change {
  cursor: string;
  kind: string;
  changed: string[];
  previousState: string | null;
  session: { providerId: string; state: string; title: string | null };
}

const CHANGES = `subscription ($filter: SessionFilter, $after: String, $snapshot: Boolean = true) {
  sessionChanges(filter: $filter, after: $after, snapshot: $snapshot) {
    cursor kind changed previousState session { providerId state title }
  }
}`;

describe.each(DATABASES)("session changes on $name", (kind) => {
  let live: LiveGateway & { readonly url: string };
  let clock = 1_000;

  beforeEach(async () => {
    live = await openFreshLiveGateway(kind);
  });
  afterEach(() => live[Symbol.asyncDispose]());

  const watch = (variables: object = {}, who = principal()) =>
    live.watch<Change>("sessionChanges", CHANGES, variables, who);
  const look = (id: string, given: Parameters<typeof facts>[0] = {}, connection = "speko") =>
    live.ingest.ingest(connection, [
      snapshot(id, {
        provider: connection === "speko" ? "SPEKO" : "PLIVO",
        observedAt: (clock += 10),
        facts: facts(given),
      }),
    ]);
  const told = (frames: readonly Change[]) =>
    frames.map(({ kind: what, session }) => `${what} ${session.providerId}`);
  const ENDED = { phase: "ENDED", state: "COMPLETED" } as const;

  it("begins with what goes on and tells every change after it", async () => {
    await look("a");
    await look("over", ENDED);
    const client = await watch();
    await client.until(({ frames }) => frames.length === 1);
    await look("b", { state: "RINGING" });
    await look("b", { state: "IN_PROGRESS" });
    await look("b", ENDED);
    await client.until(({ frames }) => frames.length === 4);
    expect(told(client.frames)).toEqual(["SNAPSHOT a", "CREATED b", "UPDATED b", "ENDED b"]);
    expect(client.frames[2]).toMatchObject({ changed: ["state"], previousState: "RINGING" });
    expect(new Set(client.frames.map(({ cursor }) => cursor)).size).toBe(4);
  });

  it("tells a session that comes to match with its change, and one that no longer does once more", async () => {
    await look("a", { state: "RINGING" });
    const client = await watch({ filter: { states: ["IN_PROGRESS"] } });
    await look("a", { state: "IN_PROGRESS" });
    await look("a", { state: "IN_PROGRESS", title: "x" });
    await look("a", { state: "ON_HOLD" });
    await look("a", { state: "ON_HOLD", title: "y" });
    await look("a", { state: "IN_PROGRESS" });
    await client.until(({ frames }) => frames.length === 4);
    expect(told(client.frames)).toEqual(["UPDATED a", "UPDATED a", "LEFT a", "UPDATED a"]);
  });

  it("remembers who matched a filter that only what is stored can answer", async () => {
    const fields = (id: string, queueState: string) =>
      live.ingest.ingest("speko", [
        snapshot(id, { observedAt: (clock += 10), fields: { callId: queueState } }),
      ]);
    await fields("a", "one");
    const client = await watch({ filter: { providerFields: { callId: "one" } } });
    await client.until(({ frames }) => frames.length === 1);
    await fields("a", "two");
    await fields("a", "three");
    await fields("b", "one");
    await client.until(({ frames }) => frames.length === 3);
    expect(told(client.frames)).toEqual(["SNAPSHOT a", "LEFT a", "CREATED b"]);
  });

  it("finds by either end, id and connection", async () => {
    const number = "+12025550134";
    const id = toGlobalId("session", "speko", "later");
    const clients = await Promise.all(
      [{ address: number }, { ids: [id] }, { connections: ["plivo"] }, { providers: ["PLIVO"] }].map(
        (filter) => watch({ filter }),
      ),
    );
    await look("other");
    await look("called", { from: party(number, number) });
    await look("later");
    await look("p", {}, "plivo");
    const expected = ["called", "later", "p", "p"];
    for (const [index, client] of clients.entries()) {
      await client.until(({ frames }) => frames.length === 1);
      expect(told(client.frames)).toEqual([`CREATED ${expected[index]}`]);
    }
  });

  it("goes on where a client was, on another gateway as well", async () => {
    const client = await watch();
    await look("a");
    await look("b");
    await client.until(({ frames }) => frames.length === 2);
    client.stop();
    await look("c");
    await look("a", { title: "x" });
    await using other = await openLiveGateway(live.url);
    const again = await other.watch<Change>("sessionChanges", CHANGES, { after: client.frames[0]?.cursor });
    await again.until(({ frames }) => frames.length === 3);
    // Written by the first one: the second hears of it without being told.
    await look("d");
    await again.until(({ frames }) => frames.length === 4);
    expect(told(again.frames)).toEqual(["CREATED b", "CREATED c", "UPDATED a", "CREATED d"]);
  });

  it("tells what began and ended while a client was away, from the last of a snapshot on and from the middle", async () => {
    await look("a");
    await look("b");
    const client = await watch();
    await client.until(({ frames }) => frames.length === 2);
    client.stop();
    await look("a", { title: "x" });
    await look("c");
    await look("c", ENDED);
    const [middle, end] = await Promise.all(client.frames.map(({ cursor: after }) => watch({ after })));
    await end?.until(({ frames }) => frames.length === 3);
    expect(told(end?.frames ?? [])).toEqual(["UPDATED a", "CREATED c", "ENDED c"]);
    await middle?.until(({ frames }) => frames.length === 4);
    expect(told(middle?.frames ?? [])).toEqual(["UPDATED a", "CREATED c", "ENDED c", "SNAPSHOT b"]);
  });

  it("refuses a cursor whose changes are no longer kept, and one that is none", async () => {
    const client = await watch();
    for (const id of ["a", "b", "c"]) await look(id);
    await client.until(({ frames }) => frames.length === 3);
    while ((await live.store.retention.removeChanges(Date.now() + 1_000, 100)) > 0);
    const old = await watch({ after: client.frames[0]?.cursor });
    await old.until(({ errors }) => errors.length > 0);
    expect(old.errors[0]?.extensions).toMatchObject({ code: "BAD_USER_INPUT" });
    expect(old.errors[0]?.message).toMatch(/older than the changes that are kept.*without `after`/);
    // Whoever knows all that was removed has lost nothing.
    const fine = await watch({ after: client.frames[1]?.cursor });
    await fine.until(({ frames }) => frames.length === 1);
    for (const after of ["", "x", "AAAAAAAAAAAAAAAAAAAAAA", `${client.frames[1]?.cursor}A`]) {
      const none = await watch({ after });
      expect(none.errors[0]?.extensions).toMatchObject({ code: "BAD_USER_INPUT" });
    }
  });

  it("tells nothing of connections that one may not see", async () => {
    const who = principal({ connections: ["plivo"] });
    await look("before");
    const client = await watch({}, who);
    const named = await watch({ filter: { connections: ["speko"] } }, who);
    for (let index = 0; index < 20; index += 1) await look(`s${index}`);
    await look("p", {}, "plivo");
    await look("q", {}, "plivo");
    await client.until(({ frames }) => frames.length === 2);
    expect(told(client.frames)).toEqual(["CREATED p", "CREATED q"]);
    expect(named.frames).toEqual([]);
    expect(live.watched).not.toContain("speko");
  });

  it("shows no more of a snapshot than a client has room for", async () => {
    // Short ones would come together.
    for (const id of ["a", "b", "c"]) await look(id, { title: id.repeat(70_000) });
    let shown = 0;
    let room = Promise.withResolvers<void>();
    const subscriber = {
      next: () => void (shown += 1),
      complete: () => undefined,
      error: () => undefined,
      drained: () => room.promise,
    };
    const running = await live.gateway.subscribe({ query: CHANGES }, { principal: principal() }, subscriber);
    for (const expected of [1, 2, 3]) {
      await expect.poll(() => shown).toBe(expected);
      const { resolve } = room;
      room = Promise.withResolvers();
      resolve();
    }
    if ("stop" in running) running.stop();
  });

  it("tells a change once what it shows can be read, and not without it", async () => {
    const query = "subscription { sessionChanges { kind session { providerId transfers { status } } } }";
    const client = await live.watch<Pick<Change, "kind" | "session">>("sessionChanges", query);
    const { transfers } = live.store;
    const { bySessionKeys } = transfers;
    let failures = 2;
    transfers.bySessionKeys = (keys) => {
      if ((failures -= 1) >= 0) return Promise.reject(new DatabaseUnavailableError("UNREACHABLE"));
      return bySessionKeys(keys);
    };
    await look("a");
    await look("a", { title: "x" });
    await client.until(({ frames }) => frames.length === 2);
    expect(told(client.frames as Change[])).toEqual(["CREATED a", "UPDATED a"]);
    expect(client.errors).toEqual([]);
    expect(failures).toBeLessThan(0);
  });

  it("costs one execution for each change, however many are told", async () => {
    const clients = await Promise.all(Array.from({ length: 1_000 }, () => watch({ snapshot: false })));
    const before = live.gateway.live.executions;
    expect(live.gateway.live).toMatchObject({ subscribers: 1_000, channels: 1 });
    for (let index = 0; index < 10; index += 1) await look(`s${index}`);
    for (const client of clients) await client.until(({ frames }) => frames.length === 10);
    expect(live.gateway.live.executions - before).toBe(10);
    for (const client of clients) client.stop();
    expect(live.gateway.live).toMatchObject({ subscribers: 0, channels: 0 });
    expect(live.watched).toEqual([]);
  });

  it("tells those who come back together what they missed with one execution each", async () => {
    const first = await watch();
    await look("a");
    await first.until(({ frames }) => frames.length === 1);
    const after = first.frames[0]?.cursor;
    first.stop();
    for (let index = 0; index < 10; index += 1) await look(`s${index}`);
    const before = live.gateway.live.executions;
    const clients = await Promise.all(Array.from({ length: 200 }, () => watch({ after })));
    for (const client of clients) await client.until(({ frames }) => frames.length === 10);
    expect(live.gateway.live.executions - before).toBe(10);
  });
});
