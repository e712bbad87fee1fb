/** Who watches what, counted: connections and sessions, here and elsewhere. */
import { describe, expect, it } from "vitest";
import { Watches } from "../../src/sync/watches.js";

const SESSION = { connection: "speko", providerKey: "one", providerId: "one" };

function observed(lingerMs: number) {
  const changes: string[] = [];
  const waiting: (() => void)[] = [];
  const watches = new Watches({
    lingerMs,
    canFollow: (name) => name === "speko",
    onChange(name) {
      changes.push(name);
      for (const go of waiting.splice(0)) go();
    },
  });
  return { watches, changes, nextChange: () => new Promise<void>((resolve) => waiting.push(resolve)) };
}

describe("watching", () => {
  it("counts until the last of several has left, and a moment longer", async () => {
    const { watches, changes, nextChange } = observed(20);
    const leave = [
      watches.watch({ connections: ["plivo"] }),
      watches.watch({ connections: ["plivo", "plivo"] }),
    ];
    expect(changes).toEqual(["plivo"]);
    leave[0]?.();
    leave[0]?.();
    expect(watches.isWatched("plivo")).toBe(true);
    leave[1]?.();
    expect(watches.isWatched("plivo")).toBe(true);
    await nextChange();
    expect(watches.isWatched("plivo")).toBe(false);
    expect(changes).toEqual(["plivo", "plivo"]);
  });

  it("goes on as if nothing had been for one that reconnects", () => {
    const { watches, changes } = observed(60_000);
    watches.watch({ connections: ["plivo"] })();
    const leave = watches.watch({ connections: ["plivo"] });
    expect(changes).toEqual(["plivo"]);
    expect(watches.own(5_000)).toEqual([{ connection: "plivo", session: null, forMs: 5_000 }]);
    leave();
    watches.close();
  });

  it("of a session alone is not of its connection", () => {
    const { watches } = observed(60_000);
    watches.watch({ connections: [], sessions: [SESSION] });
    expect(watches.isWatched("speko")).toBe(false);
    expect(watches.sessions("speko")).toEqual([SESSION]);
  });

  it("elsewhere counts for as long as it is said to, and once", async () => {
    const { watches, changes } = observed(60_000);
    watches.adopt([
      { connection: "speko", session: SESSION, forMs: 50 },
      { connection: "plivo", session: null, forMs: 60_000 },
    ]);
    expect(changes.sort()).toEqual(["plivo", "speko"]);
    expect(watches.isWatched("plivo")).toBe(true);
    expect(watches.sessions("speko")).toEqual([SESSION]);
    expect(watches.own(5_000)).toEqual([]);
    await expect.poll(() => watches.sessions("speko")).toEqual([]);
    watches.adopt([{ connection: "plivo", session: null, forMs: 60_000 }]);
    expect(changes.sort()).toEqual(["plivo", "speko", "speko"]);
  });
});
