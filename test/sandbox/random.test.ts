import { describe, expect, it } from "vitest";
import { createRandom } from "../../src/sandbox/kit/random.js";

const draws = (seed: number | string): number[] => {
  const random = createRandom(seed);
  return Array.from({ length: 50 }, () => random.next());
};

describe("seeded chance", () => {
  it("draws the same for the same seed, and something else for the next one", () => {
    expect(draws(7)).toEqual(draws("7"));
    expect(draws(7)).not.toEqual(draws(8));
  });

  it("gives a fork the same stream whatever was drawn before", () => {
    const early = createRandom(1).fork("evo").uuid();
    const random = createRandom(1);
    random.hex(100);
    expect(random.fork("evo").uuid()).toBe(early);
    expect(random.fork("plivo").uuid()).not.toBe(early);
  });

  it("is spread evenly", () => {
    const random = createRandom("even");
    const counts = new Array<number>(10).fill(0);
    for (let index = 0; index < 20_000; index += 1) counts[random.int(0, 9)]! += 1;
    expect(Math.min(...counts)).toBeGreaterThan(1_800);
    expect(Math.max(...counts)).toBeLessThan(2_200);
  });

  it("writes ids in their usual forms", () => {
    const random = createRandom(1);
    expect(random.uuid()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(random.hex(32)).toMatch(/^[0-9a-f]{32}$/);
    expect(random.digits(18)).toMatch(/^[1-9]\d{17}$/);
  });

  it("weighs its choices and never takes one that weighs nothing", () => {
    const random = createRandom(1);
    const taken = Array.from({ length: 500 }, () => random.weighted(["a", 3], ["b", 1], ["never", 0]));
    expect(taken).not.toContain("never");
    expect(taken.filter((one) => one === "a").length).toBeGreaterThan(
      taken.filter((one) => one === "b").length,
    );
  });

  it("has nothing to pick from an empty list", () => {
    const random = createRandom(1);
    expect(() => random.pick([])).toThrow(RangeError);
    expect(() => random.weighted(["a", 0])).toThrow(RangeError);
  });
});
