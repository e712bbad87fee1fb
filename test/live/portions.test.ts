/** How much is executed at once for somebody who is told something of their own, and reads it slowly. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DATABASES } from "../support/databases.js";
import { openLiveGateway, principal, type LiveGateway } from "../support/live-gateway.js";
import { facts, snapshot } from "../support/snapshots.js";

interface Change {
  cursor: string;
  kind: string;
  session: { providerId: string; title: string };
}

const QUERY = `subscription ($after: String) {
  sessionChanges(after: $after) { cursor kind session { providerId title } }
}`;

/** Reads one result at a time, each when it is told to. */
async function read(live: LiveGateway, variables: object = {}) {
  const heard: Change[] = [];
  let isFree = false;
  let next = Promise.withResolvers<void>();
  const running = await live.gateway.subscribe(
    { query: QUERY, variables: { ...variables } },
    { principal: principal() },
    {
      next(payload) {
        heard.push((JSON.parse(payload) as { data: { sessionChanges: Change } }).data.sessionChanges);
      },
      complete: () => undefined,
      error: (errors) => expect(errors).toEqual([]),
      drained: () => (isFree ? Promise.resolve() : next.promise),
    },
  );
  if ("errors" in running) throw new Error(JSON.stringify(running.errors));
  return {
    heard,
    stop: () => running.stop(),
    /** Takes one more. */
    step() {
      next.resolve();
      next = Promise.withResolvers();
    },
    readOn() {
      isFree = true;
      next.resolve();
    },
    until: (count: number) => expect.poll(() => heard.length, { timeout: 30_000 }).toBe(count),
  };
}

describe.each(DATABASES)("a slow reader on $name", (kind) => {
  let live: LiveGateway;
  let drop: () => Promise<void>;
  let clock = 1_000;

  beforeEach(async () => {
    const database = await kind.create();
    drop = database.drop;
    live = await openLiveGateway(database.url);
  });
  afterEach(async () => {
    await live[Symbol.asyncDispose]();
    await drop();
  });

  const look = (ids: readonly string[], title: string) =>
    live.ingest.ingest(
      "speko",
      ids.map((id) => snapshot(id, { observedAt: (clock += 10), facts: facts({ title }) })),
    );
  const names = (count: number, from = 0) => Array.from({ length: count }, (_, n) => `s${from + n}`);

  it("of a snapshot has as much executed as it reads, by length", async () => {
    const long = "x".repeat(200_000);
    await look(names(30), long);
    const reader = await read(live);
    for (let n = 1; n <= 20; n += 1) {
      await reader.until(n);
      // The first portion is a guess; then two of these are too long for one.
      expect(live.gateway.live.executions).toBeLessThanOrEqual(Math.max(16, n));
      reader.step();
    }
    reader.readOn();
    await reader.until(30);
    reader.stop();
  });

  it("that resumes in the middle of a snapshot is told page by page what it missed", async () => {
    await look(names(150), "before");
    const first = await read(live);
    await first.until(1);
    for (let n = 0; n < 120; n += 1) {
      first.step();
      await first.until(n + 2);
    }
    first.stop();
    // Those shown change ten times each, some that were not do as well, and some are new.
    for (let round = 1; round <= 10; round += 1) await look(names(121), `round ${round}`);
    await look(names(40, 130), "late");

    const before = live.gateway.live.executions;
    const again = await read(live, { after: first.heard.at(-1)?.cursor });
    await again.until(1);
    expect(live.gateway.live.executions - before).toBeLessThanOrEqual(200);
    again.readOn();
    // Ten changes of each shown, 29 that were not shown yet, and the 20 that are new.
    await again.until(1_210 + 29 + 20);
    const all = [...first.heard, ...again.heard];
    const last = new Map(all.map(({ session }) => [session.providerId, session.title]));
    expect(last.size).toBe(170);
    for (const id of names(121)) expect(last.get(id)).toBe("round 10");
    for (const id of names(40, 130)) expect(last.get(id)).toBe("late");
    expect(new Set(all.map(({ cursor }) => cursor)).size).toBe(all.length);
    again.stop();
  });
});
