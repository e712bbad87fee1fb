/** So many requests per time. */
export interface RateLimit {
  requests: number;
  perMs: number;
}

/** As much of a limit as one of several processes may use. */
export function shareOf({ requests, perMs }: RateLimit, share = 1): RateLimit {
  return { requests: Math.max(1, requests * share), perMs };
}

/**
 * Token bucket: `requests` at once, refilled evenly over `perMs`. Without a limit only pauses hold requests back.
 * `now` is a monotonic clock in milliseconds.
 */
export class RateLimiter {
  readonly #limit: RateLimit | undefined;
  readonly #now: () => number;
  #tokens: number;
  #filledAt: number;
  #pausedUntil = 0;

  constructor(limit: RateLimit | undefined, now: () => number = () => performance.now()) {
    this.#limit = limit;
    this.#now = now;
    this.#tokens = limit?.requests ?? 0;
    this.#filledAt = now();
  }

  /** Milliseconds until a request may go; 0 means now. */
  get waitMs(): number {
    const now = this.#now();
    const pause = Math.max(0, this.#pausedUntil - now);
    if (this.#limit === undefined) return pause;
    this.#refill(this.#limit, now);
    const missing = Math.max(0, 1 - this.#tokens);
    return Math.max(pause, (missing * this.#limit.perMs) / this.#limit.requests);
  }

  /** Spends the token that `waitMs === 0` promised. */
  take(): void {
    if (this.#limit !== undefined) this.#tokens -= 1;
  }

  /** Holds everything back for a while, because the provider said it has had enough. The longest pause wins. */
  pauseFor(ms: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, this.#now() + ms);
  }

  #refill(limit: RateLimit, now: number): void {
    const earned = ((now - this.#filledAt) * limit.requests) / limit.perMs;
    this.#tokens = Math.min(limit.requests, this.#tokens + earned);
    this.#filledAt = now;
    // A timer that fires a hair early would find 0.9999 of a token and sleep again for nothing.
    if (this.#tokens > 1 - 1e-6 && this.#tokens < 1) this.#tokens = 1;
  }
}
