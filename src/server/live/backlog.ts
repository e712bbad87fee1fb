/** What waits for one client to read it: bounded, so that somebody who does not read costs the gateway little. */
import type { LiveLimits } from "./limits.js";

/** What a connection tells of its own buffers. */
export interface Buffers {
  /** Bytes that were written and are not with the operating system yet. */
  waitingBytes(): number;
  /** Bytes that the operating system has taken so far. */
  takenBytes(): number;
}

export interface Backlog {
  /** True when there is more than a client may have waiting. To be asked before each write. */
  isFull(): boolean;
  /** Messages are handed to the connection; answers what to call when they have left it, or were thrown away with it. */
  added(count?: number): () => void;
  /** True while no more waits than half of what may. */
  hasRoom(): boolean;
  /** Resolves when there is room for half of what may wait, or after `release`. */
  drained(): Promise<void>;
  /** The client is gone: nobody waits any longer. */
  release(): void;
  /** True when something waited at the last question and none of it has moved since. */
  isStuck(): boolean;
  /** For the log. */
  describe(): { waitingBytes: number; waitingMessages: number };
}

/** Builds the backlog of one connection. */
export function createBacklog(buffers: Buffers, limits: LiveLimits): Backlog {
  let messages = 0;
  let released = false;
  let takenBefore = 0;
  let waitedBefore = false;
  let waiting: (() => void)[] = [];

  const hasRoom = () =>
    messages <= limits.maxBufferedMessages / 2 && buffers.waitingBytes() <= limits.maxBufferedBytes / 2;
  function wake(): void {
    const woken = waiting;
    waiting = [];
    for (const resolve of woken) resolve();
  }
  function left(count: number): void {
    messages -= count;
    if (waiting.length > 0 && hasRoom()) wake();
  }
  const oneLeft = () => left(1);

  return {
    // Looked at before a write and not after it: a single message may be as large as it has to be.
    isFull: () => messages > limits.maxBufferedMessages || buffers.waitingBytes() > limits.maxBufferedBytes,
    added(count = 1) {
      messages += count;
      return count === 1 ? oneLeft : () => left(count);
    },
    hasRoom,
    drained: () =>
      released || hasRoom() ? Promise.resolve() : new Promise((resolve) => void waiting.push(resolve)),
    release() {
      released = true;
      wake();
    },
    isStuck() {
      const taken = buffers.takenBytes();
      const stuck = waitedBefore && taken === takenBefore;
      takenBefore = taken;
      waitedBefore = buffers.waitingBytes() > 0;
      return stuck;
    },
    describe: () => ({ waitingBytes: buffers.waitingBytes(), waitingMessages: messages }),
  };
}
