/** Keeps one connection current: the first synchronisation until it has succeeded once, and polls from the start. */
import { isProviderError } from "../errors/index.js";
import type { Logger } from "../http/http-client.js";
import type { EpochMs } from "../model/index.js";

export interface PollLoopOptions {
  /** One poll; throws what went wrong. */
  poll(): Promise<void>;
  /** Milliseconds between the end of one poll and the start of the next. */
  intervalMs: number;
  /**
   * A `kick` polls at once when the last poll began longer ago than this, milliseconds; and while somebody watches, this is
   * the pause between two polls.
   */
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
  #startedAt = -Infinity;
  #failures = 0;
  #stopped = false;
  #watchers = 0;

  constructor(options: PollLoopOptions) {
    this.#options = options;
  }

  /** When the last poll began. */
  get startedAt(): EpochMs {
    return this.#startedAt;
  }

  /** Polls now unless a poll runs or began recently. Resolves when the poll in question is over; never rejects. */
  async kick(maxAgeMs = this.#options.kickAfterMs): Promise<void> {
    if (this.#running !== undefined) return this.#running;
    if (this.#stopped || this.#options.now() - this.#startedAt < maxAgeMs) return;
    clearTimeout(this.#timer);
    return this.#run();
  }

  /** Somebody watches, until the answer is called: it is polled fast. */
  watch(): () => void {
    this.#watchers += 1;
    if (this.#watchers === 1) void this.kick();
    let isOver = false;
    return () => {
      if (!isOver) this.#watchers -= 1;
      isOver = true;
    };
  }

  /** Ends the loop; a poll in flight is waited for. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  /** Polls for the first time, and from then on by the clock. */
  start(): void {
    void this.#run();
  }

  #run(): Promise<void> {
    this.#startedAt = this.#options.now();
    this.#running = this.#attempt().finally(() => {
      this.#running = undefined;
      if (this.#stopped) return;
      const { intervalMs, kickAfterMs } = this.#options;
      const interval = this.#watchers > 0 ? Math.min(kickAfterMs, intervalMs) : intervalMs;
      const pause = Math.min(interval * 2 ** Math.min(this.#failures, 5), Math.max(MAX_BACKOFF_MS, interval));
      this.#timer = setTimeout(() => void this.#run(), pause);
      this.#timer.unref();
    });
    return this.#running;
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
