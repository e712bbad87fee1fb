/** A seeded generator: the same seed gives the same draws on every machine. Not for secrets. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** Whole number, both ends included. */
  int(min: number, max: number): number;
  /** One element, all equally likely. @throws RangeError for an empty list */
  pick<T>(list: readonly T[]): T;
  /** True with probability `p`. */
  chance(p: number): boolean;
  /** One value, each as likely as its weight. @throws RangeError when no weight is above zero */
  weighted<T>(...choices: readonly (readonly [value: T, weight: number])[]): T;
  /** UUID version 4 form, lower case. */
  uuid(): string;
  /** `n` lower-case hexadecimal digits. */
  hex(n: number): string;
  /** `n` decimal digits; the first is never 0. */
  digits(n: number): string;
  /**
   * An independent stream for `label`. It depends on the seed and the label only, not on what was drawn before, so a
   * new draw in one part of the world leaves every other part as it was.
   */
  fork(label: string): Random;
}

/** @param seed any number or text; `1` and `"1"` are the same seed */
export function createRandom(seed: number | string): Random {
  const next = sfc32(String(seed));
  const random: Random = {
    next,
    int: (min, max) => min + Math.floor(next() * (max - min + 1)),
    pick(list) {
      if (list.length === 0) throw new RangeError("Cannot pick from an empty list");
      return list[Math.floor(next() * list.length)]!;
    },
    chance: (p) => next() < p,
    weighted(...choices) {
      let rest = next() * choices.reduce((sum, [, weight]) => sum + weight, 0);
      for (const [value, weight] of choices) {
        if (rest < weight) return value;
        rest -= weight;
      }
      throw new RangeError("Expected at least one weight above zero");
    },
    uuid() {
      const variant = random.pick(["8", "9", "a", "b"]);
      return [
        random.hex(8),
        random.hex(4),
        `4${random.hex(3)}`,
        `${variant}${random.hex(3)}`,
        random.hex(12),
      ].join("-");
    },
    hex: (n) => draw(n, () => random.int(0, 15).toString(16)),
    digits: (n) => draw(n, (index) => String(random.int(index === 0 ? 1 : 0, 9))),
    fork: (label) => createRandom(`${seed}/${label}`),
  };
  return random;
}

function draw(count: number, one: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => one(index)).join("");
}

/** Small Fast Counter (PractRand's sfc32): 128 bits of state, filled from the seed text by FNV-1a with four offsets. */
function sfc32(text: string): () => number {
  let a = fnv1a(text, 0x811c9dc5);
  let b = fnv1a(text, 0x9e3779b9);
  let c = fnv1a(text, 0x85ebca6b);
  let counter = 1;
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
  // Similar seeds begin with similar state; a dozen rounds pull them apart.
  for (let round = 0; round < 12; round += 1) next();
  return next;
}

function fnv1a(text: string, offset: number): number {
  let hash = offset | 0;
  for (const byte of Buffer.from(text, "utf8")) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash;
}
