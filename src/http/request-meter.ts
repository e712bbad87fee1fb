const WINDOW_MS = 60_000;

/** Counts what went out in the last minute. */
export class RequestMeter {
  readonly #times: number[] = [];

  count(): void {
    this.#forgetOld();
    this.#times.push(performance.now());
  }

  get perMinute(): number {
    this.#forgetOld();
    return this.#times.length;
  }

  #forgetOld(): void {
    const oldest = performance.now() - WINDOW_MS;
    const kept = this.#times.findIndex((time) => time > oldest);
    this.#times.splice(0, kept === -1 ? this.#times.length : kept);
  }
}
