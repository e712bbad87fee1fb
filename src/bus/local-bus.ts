import type { Bus } from "./bus.js";

/** A bus within this process. */
export function createLocalBus(): Bus {
  const listeners = new Set<(upTo: number) => void>();
  return {
    publish(upTo) {
      for (const listener of listeners) listener(upTo);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close() {
      listeners.clear();
      return Promise.resolve();
    },
  };
}
