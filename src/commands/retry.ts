import { setTimeout as sleep } from "node:timers/promises";

/** Tries again every second, for half a minute; then gives up without a word. */
export async function retry(work: () => Promise<void>): Promise<void> {
  for (let left = 30; left > 0; left -= 1) {
    await sleep(1_000, undefined, { ref: false });
    try {
      return await work();
    } catch {
      // Still away.
    }
  }
}
