/**
 * Waiting until what was committed is on disk, while the process goes on with other work. SQLite itself waits in the
 * commit, and nothing else runs meanwhile: two milliseconds a delivery, fifty when the disk is busy.
 *
 * In WAL a commit is whole once its frames are in the file beside the database; flushing that file is all that SQLite would
 * do more. A checkpoint in between is no danger: it flushes the file before it copies it, and the copy before it starts over.
 */
import { open, type FileHandle } from "node:fs/promises";
import { DatabaseUnavailableError } from "../../errors/index.js";

export interface WalDisk {
  /** Resolves when all that was committed before the call is on disk. Rejects with `DatabaseUnavailableError`. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** Of the file that SQLite keeps beside the database of this path for as long as it is open. */
export function createWalDisk(path: string): WalDisk {
  let file: Promise<FileHandle> | null = null;
  let running: Promise<void> | null = null;
  let next: Promise<void> | null = null;

  async function flushNow(): Promise<void> {
    try {
      // Opened to be written to, or Windows does not flush it.
      file ??= open(`${path}-wal`, "r+");
      await (await file).datasync();
    } catch (cause) {
      file = null;
      throw new DatabaseUnavailableError("BROKEN", { cause });
    }
  }

  function begin(): Promise<void> {
    running = flushNow().finally(() => (running = null));
    return running;
  }

  return {
    flush() {
      if (running === null) return begin();
      // What is being flushed may not have what was just committed: one more does for all who come meanwhile.
      next ??= running
        .catch(() => undefined)
        .then(() => {
          next = null;
          return begin();
        });
      return next;
    },
    async close() {
      await (next ?? running)?.catch(() => undefined);
      await (await file?.catch(() => null))?.close();
    },
  };
}
