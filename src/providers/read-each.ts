import { BadUserInputError, isProviderError } from "../errors/index.js";
import type { ReadOutcome } from "./provider.js";

/**
 * Reads sessions one request at a time, at most `limit` in flight: for providers that cannot read several at once. One
 * outcome per id, in order. A provider's failure is the outcome of its own id; an id that cannot stand in a path names
 * nothing and is absent. Rejects only with what is neither, such as the reason of an aborted signal.
 */
export async function readEach(
  ids: readonly string[],
  limit: number,
  read: (id: string) => Promise<ReadOutcome>,
): Promise<ReadOutcome[]> {
  return mapBounded(ids, limit, async (id): Promise<ReadOutcome> => {
    try {
      return await read(id);
    } catch (error) {
      if (isProviderError(error)) return { kind: "failed", error };
      if (error instanceof BadUserInputError) return { kind: "absent" };
      throw error;
    }
  });
}

/** `Promise.all` over `map`, with at most `limit` running. Stops starting new ones after the first rejection. */
export async function mapBounded<Item, Result>(
  items: readonly Item[],
  limit: number,
  map: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const queue = items.entries();
  let failed = false;
  const worker = async () => {
    for (const [index, item] of queue) {
      if (failed) return;
      try {
        results[index] = await map(item);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  return results;
}
