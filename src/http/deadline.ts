/** Why a deadline's signal fired when nobody else had fired it. */
export class DeadlineError extends Error {
  readonly timeoutMs: number;

  constructor(timeoutMs: number) {
    super(`deadline of ${timeoutMs} ms passed`);
    this.name = "DeadlineError";
    this.timeoutMs = timeoutMs;
  }
}

/** Node's timers hold 31 bits; a longer one would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * A time limit joined with other reasons to stop. Its signal fires with a parent's reason, or with a `DeadlineError`.
 * Disposing removes the timer and the listeners it put on its parents, which often outlive it: declare it with `using`.
 */
export class Deadline implements Disposable {
  readonly #controller = new AbortController();
  readonly #endsAt: number;
  readonly #timer: NodeJS.Timeout;
  readonly #listeners: (() => void)[] = [];

  constructor(timeoutMs: number, ...parents: readonly (AbortSignal | undefined)[]) {
    this.#endsAt = performance.now() + timeoutMs;
    this.#timer = setTimeout(
      () => this.#controller.abort(new DeadlineError(timeoutMs)),
      Math.min(timeoutMs, LONGEST_TIMER_MS),
    );
    for (const parent of parents) {
      if (parent === undefined) continue;
      if (parent.aborted) {
        this.#controller.abort(parent.reason);
        continue;
      }
      const listener = () => this.#controller.abort(parent.reason);
      parent.addEventListener("abort", listener, { once: true });
      this.#listeners.push(() => parent.removeEventListener("abort", listener));
    }
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Never negative. */
  get remainingMs(): number {
    return Math.max(0, this.#endsAt - performance.now());
  }

  /** Resolves after `ms`; rejects with the signal's reason when that comes first. */
  async sleep(ms: number): Promise<void> {
    const { signal } = this;
    signal.throwIfAborted();
    await new Promise<void>((resolve, reject) => {
      const onAbort = () => {
        clearTimeout(timer);
        reject(signal.reason);
      };
      const timer = setTimeout(() => {
        signal.removeEventListener("abort", onAbort);
        resolve();
      }, ms);
      signal.addEventListener("abort", onAbort, { once: true });
    });
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    for (const remove of this.#listeners) remove();
  }
}
