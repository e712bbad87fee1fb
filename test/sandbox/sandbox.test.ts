import { afterEach, describe, expect, it, vi } from "vitest";
import {
  SANDBOX_PROVIDERS,
  type Conversation,
  type SandboxProviderName,
} from "../../src/sandbox/conversation.js";
import { startSandbox, type Sandbox, type SandboxOptions } from "../../src/sandbox/sandbox.js";
import type { StartServer } from "../../src/sandbox/sandbox-servers.js";
import { startRecordingServer, type RecordingServer } from "./recording-server.js";

const NOON = Date.UTC(2026, 10, 20, 12);

let sandbox: Sandbox | undefined;
let recorders: Map<SandboxProviderName, RecordingServer>;

async function start(options: Partial<SandboxOptions> = {}): Promise<Sandbox> {
  recorders = new Map();
  const starters = Object.fromEntries(
    SANDBOX_PROVIDERS.map((name): [SandboxProviderName, StartServer] => [
      name,
      async (serverOptions) => {
        const server = await startRecordingServer(name, serverOptions);
        recorders.set(name, server);
        return server;
      },
    ]),
  );
  sandbox = await startSandbox({ traffic: null, now: () => NOON, starters, ...options });
  return sandbox;
}

const greeting = (startedAt: number): Conversation => ({
  id: "evo-test",
  provider: "evo",
  channel: "voice",
  direction: "inbound",
  from: { name: "Ada", number: "+12025550150", extension: null, email: null },
  to: { name: "Brightwater Energy", number: "+12025550100", extension: null, email: null },
  startedAt,
  steps: [
    { at: 0, do: "ring", party: "to" },
    { at: 10, do: "answer", party: "to" },
    { at: 20, do: "end", reason: "caller-hung-up" },
  ],
  traits: {},
  links: [],
});

afterEach(async () => {
  await sandbox?.close();
  sandbox = undefined;
  vi.useRealTimers();
});

describe("a sandbox", () => {
  it("tells each provider its own history in the order of time, up to now", async () => {
    await start();
    for (const [name, { told }] of recorders) {
      expect(told.every(({ conversation }) => conversation.provider === name)).toBe(true);
      const times = told.map(({ at }) => at);
      expect(times).toEqual(times.toSorted((one, other) => one - other));
      expect(times.at(-1)).toBeLessThanOrEqual(NOON);
      const begun = new Set<string>();
      for (const { conversation, step } of told) {
        if (step === null) begun.add(conversation.id);
        else expect(begun).toContain(conversation.id);
      }
    }
  });

  it("knows every conversation and every pair that is one talk", async () => {
    const { conversations, links } = await start();
    const told = [...recorders.values()].flatMap((server) => server.told);
    expect(new Set(conversations)).toEqual(new Set(told.map(({ conversation }) => conversation)));
    expect(links.length).toBe(conversations.filter((one) => one.links.length > 0).length / 2);
    expect(links.length).toBeGreaterThan(20);
    expect(links.every(({ one, other }) => one.provider !== other.provider)).toBe(true);
  });

  it("says what to set so that a gateway finds all of it", async () => {
    const { environment, servers } = await start({ days: 0 });
    expect(environment.SPEKO_BASE_URL).toBe(servers.speko.baseUrl);
    expect(Object.keys(environment)).toHaveLength(8);
  });

  it("passes seed, host, ports and clock on to every provider", async () => {
    await start({ seed: 5, days: 0 });
    for (const { options } of recorders.values()) {
      expect(options).toMatchObject({ seed: 5, host: "127.0.0.1", port: 0 });
      expect(options.now()).toBe(NOON);
    }
  });

  it("starts only what was asked for, and says so when another one is read", async () => {
    const { servers, conversations } = await start({ providers: ["evo", "portsip"] });
    expect(Object.keys(servers)).toEqual(["evo", "portsip"]);
    expect(() => servers.plivo).toThrow("started without plivo");
    expect(new Set(conversations.map(({ provider }) => provider))).toEqual(new Set(["evo", "portsip"]));
  });

  it("closes what it had started when one provider cannot start", async () => {
    const failing: StartServer = () => Promise.reject(new Error("port taken"));
    let evo: RecordingServer | undefined;
    await expect(
      startSandbox({
        traffic: null,
        days: 0,
        providers: ["evo", "speko"],
        starters: {
          evo: async (options) => (evo = await startRecordingServer("evo", options)),
          speko: failing,
        },
      }),
    ).rejects.toThrow("port taken");
    expect(evo?.isClosed).toBe(true);
  });

  it("is empty and still without days and traffic", async () => {
    const { conversations } = await start({ days: 0 });
    expect(conversations).toEqual([]);
  });
});

describe("a test's own conversations", () => {
  it("are played: what is due at once, the rest at its time", async () => {
    let time = NOON;
    const { play, conversations } = await start({ days: 0, now: () => time });
    play(greeting(NOON - 15));
    const { told } = recorders.get("evo")!;
    expect(told.map(({ step }) => step?.do ?? "begin")).toEqual(["begin", "ring", "answer"]);
    time += 5;
    await vi.waitFor(() => expect(told.at(-1)).toMatchObject({ step: { do: "end" }, at: NOON + 5 }));
    expect(conversations.map(({ id }) => id)).toEqual(["evo-test"]);
  });

  it("are driven step by step", async () => {
    const { begin, apply } = await start({ days: 0 });
    const conversation = greeting(NOON);
    begin(conversation);
    apply(conversation, { at: 0, do: "ring", party: "to" });
    apply(conversation, { at: 0, do: "end", reason: "missed" }, NOON + 9_000);
    expect(recorders.get("evo")!.told.map(({ step, at }) => [step?.do, at])).toEqual([
      [undefined, NOON],
      ["ring", NOON],
      ["end", NOON + 9_000],
    ]);
  });
});

describe("traffic in a sandbox", () => {
  it("goes on with the calls that history left open, and begins new ones", async () => {
    const origin = Date.now();
    const { conversations } = await start({
      now: () => NOON + (Date.now() - origin) * 500,
      traffic: { rate: 6_000, speed: 50 },
    });
    const before = conversations.length;
    await vi.waitFor(() => {
      expect(conversations.length).toBeGreaterThan(before + 20);
      const told = [...recorders.values()].flatMap((server) => server.told);
      expect(told.some(({ conversation, at }) => conversation.startedAt < NOON && at > NOON)).toBe(true);
    });
  });

  it("leaves no timer behind once the sandbox is closed", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const { close } = await start({ traffic: { rate: 60, speed: 3 } });
    expect(vi.getTimerCount()).toBeGreaterThan(0);
    await close();
    sandbox = undefined;
    expect(vi.getTimerCount()).toBe(0);
  });
});
