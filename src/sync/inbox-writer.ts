/**
 * Deliveries written down in groups. Each has to be on disk before it is answered, and a disk takes about as long for
 * many as for one: those that come while a group is being written make up the next.
 */
import type { NewDelivery, Written } from "../store/store.js";

/** Deliveries in one transaction at most. */
const MAX_GROUP = 200;

interface Waiting {
  delivery: NewDelivery;
  resolve(written: Written): void;
  reject(error: unknown): void;
}

/** Answers when the delivery is on disk; rejects with what kept it from getting there. */
export type InboxWriter = (delivery: NewDelivery) => Promise<Written>;

/** @param add writes a group, and answers a word for each of it */
export function createInboxWriter(add: (group: readonly NewDelivery[]) => Promise<Written[]>): InboxWriter {
  const waiting: Waiting[] = [];
  let isWriting = false;

  async function writeAll(): Promise<void> {
    isWriting = true;
    while (waiting.length > 0) {
      // Whatever else has come in by now goes along.
      await new Promise((resolve) => setImmediate(resolve));
      const group = waiting.splice(0, MAX_GROUP);
      try {
        const words = await add(group.map(({ delivery }) => delivery));
        group.forEach(({ resolve }, index) => resolve(words[index] ?? "AGAIN"));
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    isWriting = false;
  }

  return (delivery) =>
    new Promise((resolve, reject) => {
      waiting.push({ delivery, resolve, reject });
      if (!isWriting) void writeAll();
    });
}
