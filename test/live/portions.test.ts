/** How much is executed at once for somebody who is told something of their own, and reads it slowly. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DATABASES } from "../support/databases.js";
import { openFreshLiveGateway, principal, type LiveGateway } from "../support/live-gateway.js";
import { facts, snapshot } from "../support/snapshots.js";

interface Change {
  cursor: string;
  kind: string;
  session: { providerId: string; title: string };
}

const QUERY = `subscription ($after: String) {
  sessionChanges(after: $after) { cursor kind session { providerId title } }
}`;

/** Reads what comes together at a time, each when it is told to. */
async function read(live: LiveGateway, variables: object = {}) {
  const heard: Change[] = [];
  let isFree = false;
  let next = Promise.withResolvers<void>();
  const running = await live.gateway.subscribe(
    { query: QUERY, variables: { ...variables } },
    { principal: principal() },
    {
      next(...payloads) {
        for (const payload of payloads)
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
    /** Takes what comes next. */
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
  let clock = 1_000;

  beforeEach(async () => {
    live = await openFreshLiveGateway(kind);
  });
  afterEach(() => live[Symbol.asyncDispose]());

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
    // A page, in portions that grow as its texts turn out to be short.
    for (const read of [16, 48, 100]) {
      await first.until(read);
      if (read < 100) first.step();
    }
    first.stop();
    // Those shown change ten times each, some that were not do as well, and some are new.
    for (let round = 1; round <= 10; round += 1) await look(names(100), `round ${round}`);
    await look(names(40, 130), "late");

    const before = live.gateway.live.executions;
    const again = await read(live, { after: first.heard.at(-1)?.cursor });
    await expect.poll(() => again.heard.length).toBeGreaterThan(0);
    expect(live.gateway.live.executions - before).toBeLessThanOrEqual(200);
    again.readOn();
    // Ten changes of each shown, 50 that were not shown yet, and the 20 that are new.
    await again.until(1_000 + 50 + 20);
    const all = [...first.heard, ...again.heard];
    const last = new Map(all.map(({ session }) => [session.providerId, session.title]));
    expect(last.size).toBe(170);
    for (const id of names(100)) expect(last.get(id)).toBe("round 10");
    for (const id of names(40, 130)) expect(last.get(id)).toBe("late");
    expect(new Set(all.map(({ cursor }) => cursor)).size).toBe(all.length);
    again.stop();
  });
});
