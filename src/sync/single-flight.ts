/** Work in flight by key: whoever asks for the same thing meanwhile gets the same promise. */
export class SingleFlight<T> {
  readonly #flights = new Map<string, Promise<T>>();

  /** The promise in flight for a key, if there is one. */
  get(key: string): Promise<T> | undefined {
    return this.#flights.get(key);
  }

  /** Registers a promise until it settles. */
  set(key: string, flight: Promise<T>): Promise<T> {
    this.#flights.set(key, flight);
    const forget = () => {
      if (this.#flights.get(key) === flight) this.#flights.delete(key);
    };
    flight.then(forget, forget);
    return flight;
  }

  /** Joins the flight of this key, or starts one. */
  do(key: string, start: () => Promise<T>): Promise<T> {
    return this.get(key) ?? this.set(key, start());
  }
}
