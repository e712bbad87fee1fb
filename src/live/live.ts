/** What is live, as the rooms around it see it: somebody who is told, and something that is told of. */
import type { WatchTarget } from "../sync/watches.js";

export type { RunningSubscription, Subscriber } from "./subscriber.js";
export type { WatchTarget } from "../sync/watches.js";

/** Something to be told. */
export interface Told {
  /** Its place in the stream. */
  sequence: number;
  /** The root value of the operation. */
  value: unknown;
}

/** What a stream is made of. */
export interface Numbered {
  sequence: number;
}

/** Something that goes on happening, in one order, the same for everybody. */
export interface Stream {
  /** All up to this number has been handed to those who listen. */
  readonly position: number;
  /** Answers, once nothing from now on is missed, what ends it. Listeners are called with rows in order. */
  listen(listener: (rows: readonly Numbered[]) => void): Promise<() => void>;
}

/** How far a subscriber has come before it shares the stream with the others. */
export interface Place {
  /** It knows everything up to this number. */
  position: number;
  /** False while there is something that it must be told on its own, whatever the stream does. */
  isJoinable: boolean;
  /** Equal for places from which the same follows; null for one that only this subscriber is at. */
  key: string | null;
}

/** When a subscription is over: at a moment (epoch milliseconds), at once, or not in sight. */
export type End = number | "NOW" | null;

/** A piece of what one subscriber is told on its own. */
export interface Page<P extends Place = Place> {
  told: Told[];
  place: P;
  end: End;
}

/**
 * What one subscription tells: the field's arguments, read and checked. Those of one channel differ only in where they
 * start. GraphQL wants an iterable of whatever a subscription field answers; channels never iterate it.
 */
export interface LiveSource<P extends Place = Place> extends AsyncIterable<unknown> {
  readonly stream: Stream;
  readonly start: P;
  /** What follows a place. Rejects with what is wrong with it: a place that is too old, for one. */
  page(place: P): Promise<Page<P>>;
  /** What rows of the stream mean to everybody who has come so far. */
  read(rows: readonly Numbered[]): Promise<{ told: Told[]; end: End }>;
  /** Whom to poll fast meanwhile. */
  readonly watched: WatchTarget;
}

/** For the part of a source that GraphQL demands and nobody uses. */
export function* never(): Generator<never> {
  throw new RangeError("a live source is told through its channel");
}
