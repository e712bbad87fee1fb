/**
 * Subscribers who are told the same. What the stream brings is read, executed and serialised once for all of them. Whoever
 * joins is first told what it alone lacks, page by page, until it knows at least as much as the others have been told; from
 * then on it is given what lies behind its own place. Pages are kept for a moment: many who come at once (after a restart,
 * from the same place) are told the same ones.
 */
import { setTimeout as pause } from "node:timers/promises";
import type { GraphQLFormattedError } from "graphql";
import type { End, LiveSource, Numbered, Place, RunningSubscription, Subscriber, Told } from "./live.js";

/** Rows taken off the stream at once. */
const BATCH = 200;
/** For how long a page is told to others who are at its place, milliseconds. */
const PAGE_KEPT_MS = 1_000;
/** Pages kept at most. */
const MAX_PAGES = 64;
/** Before the stream is tried again after the database has failed, milliseconds. */
const RETRY_MS = 500;
/** Longest timer there is. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** What a channel is made with. */
export interface ChannelOptions {
  source: LiveSource;
  /** Executes the operation for each root value and serialises what came of it. */
  render(values: readonly unknown[]): Promise<string[]>;
  /** What clients are told of something that was thrown. */
  explain(error: unknown): readonly GraphQLFormattedError[];
  /** The stream could not be read on; it is tried again. */
  onTrouble(error: unknown): void;
  /** The last subscriber has gone. */
  onEmpty(): void;
  now(): number;
}

interface RenderedPage {
  /** Up to here the others had been told when it was begun: whoever is given it may have come later. */
  done: number;
  payloads: string[];
  place: Place;
  end: End;
}

