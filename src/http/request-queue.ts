import type { Priority } from "./http-client.js";
import type { RateLimiter } from "./rate-limiter.js";

/** Gives the slot back. Calling it again does nothing. */
export type Release = () => void;

interface Ticket {
  admit: () => void;
}

/**
 * Who may send now: at most `maxConcurrency` at once, at the limiter's pace, user requests before background ones,
 * each kind in the order it came. Background work leaves one slot free, so that a slow provider never makes a user wait
 * behind a backfill.
 */
export class RequestQueue {
  readonly #limiter: RateLimiter;
  readonly #slots: Record<Priority, number>;
  readonly #waiting: Record<Priority, Set<Ticket>> = { user: new Set(), background: new Set() };
  #inFlight = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(maxConcurrency: number, limiter: RateLimiter) {
    this.#limiter = limiter;
    this.#slots = { user: maxConcurrency, background: Math.max(1, maxConcurrency - 1) };
  }

  /** True when the rate, not the number of slots, is what holds requests back. */
  get isRateBound(): boolean {
    return this.#inFlight < this.#slots.user && this.#limiter.waitMs > 0;
  }

  /** Resolves when the request may be sent. Rejects with the signal's reason when that comes first. */
  acquire(priority: Priority, signal: AbortSignal): Promise<Release> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(signal.reason);
        return;
      }
      const onAbort = () => {
        this.#waiting[priority].delete(ticket);
        this.#pump();
        reject(signal.reason);
      };
      const ticket: Ticket = {
        admit: () => {
          signal.removeEventListener("abort", onAbort);
          resolve(this.#createRelease());
        },
      };
      signal.addEventListener("abort", onAbort, { once: true });
      this.#waiting[priority].add(ticket);
      this.#pump();
    });
  }

  #pump(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (let next = this.#next(); next !== undefined; next = this.#next()) {
      const waitMs = this.#limiter.waitMs;
      if (waitMs > 0) {
        this.#timer = setTimeout(() => this.#pump(), waitMs);
        return;
      }
      next.waiting.delete(next.ticket);
      this.#limiter.take();
      this.#inFlight += 1;
      next.ticket.admit();
    }
  }

  /** The first in line that a free slot allows. */
  #next(): { ticket: Ticket; waiting: Set<Ticket> } | undefined {
    for (const priority of ["user", "background"] as const) {
      const waiting = this.#waiting[priority];
      const [ticket] = waiting;
      if (ticket !== undefined && this.#inFlight < this.#slots[priority]) return { ticket, waiting };
    }
    return undefined;
  }

  #createRelease(): Release {
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#inFlight -= 1;
      this.#pump();
    };
  }
}
