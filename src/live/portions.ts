/**
 * What is told, executed portion by portion: how much stands in memory at once is bounded by bytes, not by how many things
 * there are to tell. A page of a hundred sessions may be a hundred transcripts, and whoever reads it may have stopped.
 */
import type { End, Page, Place, Told } from "./live.js";

/** Text of one portion, about, in characters. */
const PORTION_LENGTH = 256 * 1_024;
/** How long a text is taken to be before any has been made, characters: the first portion is a try. */
const FIRST_GUESS = 16 * 1_024;
/** For how long a portion is told to others who come to it, milliseconds. */
const KEPT_MS = 1_000;
/** Text of one page that is kept, characters; what is more is made again for whoever comes to it. */
const KEPT_LENGTH = 8 * 1_024 * 1_024;

/** Text that is handed to one subscriber before it is asked whether it has room for more, characters. */
const TOGETHER_LENGTH = 64 * 1_024;

/** A piece of what there is to tell. */
export interface Portion {
  payloads: string[];
  /** Index behind the last of them. */
  end: number;
}

/** Executes the operation for each root value and serialises what came of it. */
export type Render = (values: readonly unknown[]) => Promise<string[]>;

/** Cuts what one channel tells into portions, by how long its texts have been. */
export class Portions {
  readonly #render: Render;
  #lengthEach = FIRST_GUESS;

  constructor(render: Render) {
    this.#render = render;
  }

  /** Renders from an index on. With `isWhole` things that have one number stay together. */
  async render(told: readonly Told[], from: number, isWhole: boolean): Promise<Portion> {
    let end = Math.min(told.length, from + Math.max(1, Math.floor(PORTION_LENGTH / this.#lengthEach)));
    while (isWhole && end < told.length && told[end]?.sequence === told[end - 1]?.sequence) end += 1;
    const payloads = await this.#render(told.slice(from, end).map(({ value }) => value));
    // Long ones are remembered for a while: they come again.
    const each = lengthOf(payloads) / Math.max(1, payloads.length);
    this.#lengthEach = Math.max(1, each, this.#lengthEach / 2);
    return { payloads, end };
  }
}

/**
 * What follows one place, for all who are there. Portions are rendered when somebody asks for them, and kept for a moment:
 * many who come at once are told the same ones, and one who does not read holds on to a single portion.
 */
export class SharedPage {
  readonly told: readonly Told[];
  readonly place: Place;
  readonly end: End;
  /** Up to here the others had been told when it was begun: whoever is given it may have come later. */
  readonly done: number;
  readonly #portions: Portions;
  readonly #kept = new Map<number, Promise<Portion>>();
  #keptLength = 0;

  constructor({ told, place, end }: Page, done: number, portions: Portions) {
    this.done = done;
    this.told = told;
    this.place = place;
    this.end = end;
    this.#portions = portions;
  }

  /** What follows an index of what is told. */
  portion(from: number): Promise<Portion> {
    const known = this.#kept.get(from);
    if (known !== undefined) return known;
    const portion = this.#portions.render(this.told, from, false);
    this.#kept.set(from, portion);
    const forget = () => void this.#kept.delete(from);
    portion.then(({ payloads }) => {
      const length = lengthOf(payloads);
      if (this.#keptLength + length > KEPT_LENGTH) return forget();
      this.#keptLength += length;
      setTimeout(() => {
        forget();
        this.#keptLength -= length;
      }, KEPT_MS).unref();
    }, forget);
    return portion;
  }
}

/** Texts in their order, so many together as may leave in one write. */
export function cut(payloads: readonly string[]): string[][] {
  const groups: string[][] = [];
  let room = 0;
  for (const payload of payloads) {
    const group = payload.length > room ? undefined : groups.at(-1);
    if (group === undefined) {
      groups.push([payload]);
      room = TOGETHER_LENGTH;
    } else group.push(payload);
    room -= payload.length;
  }
  return groups;
}

function lengthOf(payloads: readonly string[]): number {
  return payloads.reduce((sum, { length }) => sum + length, 0);
}