export class Channel {
  readonly #options: ChannelOptions;
  readonly #source: LiveSource;
  /** Those who share the stream, with the number up to which each knows everything. */
  readonly #joined = new Map<Subscriber, number>();
  readonly #joining = new Set<Subscriber>();
  readonly #pages = new Map<string, Promise<RenderedPage>>();
  #queue: Numbered[] = [];
  #pumping = false;
  #unlisten: Promise<() => void> | null = null;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: ChannelOptions) {
    this.#options = options;
    this.#source = options.source;
  }

  get size(): number {
    return this.#joined.size + this.#joining.size;
  }

  /** Begins to tell somebody from a place of its own. Resolves when nothing from now on can be missed. */
  async join(start: Place, subscriber: Subscriber): Promise<RunningSubscription> {
    this.#joining.add(subscriber);
    try {
      await (this.#unlisten ??= this.#source.stream.listen((rows) => this.#take(rows)));
    } catch (error) {
      this.#unlisten = null;
      this.#leave(subscriber);
      throw error;
    }
    void this.#bring(start, subscriber);
    return { stop: () => this.#leave(subscriber) };
  }

  /** Ends everything, told with nothing. */
  close(): void {
    this.#isClosed = true;
    this.#joined.clear();
    this.#joining.clear();
    this.#empty();
  }

  /** Up to which number the rows of the stream have been told. */
  get #done(): number {
    const next = this.#queue[0];
    return next === undefined ? this.#source.stream.position : next.sequence - 1;
  }

  /** Tells one subscriber what it lacks, and lets it share the stream. */
  async #bring(start: Place, subscriber: Subscriber): Promise<void> {
    try {
      let place = start;
      // From the check to the joining nothing else runs: what is told meanwhile is told to it.
      while (!place.isJoinable || place.position < this.#done) {
        const page = await this.#page(place);
        if (!this.#joining.has(subscriber)) return;
        for (const payload of page.payloads) {
          subscriber.next(payload);
          // A page of heavy sessions is more than may wait at once for a client that reads as fast as it can.
          await subscriber.drained?.();
          if (!this.#joining.has(subscriber)) return;
        }
        if (this.#ends(page.end)) return this.#complete(subscriber);
        const isStill = page.payloads.length === 0 && page.place.position <= place.position;
        // Nothing lies behind it, although others are further: what they have been told has been removed since.
        place = isStill ? { ...page.place, position: Math.max(page.done, place.position) } : page.place;
      }
      this.#joining.delete(subscriber);
      this.#joined.set(subscriber, place.position);
    } catch (error) {
      if (!this.#joining.has(subscriber)) return;
      this.#leave(subscriber);
      subscriber.error(this.#options.explain(error));
    }
  }

  #page(place: Place): Promise<RenderedPage> {
    const { key } = place;
    if (key === null) return this.#render(place);
    const known = this.#pages.get(key);
    if (known !== undefined) return known;
    const page = this.#render(place);
    const forget = () => void (this.#pages.get(key) === page && this.#pages.delete(key));
    if (this.#pages.size < MAX_PAGES) this.#pages.set(key, page);
    // A page that leads nowhere would keep those who need more going round in circles.
    page.then(
      ({ payloads }) => (payloads.length === 0 ? forget() : void setTimeout(forget, PAGE_KEPT_MS).unref()),
      forget,
    );
    return page;
  }

  async #render(place: Place): Promise<RenderedPage> {
    const done = this.#done;
    const { told, place: next, end } = await this.#source.page(place);
    return { done, payloads: await this.#options.render(told.map(({ value }) => value)), place: next, end };
  }

  #take(rows: readonly Numbered[]): void {
    for (const row of rows) this.#queue.push(row);
    void this.#pump();
  }

  async #pump(): Promise<void> {
    if (this.#pumping) return;
    this.#pumping = true;
    while (this.#queue.length > 0 && !this.#isClosed) {
      const rows = this.#queue.slice(0, BATCH);
      try {
        const { told, end } = await this.#source.read(rows);
        const payloads = await this.#options.render(told.map(({ value }) => value));
        // Told and done in one go: nobody joins in between.
        this.#queue.splice(0, rows.length);
        this.#tell(told, payloads, end);
      } catch (error) {
        this.#options.onTrouble(error);
        await pause(RETRY_MS);
      }
    }
    this.#pumping = false;
  }

  #tell(told: readonly Told[], payloads: readonly string[], end: End): void {
    told.forEach(({ sequence }, index) => {
      const payload = payloads[index] ?? "";
      for (const [subscriber, from] of this.#joined) if (sequence > from) subscriber.next(payload);
    });
    if (this.#ends(end)) for (const subscriber of [...this.#joined.keys()]) this.#complete(subscriber);
  }

  /** True when it is over; when it will be is noted. */
  #ends(end: End): boolean {
    clearTimeout(this.#timer);
    if (this.#isClosed) return false;
    if (end === "NOW" || end === null) return end === "NOW";
    const wait = Math.min(Math.max(0, end - this.#options.now()), MAX_TIMER_MS);
    this.#timer = setTimeout(() => void this.#settle(), wait);
    this.#timer.unref();
    return false;
  }

  /** The moment has come at which it is over, unless something has changed meanwhile. */
  async #settle(): Promise<void> {
    try {
      const { end } = await this.#source.read([]);
      if (this.#queue.length === 0) this.#tell([], [], end);
    } catch (error) {
      this.#options.onTrouble(error);
      this.#ends(this.#options.now() + RETRY_MS);
    }
  }

  #complete(subscriber: Subscriber): void {
    this.#leave(subscriber);
    subscriber.complete();
  }

  #leave(subscriber: Subscriber): void {
    const wasThere = this.#joined.delete(subscriber) || this.#joining.delete(subscriber);
    if (wasThere && this.size === 0) {
      this.#isClosed = true;
      this.#empty();
    }
  }

  #empty(): void {
    clearTimeout(this.#timer);
    this.#queue = [];
    this.#pages.clear();
    void this.#unlisten?.then((unlisten) => unlisten()).catch(() => undefined);
    this.#options.onEmpty();
  }
}
