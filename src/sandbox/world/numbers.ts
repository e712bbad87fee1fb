import type { Random } from "../kit/random.js";

/**
 * Number ranges that regulators keep free for fiction, so that nothing here can reach a real telephone: NANP 555-01XX
 * (ATIS-0300115), Ofcom's drama numbers, Bundesnetzagentur notice 148/2021, ARCEP decision 2018-0881.
 */
export const FICTIONAL_RANGES = {
  washington: { prefix: "+1202555", from: 100, to: 199, digits: 4 },
  newYork: { prefix: "+1212555", from: 100, to: 199, digits: 4 },
  chicago: { prefix: "+1312555", from: 100, to: 199, digits: 4 },
  sanFrancisco: { prefix: "+1415555", from: 100, to: 199, digits: 4 },
  miami: { prefix: "+1305555", from: 100, to: 199, digits: 4 },
  london: { prefix: "+44207946", from: 0, to: 999, digits: 4 },
  manchester: { prefix: "+44161496", from: 0, to: 999, digits: 4 },
  berlin: { prefix: "+493023125", from: 0, to: 999, digits: 3 },
  munich: { prefix: "+498999998", from: 0, to: 999, digits: 3 },
  paris: { prefix: "+3319900", from: 0, to: 9999, digits: 4 },
} as const;

export type FictionalRange = keyof typeof FICTIONAL_RANGES;

/** The `index`-th number of a range, E.164. @throws RangeError past the end, which would be somebody's number */
export function fictionalNumber(range: FictionalRange, index: number): string {
  const { prefix, from, to, digits } = FICTIONAL_RANGES[range];
  const value = from + index;
  if (value > to) throw new RangeError(`Range ${range} has no number ${index}`);
  return prefix + String(value).padStart(digits, "0");
}

/** True for numbers that can be nobody's. */
export function isFictionalNumber(number: string): boolean {
  return Object.values(FICTIONAL_RANGES).some(({ prefix, from, to, digits }) => {
    const rest = number.slice(prefix.length);
    return number.startsWith(prefix) && rest.length === digits && Number(rest) >= from && Number(rest) <= to;
  });
}

/** Hands out numbers of a range in a seeded order, none twice, leaving out the first `reserved` for companies. */
export function createNumberPool(random: Random, reserved = 20): (range: FictionalRange) => string {
  const used = new Set<string>();
  return (range) => {
    const { from, to } = FICTIONAL_RANGES[range];
    const available = to - from + 1 - reserved;
    const start = random.int(0, available - 1);
    for (let step = 0; step < available; step += 1) {
      const number = fictionalNumber(range, reserved + ((start + step) % available));
      if (used.has(number)) continue;
      used.add(number);
      return number;
    }
    throw new RangeError(`Range ${range} is used up`);
  };
}
