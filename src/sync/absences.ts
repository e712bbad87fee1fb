import type { EpochMs } from "../model/index.js";

/** Ids that a provider has just said it does not know: who asks again within seconds is answered without a request. */
export class Absences {
  readonly #since = new Map<string, EpochMs>();

  constructor(
    /** How long an absence counts, milliseconds. */
    private readonly lastsMs: number,
    /** Ids remembered at most; the oldest is forgotten first. */
    private readonly limit: number,
  ) {}

  note(key: string, at: EpochMs): void {
    this.#since.delete(key);
    this.#since.set(key, at);
    const [oldest] = this.#since.keys();
    if (this.#since.size > this.limit && oldest !== undefined) this.#since.delete(oldest);
  }

  forget(key: string): void {
    this.#since.delete(key);
  }

  has(key: string, now: EpochMs): boolean {
    const since = this.#since.get(key);
    if (since === undefined) return false;
    if (now - since <= this.lastsMs) return true;
    this.#since.delete(key);
    return false;
  }
}
