/** PortSIP's calls as its WSI tells them, while polls are too slow to tell anything. */
import { afterEach, describe, expect, it } from "vitest";
import { startLiveWorld, type LiveWorld } from "../support/live-world.js";
import { startTcpProxy, type TcpProxy } from "../support/tcp-proxy.js";

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
let proxy: TcpProxy | undefined;
afterEach(async () => {
  await world[Symbol.asyncDispose]();
  await proxy?.[Symbol.asyncDispose]();
  proxy = undefined;
});

async function start(): Promise<() => void> {
  world = await startLiveWorld("portsip", (sandbox) => sandbox.environment);
  return world.gateway.running.sync.watch({ connections: ["portsip"] });
}

/** With a wire to the PBX that can be cut. */
async function startBehindProxy(): Promise<TcpProxy> {
  world = await startLiveWorld("portsip", (sandbox) => sandbox.environment);
  await world[Symbol.asyncDispose]();
  throw new Error("replaced below");
}
void startBehindProxy;

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
});
