/** Keeps one connection current: polls by the clock while it is started, and whenever somebody asks. */
import { isProviderError } from "../errors/index.js";
import type { Logger } from "../http/http-client.js";
import type { EpochMs } from "../model/index.js";

export interface PollLoopOptions {
  /** One poll; throws what went wrong. */
  poll(): Promise<void>;
  /** Milliseconds between the end of one poll and the start of the next, as things are now. */
  intervalMs(): number;
  /** A `kick` polls at once when the last poll began longer ago than this, milliseconds. */
  kickAfterMs: number;
  now: () => EpochMs;
  log: Logger;
}

/** Longest pause after failures, milliseconds: a provider that comes back is noticed within it. */
const MAX_BACKOFF_MS = 60_000;

export class PollLoop {
  readonly #options: PollLoopOptions;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  /** Polls that somebody waits for, by their gap. */
  readonly #pending = new Map<number, Promise<void>>();
  #startedAt = -Infinity;
  /** The same by a clock that nobody sets. */
  #began = -Infinity;
  #ended = -Infinity;
  #failures = 0;
  #isStarted = false;
  #stopped = false;

  constructor(options: PollLoopOptions) {
    this.#options = options;
  }

  /** Polls now unless a poll runs or began recently. Resolves when the poll in question is over; never rejects. */
  async kick(maxAgeMs = this.#options.kickAfterMs): Promise<void> {
    if (this.#running !== undefined) return this.#running;
    if (this.#stopped || this.#options.now() - this.#startedAt < maxAgeMs) return;
    return this.#run();
  }

  /**
   * A poll that begins after this call, `gapMs` after the one before it began at the soonest: those who ask for the same
   * meanwhile share it. Resolves when it is over; never rejects.
   */
  anew(gapMs: number): Promise<void> {
    const pending = this.#pending.get(gapMs);
    if (pending !== undefined) return pending;
    const next = this.#afterGap(gapMs, performance.now());
    this.#pending.set(gapMs, next);
    return next;
  }

  /** Polls now, and from then on by the clock. */
  start(): void {
    if (this.#isStarted || this.#stopped) return;
    this.#isStarted = true;
    if (this.#running === undefined) void this.#run();
  }

  /** No more polls by the clock until the next `start`. */
  pause(): void {
    this.#isStarted = false;
    clearTimeout(this.#timer);
  }

  /** The interval has changed: the next poll comes when it says, counted from the last. */
  reschedule(): void {
    if (this.#running === undefined) this.#schedule();
  }

  /** Ends the loop; a poll in flight is waited for. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.pause();
    await this.#running;
  }

  async #afterGap(gapMs: number, askedAt: number): Promise<void> {
    for (;;) {
      while (this.#running !== undefined) await this.#running;
      // Somebody else's poll that began later than this was asked for will do.
      if (this.#began > askedAt || this.#stopped) break;
      const restMs = this.#began + gapMs - performance.now();
      if (restMs <= 0) {
        // Whoever asks from here on wants another one.
        this.#pending.delete(gapMs);
        return this.#run();
      }
      await new Promise<void>((resolve) => {
        setTimeout(resolve, restMs).unref();
      });
    }
    this.#pending.delete(gapMs);
  }

  #run(): Promise<void> {
    clearTimeout(this.#timer);
    this.#startedAt = this.#options.now();
    this.#began = performance.now();
    this.#running = this.#attempt().finally(() => {
      this.#running = undefined;
      this.#ended = performance.now();
      this.#schedule();
    });
    return this.#running;
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    if (this.#stopped || !this.#isStarted) return;
    const intervalMs = this.#options.intervalMs();
    const pauseMs = Math.min(
      intervalMs * 2 ** Math.min(this.#failures, 5),
      Math.max(MAX_BACKOFF_MS, intervalMs),
    );
    const restMs = this.#ended + pauseMs - performance.now();
    this.#timer = setTimeout(() => void this.#run(), Math.max(0, restMs));
    this.#timer.unref();
  }

  async #attempt(): Promise<void> {
    try {
      await this.#options.poll();
      this.#failures = 0;
    } catch (error) {
      if (this.#stopped) return;
      this.#failures += 1;
      const level = isProviderError(error) ? "warn" : "error";
      this.#options.log[level]({ err: error, failures: this.#failures }, "poll failed");
    }
  }
}
