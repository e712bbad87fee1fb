/** PortSIP's calls as its WSI tells them, while polls are too slow to tell anything. */
import { afterEach, describe, expect, it } from "vitest";
import type { PortsipSandboxServer } from "../../src/sandbox/portsip/portsip-server.js";
import { startLiveWorld, type LiveWorld } from "../support/live-world.js";

const ADA = { name: "Ada", number: "+12025550150", extension: null, email: null };
const ELENA = { name: "Elena", number: "+13125550101", extension: "1001", email: null };
const CALL = {
  channel: "voice",
  direction: "inbound",
  from: ADA,
  to: ELENA,
  traits: { trunk: "AtlanticVoice", userData: "crm-4711" },
} as const;

let world: LiveWorld;
afterEach(() => world[Symbol.asyncDispose]());

/** Answers when the socket is open and what has been missed is read. */
async function start(environment?: Parameters<typeof startLiveWorld>[1]): Promise<() => void> {
  world = await startLiveWorld("portsip", environment);
  world.sandbox.servers.portsip.forget();
  const leave = world.gateway.running.sync.watch({ connections: ["portsip"] });
  await caughtUp();
  return leave;
}

const requests = () => world.sandbox.servers.portsip.requests.map(({ url }) => url);
/** The wider look that follows each opening of the socket. */
async function caughtUp(): Promise<void> {
  await expect
    .poll(() => requests().some((url) => url.includes("/calllogs")), { timeout: 20_000 })
    .toBe(true);
}

const isAdas = ({ from }: { from: { address: string | null } | null }) => from?.address === ADA.number;

describe("a call", () => {
  it("is there as it rings, is answered and ends, with what only events tell", async () => {
    await start();
    const step = world.begin({ ...CALL, id: "told" });
    step({ do: "ring", party: "to" });
    const ringing = await world.until(isAdas);
    expect(ringing.state).toBe("RINGING");
    await world.until((session) => isAdas(session) && session.direction === "INBOUND");
    step({ do: "answer", party: "to" });
    await world.until((session) => isAdas(session) && session.state === "IN_PROGRESS");
    step({ do: "end", reason: "caller-hung-up" });
    const ended = await world.until((session) => isAdas(session) && session.state === "COMPLETED");
    expect(ended).toMatchObject({ id: ringing.id, providerId: ringing.providerId });
    expect(ended.endedAt).not.toBeNull();
  });

  it("that begins and ends at once is there as well", async () => {
    await start();
    const step = world.begin({ ...CALL, id: "short" });
    step({ do: "ring", party: "to" });
    step({ do: "end", reason: "cancelled" });
    const ended = await world.until((session) => isAdas(session) && session.endedAt !== null);
    expect(["CANCELLED", "NO_ANSWER"]).toContain(ended.state);
  });

  it("that went by while the wire was cut is found when the socket is back", async () => {
    await start();
    const step = world.begin({ ...CALL, id: "missed" });
    step({ do: "ring", party: "to" });
    await world.until(isAdas);
    world.wire.refuse = true;
    world.wire.cut();
    step({ do: "answer", party: "to" });
    step({ do: "end", reason: "callee-hung-up" });
    const other = world.begin({ ...CALL, id: "unseen", from: { ...ADA, number: "+12025550151" } });
    other({ do: "ring", party: "to" });
    other({ do: "end", reason: "no-answer" });
    world.sandbox.servers.portsip.forget();
    world.wire.refuse = false;
    await world.until((session) => isAdas(session) && session.state === "COMPLETED");
    await world.until(({ from, endedAt }) => from?.address === "+12025550151" && endedAt !== null);
    // And what follows comes by push again.
    const next = world.begin({ ...CALL, id: "next", from: { ...ADA, number: "+12025550152" } });
    next({ do: "ring", party: "to" });
    await world.until(({ from }) => from?.address === "+12025550152");
  });
});

describe("the socket", () => {
  it("is where an older PBX has it, on a port of its own", async () => {
    await start(async ({ servers }) => {
      const pbx = servers.portsip as PortsipSandboxServer;
      return { PORTSIP_WSI_URL: await pbx.moveWsi() };
    });
    const step = world.begin({ ...CALL, id: "older" });
    step({ do: "ring", party: "to" });
    // Polls tell of the call as well, of its direction only events do.
    await world.until((session) => isAdas(session) && session.direction === "INBOUND");
  });

  it("is open only while somebody watches, and a moment longer", async () => {
    const leave = await start();
    const before = world.wire.attempts;
    const again = world.gateway.running.sync.watch({ connections: ["portsip"] });
    leave();
    again();
    const leftAt = Date.now();
    const step = world.begin({ ...CALL, id: "lingering" });
    step({ do: "ring", party: "to" });
    await world.until(isAdas);
    expect(world.wire.attempts).toBe(before);
    // Whether it is still open shows in whether what happens is told.
    for (let number = 10_000; ; number += 1) {
      world.sandbox.servers.portsip.forget();
      const from = { ...ADA, number: `+120255${number}` };
      world.begin({ ...CALL, id: `later-${number}`, from })({ do: "ring", party: "to" });
      await new Promise((resolve) => setTimeout(resolve, 2_500));
      if (requests().length === 0) break;
    }
    expect(Date.now() - leftAt).toBeLessThan(30_000);
  }, 60_000);
});
