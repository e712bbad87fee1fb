import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { SANDBOX_PROVIDERS, type Conversation, type Step } from "../../src/sandbox/conversation.js";
import { createTraffic, type Traffic, type TrafficOptions } from "../../src/sandbox/traffic.js";
import { createHistory } from "../../src/sandbox/world/history.js";
import { createWorld } from "../../src/sandbox/world/world.js";

const NOON = Date.UTC(2026, 10, 20, 12);

interface Told {
  begun: Conversation[];
  steps: { id: string; step: Step; at: number; heardAt: number }[];
}

let traffic: Traffic;

function listen(options: Partial<TrafficOptions> = {}): Told {
  const told: Told = { begun: [], steps: [] };
  traffic = createTraffic({
    world: createWorld(1),
    now: () => Date.now(),
    rate: 30,
    onBegin: (conversation) => void told.begun.push(conversation),
    onStep: ({ id }, step, at) => void told.steps.push({ id, step, at, heardAt: Date.now() }),
    ...options,
  });
  return told;
}

beforeEach(() => void vi.useFakeTimers({ now: NOON }));

afterEach(() => {
  traffic.stop();
  vi.useRealTimers();
});

describe("traffic", () => {
  it("begins conversations of every provider at the rate it was given", () => {
    const told = listen({ rate: 60 });
    traffic.start();
    vi.advanceTimersByTime(5 * 60_000);
    expect(told.begun.length).toBeGreaterThan(250);
    expect(told.begun.length).toBeLessThan(400);
    expect(new Set(told.begun.map(({ provider }) => provider))).toEqual(new Set(SANDBOX_PROVIDERS));
  });

  it("tells each step at its time, in order, after the beginning", () => {
    const told = listen();
    traffic.start();
    vi.advanceTimersByTime(10 * 60_000);
    const begun = new Map(told.begun.map((one) => [one.id, one]));
    for (const [id, heard] of Map.groupBy(told.steps, (one) => one.id)) {
      const conversation = begun.get(id)!;
      expect(heard.map(({ step }) => step)).toEqual(conversation.steps.slice(0, heard.length));
      expect(heard.every(({ at, step }) => at === conversation.startedAt + step.at)).toBe(true);
      expect(heard.every(({ at, heardAt }) => heardAt - at >= 0 && heardAt - at <= 2)).toBe(true);
    }
    const times = told.steps.map(({ at }) => at);
    expect(times).toEqual(times.toSorted((one, other) => one - other));
  });

  it("makes the same conversations for the same seed", () => {
    const tell = (seed: number): string[] => {
      const told = listen({ world: createWorld(seed) });
      traffic.start();
      vi.advanceTimersByTime(2 * 60_000);
      traffic.stop();
      return told.begun.map(({ id }) => id);
    };
    expect(tell(1)).toEqual(tell(1));
    expect(tell(1)).not.toEqual(tell(2));
  });

  it("lets calls end within a visitor's patience when life goes three times as fast", () => {
    const told = listen({ speed: 3 });
    traffic.start();
    vi.advanceTimersByTime(20 * 60_000);
    const spans = told.begun
      .filter(({ provider }) => provider !== "plivo")
      .map(({ steps }) => steps.find((step) => step.do === "end")!.at);
    expect(spans.toSorted((one, other) => one - other)[Math.floor(spans.length / 2)]).toBeLessThan(45_000);
    expect(Math.max(...spans)).toBeLessThan(120_000);
  });

  it("goes on with what was going on already, and does not repeat it", () => {
    const told = listen({ rate: 0 });
    const live = createHistory({ seed: 1, now: NOON }).filter(
      ({ startedAt, steps }) => startedAt + steps.at(-1)!.at > NOON,
    );
    for (const one of live) {
      traffic.adopt(one, one.steps.filter(({ at }) => one.startedAt + at <= NOON).length);
    }
    expect(traffic.running).toBe(live.length);
    vi.advanceTimersByTime(2 * 3_600_000);
    expect(traffic.running).toBe(0);
    expect(told.steps.every(({ at }) => at > NOON)).toBe(true);
  });

  it("begins only what the started providers can take", () => {
    const told = listen({ providers: ["evo"], rate: 120 });
    traffic.start();
    vi.advanceTimersByTime(5 * 60_000);
    expect(new Set(told.begun.map(({ provider }) => provider))).toEqual(new Set(["evo"]));
  });

  it("stops at once and leaves no timer behind", () => {
    const told = listen({ rate: 120 });
    traffic.start();
    vi.advanceTimersByTime(60_000);
    traffic.stop();
    const heard = told.steps.length;
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(10 * 60_000);
    expect(told.steps).toHaveLength(heard);
    expect(traffic.running).toBe(0);
  });
});
