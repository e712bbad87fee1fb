import type { Person } from "../conversation.js";
import { createRandom, type Random } from "../kit/random.js";
import { NAMES, type NameLanguage } from "./names.js";
import { createNumberPool, type FictionalRange } from "./numbers.js";

/** The people of one seed who are not on anybody's payroll. */
export interface World {
  readonly seed: number | string;
  /** People who call, chat and are called; most speak English. */
  readonly customers: readonly Person[];
  readonly spanishSpeakers: readonly Person[];
  readonly germanSpeakers: readonly Person[];
  /** Drivers and couriers, who only ever meet customers through a masked number. */
  readonly drivers: readonly Person[];
  /** An independent stream of chance for one part of the world. */
  random(label: string): Random;
}

export function createWorld(seed: number | string): World {
  const root = createRandom(seed);
  const numberFrom = createNumberPool(root.fork("numbers"));

  const people = (
    label: string,
    count: number,
    language: NameLanguage,
    ranges: readonly FictionalRange[],
  ): Person[] => {
    const random = root.fork(label);
    return Array.from({ length: count }, () => {
      const name = `${random.pick(NAMES[language].first)} ${random.pick(NAMES[language].last)}`;
      return { name, number: numberFrom(random.pick(ranges)), extension: null, email: emailOf(name, random) };
    });
  };

  return {
    seed,
    customers: people("customers", 90, "en", [
      "washington",
      "chicago",
      "sanFrancisco",
      "london",
      "manchester",
      "paris",
    ]),
    spanishSpeakers: people("spanish speakers", 12, "es", ["miami"]),
    germanSpeakers: people("german speakers", 12, "de", ["berlin", "munich"]),
    drivers: people("drivers", 24, "en", ["newYork", "manchester"]),
    random: (label) => root.fork(label),
  };
}

function emailOf(name: string, random: Random): string {
  const plain = name
    .normalize("NFD")
    .replace(/ß/g, "ss")
    .replace(/[^A-Za-z]+/g, ".")
    .toLowerCase();
  return `${plain}.${random.digits(2)}@example.com`;
}
