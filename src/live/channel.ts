/**
 * Subscribers who are told the same. What the stream brings is read, executed and serialised once for all of them. Whoever
 * joins is first told what it alone lacks, page by page, until it knows at least as much as the others have been told; from
 * then on it is given what lies behind its own place. Pages are kept for a moment: many who come at once (after a restart,
 * from the same place) are told the same ones.
 */
import { setImmediate as nextTurn, setTimeout as pause } from "node:timers/promises";
import type { GraphQLFormattedError } from "graphql";
import type { End, LiveSource, Numbered, Place, RunningSubscription, Subscriber, Told } from "./live.js";
import { cut, Portions, SharedPage, type Render } from "./portions.js";

/** Rows taken off the stream at once. */
const BATCH = 200;
/** Results handed to subscribers, over all of them, before the event loop gets its turn. */
const TOLD_AT_ONCE = 200_000;
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
  readonly render: Render;
  /** What clients are told of something that was thrown. */
  explain(error: unknown): readonly GraphQLFormattedError[];
  /** The stream could not be read on; it is tried again. */
  onTrouble(error: unknown): void;
  /** The last subscriber has gone. */
  onEmpty(): void;
  now(): number;
}

export class Channel {
  readonly #options: ChannelOptions;
  readonly #source: LiveSource;
  readonly #portions: Portions;
  /** Those who share the stream, with the number up to which each knows everything. */
  readonly #joined = new Map<Subscriber, number>();
  readonly #joining = new Set<Subscriber>();
  readonly #pages = new Map<string, Promise<SharedPage>>();
  #queue: Numbered[] = [];
  #pumping = false;
  #unlisten: Promise<() => void> | null = null;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: ChannelOptions) {
    this.#options = options;
    this.#source = options.source;
    this.#portions = new Portions(options.render);
  }

  get size(): number {
    return this.#joined.size + this.#joining.size;
  }

  /** Begins to tell somebody from a place of its own. Resolves when nothing from now on can be missed. */
  async join(start: Place, subscriber: Subscriber): Promise<RunningSubscription> {
    this.#joining.add(subscriber);
    const listening = (this.#unlisten ??= this.#source.stream.listen((rows) => this.#take(rows)));
    try {
      await listening;
    } catch (error) {
      // Somebody who came meanwhile may have begun anew.
      if (this.#unlisten === listening) this.#unlisten = null;
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
        if (!(await this.#read(page, subscriber))) return;
        if (this.#ends(page.end)) return this.#complete(subscriber);
        const isStill = page.told.length === 0 && page.place.position <= place.position;
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

  /** Tells one subscriber a page, as fast as it reads. False when it has gone meanwhile. */
  async #read(page: SharedPage, subscriber: Subscriber): Promise<boolean> {
    for (let from = 0; from < page.told.length;) {
      const { payloads, end } = await page.portion(from);
      if (!this.#joining.has(subscriber)) return false;
      for (const together of cut(payloads)) {
        subscriber.next(...together);
        await subscriber.drained?.();
        if (!this.#joining.has(subscriber)) return false;
      }
      from = end;
    }
    return true;
  }

  #page(place: Place): Promise<SharedPage> {
    const { key } = place;
    if (key === null) return this.#open(place);
    const known = this.#pages.get(key);
    if (known !== undefined) return known;
    const page = this.#open(place);
    const forget = () => void (this.#pages.get(key) === page && this.#pages.delete(key));
    if (this.#pages.size < MAX_PAGES) this.#pages.set(key, page);
    // A page that leads nowhere would keep those who need more going round in circles.
    page.then(
      ({ told }) => (told.length === 0 ? forget() : void setTimeout(forget, PAGE_KEPT_MS).unref()),
      forget,
    );
    return page;
  }

  async #open(place: Place): Promise<SharedPage> {
    const done = this.#done;
    return new SharedPage(await this.#source.page(place), done, this.#portions);
  }

  #take(rows: readonly Numbered[]): void {
    for (const row of rows) this.#queue.push(row);
    void this.#pump();
  }

  async #pump(): Promise<void> {
    if (this.#pumping) return;
    this.#pumping = true;
    while (this.#queue.length > 0 && !this.#isClosed) {
      const rows = this.#queue.slice(0, Math.max(1, Math.min(BATCH, Math.floor(TOLD_AT_ONCE / this.size))));
      try {
        await this.#share(rows);
        // What has just been told is on its way before more is made, and others have their turn.
        if (this.#queue.length > 0) await nextTurn();
      } catch (error) {
        this.#options.onTrouble(error);
        await pause(RETRY_MS);
      }
    }
    this.#pumping = false;
  }

  /** Tells everybody what rows mean, so much at a time that those who read can do so in between. */
  async #share(rows: readonly Numbered[]): Promise<void> {
    const { told, end } = await this.#source.read(rows);
    let done = 0;
    for (let from = 0; ;) {
      const portion = await this.#portions.render(told, from, true);
      if (this.#isClosed) return;
      const next = told[portion.end];
      const upTo = next === undefined ? rows.length : rows.findIndex((row) => row.sequence >= next.sequence);
      // Told and done in one go: nobody joins in between.
      this.#queue.splice(0, upTo - done);
      this.#tell(told.slice(from, portion.end), portion.payloads, next === undefined ? end : null);
      if (next === undefined) return;
      from = portion.end;
      done = upTo;
      await nextTurn();
    }
  }

  #tell(told: readonly Told[], payloads: readonly string[], end: End): void {
    for (const [subscriber, from] of this.#joined) {
      const first = told.findIndex(({ sequence }) => sequence > from);
      if (first >= 0) subscriber.next(...(first === 0 ? payloads : payloads.slice(first)));
    }
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
