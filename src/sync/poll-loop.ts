/** Keeps one connection current: the first synchronisation until it has succeeded once, and polls from the start. */
import { isProviderError } from "../errors/index.js";
import type { Logger } from "../http/http-client.js";
import type { EpochMs } from "../model/index.js";

export interface PollLoopOptions {
  /** One poll; throws what went wrong. */
  poll(): Promise<void>;
  /** Milliseconds between the end of one poll and the start of the next. */
  intervalMs: number;
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
  #startedAt = -Infinity;
  #failures = 0;
  #stopped = false;

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
      const pause = Math.min(
        this.#options.intervalMs * 2 ** Math.min(this.#failures, 5),
        Math.max(MAX_BACKOFF_MS, this.#options.intervalMs),
      );
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
