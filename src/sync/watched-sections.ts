/** Parts of sessions that no list and no read of the session gives, read again and again while somebody watches them. */
import type { Logger } from "../http/http-client.js";
import type { EpochMs, Section } from "../model/index.js";
import type { ConnectionDirectory } from "./connection-directory.js";
import { PollLoop } from "./poll-loop.js";
import type { Refresh } from "./refresh.js";
import type { WatchedSession } from "./watches.js";

export interface WatchedSectionsOptions {
  directory: ConnectionDirectory;
  refresh: Pick<Refresh, "refresh">;
  /** Milliseconds from the end of one read to the start of the next; longer and longer while reads fail. */
  everyMs: number;
  now: () => EpochMs;
  log: Logger;
}

/**
 * One loop for each section of each session, however many watch it here. It is this gateway that reads, whichever polls
 * the connection: like all reads by id.
 */
export class WatchedSections {
  readonly #options: WatchedSectionsOptions;
  readonly #loops = new Map<string, { loop: PollLoop; watchers: number }>();
  readonly #ending = new Set<Promise<void>>();

  constructor(options: WatchedSectionsOptions) {
    this.#options = options;
  }

  /** Counts a watcher of what of these sections costs a request of its own; the answer, called once, ends it. */
  watch(sessions: readonly WatchedSession[], sections: readonly Section[]): () => void {
    const keys = sessions.flatMap((session) => {
      const extra = this.#options.directory.get(session.connection)?.connection.extraSections ?? [];
      return sections
        .filter((section) => extra.includes(section))
        .map((section) => this.#enter(session, section));
    });
    return () => keys.splice(0).forEach((key) => this.#leave(key));
  }

  /** Ends every loop; reads in flight are waited for. */
  async stop(): Promise<void> {
    for (const key of [...this.#loops.keys()]) this.#end(key);
    await Promise.all(this.#ending);
  }

  #enter(session: WatchedSession, section: Section): string {
    const key = `${session.connection}\n${session.providerKey}\n${section}`;
    const known = this.#loops.get(key);
    if (known !== undefined) {
      known.watchers += 1;
      return key;
    }
    const { everyMs, now, log } = this.#options;
    const loop = new PollLoop({
      poll: () => this.#read(session, section),
      intervalMs: () => everyMs,
      kickAfterMs: everyMs,
      now,
      log: log.child({ connection: session.connection, section }),
    });
    this.#loops.set(key, { loop, watchers: 1 });
    loop.start();
    return key;
  }

  #leave(key: string): void {
    const known = this.#loops.get(key);
    if (known === undefined) return;
    known.watchers -= 1;
    if (known.watchers === 0) this.#end(key);
  }

  #end(key: string): void {
    const ending = this.#loops.get(key)?.loop.stop();
    this.#loops.delete(key);
    if (ending === undefined) return;
    const done = ending.finally(() => this.#ending.delete(done));
    this.#ending.add(done);
  }

  async #read({ connection, providerKey, providerId }: WatchedSession, section: Section): Promise<void> {
    const request = { connection, providerKey, providerId, sections: [section] };
    const [outcome] = await this.#options.refresh.refresh([request]);
    const failure =
      outcome?.kind === "failed"
        ? outcome.error
        : outcome?.kind === "read"
          ? outcome.failedSections.get(section)
          : undefined;
    if (failure !== undefined) throw failure;
  }
}
