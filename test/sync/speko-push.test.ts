/** Speko's calls as their streams tell them, while polls are too slow to tell anything. */
import { afterEach, describe, expect, it } from "vitest";
import { openStream } from "../support/event-source.js";
import { startLiveWorld, type LiveWorld, type SeenSession } from "../support/live-world.js";

const ADA = { name: "Ada", number: "+12025550150", extension: null, email: null };
const AGENT = { name: "Agent", number: "+13125550190", extension: null, email: null };
const CALL = {
  channel: "voice",
  direction: "inbound",
  from: ADA,
  to: AGENT,
  traits: { agentIndex: 0, metadata: { from: ADA.number, to: AGENT.number } },
} as const;

let world: LiveWorld;
afterEach(() => world[Symbol.asyncDispose]());

const say = (text: string) => ({ do: "say", who: "user", text, lastsMs: 400 }) as const;
const isAdas = ({ from }: SeenSession) => from?.address === ADA.number;
const streams = () =>
  world.sandbox.servers.speko.requests.filter(({ url }) => url.includes("/stream")).map(({ url }) => url);

/** A call that is up and stored, as a list told. */
async function startCall() {
  world = await startLiveWorld("speko");
  const { sync } = world.gateway.running;
  const step = world.begin({ ...CALL, id: "talk" });
  step({ do: "ring", party: "to" });
  step({ do: "answer", party: "to" });
  await sync.look(["speko"], 0, 10_000);
  const session = await world.until(isAdas);
  world.sandbox.servers.speko.forget();
  return { step, session, sync };
}

describe("a call that somebody watches", () => {
  it("tells its turns as they are said, and its end", async () => {
    const { step, session, sync } = await startCall();
    const { providerId } = session;
    sync.watch({ connections: [], sessions: [{ connection: "speko", providerKey: providerId, providerId }] });
    step(say("a table for two"));
    await world.until(
      (seen) => seen.id === session.id && /a table for two/.test(seen.transcript?.text ?? ""),
    );
    step(say("at eight please"));
    await world.until(
      (seen) => seen.id === session.id && /at eight please/.test(seen.transcript?.text ?? ""),
    );
    step({ do: "end", reason: "caller-hung-up" });
    const ended = await world.until((seen) => seen.id === session.id && seen.endedAt !== null);
    expect(ended.state).toBe("COMPLETED");
    expect(streams()).toHaveLength(1);
    // Nothing was listed for it.
    expect(world.sandbox.servers.speko.requests.filter(({ url }) => url.startsWith("/v1/sessions?"))).toEqual(
      [],
    );
  });

  it("is followed on where its stream was cut, each turn once", async () => {
    const { step, session, sync } = await startCall();
    const { providerId } = session;
    sync.watch({ connections: [], sessions: [{ connection: "speko", providerKey: providerId, providerId }] });
    step(say("one"));
    await world.until((seen) => seen.id === session.id && /one/.test(seen.transcript?.text ?? ""));
    const { entryCount = 0 } = (await world.until((seen) => seen.id === session.id)).transcript ?? {};
    world.wire.refuse = true;
    world.wire.cut();
    step(say("two"));
    step(say("three"));
    world.wire.refuse = false;
    await world.until((seen) => seen.id === session.id && /two[^]*three/.test(seen.transcript?.text ?? ""));
    const after = await world.until((seen) => seen.id === session.id);
    expect(after.transcript?.entryCount).toBe(entryCount + 2);
    // A stream that was cut before it had told anything begins anew: then it is cut once more.
    const opened = () => {
      const latest = streams().at(-1);
      if (latest?.includes("cursor=-1%3A0") === true) world.wire.cut();
      return latest;
    };
    await expect.poll(opened, { timeout: 15_000, interval: 1_000 }).not.toContain("cursor=-1%3A0");
  });
});

describe("a call that somebody subscribes to", () => {
  it.each([
    [
      "by a filter",
      "($id: ID!) { sessionChanges(filter: { ids: [$id] }) { session { transcript { text } } } }",
    ],
    ["by itself", "($id: ID!) { session(id: $id) { session { transcript { text } } } }"],
  ])("%s is followed, and its connection is not listed for it", async (_, selection) => {
    const { step, session } = await startCall();
    await using stream = await openStream(`${world.gateway.url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ query: `subscription ${selection}`, variables: { id: session.id } }),
    });
    await expect.poll(streams).toHaveLength(1);
    step(say("a table for two"));
    let told: string | undefined;
    do told = (await stream.next())?.data;
    while (told !== undefined && !told.includes("a table for two"));
    expect(told).toContain("a table for two");
    expect(streams()).toHaveLength(1);
    expect(world.sandbox.servers.speko.requests.filter(({ url }) => url.startsWith("/v1/sessions?"))).toEqual(
      [],
    );
  });
});

describe("a connection that somebody watches", () => {
  it("has its live calls followed, and nobody's after that", async () => {
    const { step, session, sync } = await startCall();
    const leave = sync.watch({ connections: ["speko"] });
    await expect.poll(() => streams().some((url) => url.includes(session.providerId))).toBe(true);
    step(say("over the stream"));
    await world.until(
      (seen) => seen.id === session.id && /over the stream/.test(seen.transcript?.text ?? ""),
    );
    leave();
    const leftAt = Date.now();
    // Whether it is still followed shows in whether what is said arrives.
    for (let number = 0; ; number += 1) {
      step(say(`word${number}x`));
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      const [seen] = (await world.seen()).filter(({ id }) => id === session.id);
      if (!new RegExp(`word${number}x`).test(seen?.transcript?.text ?? "")) break;
    }
    expect(Date.now() - leftAt).toBeLessThan(30_000);
  }, 60_000);
});
