/** What watching costs the providers, and what nobody watching does: requests counted at the sandbox. */
import { afterEach, describe, expect, it } from "vitest";
import { SANDBOX_PROVIDERS, type SandboxProviderName } from "../../src/sandbox/conversation.js";
import { startTestWorld, type TestWorld } from "../support/gateway.js";

let world: TestWorld;
afterEach(() => world[Symbol.asyncDispose]());

const requests = (name: SandboxProviderName) => world.sandbox.servers[name].requests.length;
const forget = () => SANDBOX_PROVIDERS.forEach((name) => world.sandbox.servers[name].forget());

/** Resolves when a provider has been left alone for so long. */
async function quiet(name: SandboxProviderName, forMs: number): Promise<void> {
  for (let before = -1; before !== requests(name);) {
    before = requests(name);
    await new Promise((resolve) => setTimeout(resolve, forMs));
  }
}

describe("a connection", () => {
  it("is polled at the pace of those who watch it, at once, and no other is", async () => {
    world = await startTestWorld({ environment: { SWITCHBOARD_POLL_LIVE_MS: "100" } });
    forget();
    const leave = [1, 2, 3].map(() => world.gateway.running.sync.watch({ connections: ["evo"] }));
    await expect.poll(() => requests("evo"), { timeout: 10_000 }).toBeGreaterThan(5);
    for (const name of ["plivo", "speko", "portsip"] as const) expect(requests(name)).toBe(0);
    leave[0]?.();
    leave[1]?.();
    const before = requests("evo");
    await expect.poll(() => requests("evo"), { timeout: 10_000 }).toBeGreaterThan(before + 3);
    leave[2]?.();
    const leftAt = Date.now();
    await quiet("evo", 1_000);
    expect(Date.now() - leftAt).toBeLessThan(30_000);
  }, 60_000);

  it("with a session that is watched is polled as well where it has no stream of its own", async () => {
    world = await startTestWorld({ environment: { SWITCHBOARD_POLL_LIVE_MS: "100" } });
    forget();
    world.gateway.running.sync.watch({
      connections: [],
      sessions: [{ connection: "plivo", providerKey: "x", providerId: "x" }],
    });
    await expect.poll(() => requests("plivo"), { timeout: 10_000 }).toBeGreaterThan(3);
    expect(requests("evo")).toBe(0);
  });
});

describe("with nobody watching", () => {
  it("four connections cost at most twelve requests a minute, reviews and wider looks included", async () => {
    // A minute of the gateway's clock is half a second: polls come after 250 ms instead of 30 s.
    const began = Date.now();
    const now = () => began + (Date.now() - began) * 120;
    world = await startTestWorld({ now, sandbox: { now }, environment: { SWITCHBOARD_POLL_IDLE_MS: "250" } });
    forget();
    const startedAt = now();
    const minutes = () => (now() - startedAt) / 60_000;
    // Long enough for a review and several wider looks.
    await expect.poll(minutes, { timeout: 30_000 }).toBeGreaterThan(15);
    const all = SANDBOX_PROVIDERS.reduce((sum, name) => sum + requests(name), 0);
    console.log(`${(all / minutes()).toFixed(1)} requests a minute with nobody watching`);
    expect(all / minutes()).toBeLessThanOrEqual(12);
    // And it does poll.
    for (const name of SANDBOX_PROVIDERS) expect(requests(name) / minutes()).toBeGreaterThan(1);
  }, 60_000);
});
