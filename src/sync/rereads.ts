/** Sessions that a push said have changed, read again: soon, each once however much happens to it, within bounds. */
import { isProviderError } from "../errors/index.js";
import type { Logger } from "../http/http-client.js";
import type { Ingest } from "../ingest/ingest.js";
import type { SessionSnapshot } from "../model/index.js";
import type { ConnectionDirectory, ConnectionState } from "./connection-directory.js";

export interface RereadsDependencies {
  ingest: Ingest;
  directory: ConnectionDirectory;
  log: Logger;
  signal: AbortSignal;
}

/** What happens to a session within this time is one read, milliseconds. */
const GATHER_MS = 50;
/** From the start of one batch to the start of the next at least, milliseconds. */
const GAP_MS = 500;

export class Rereads {
  readonly #state: ConnectionState;
  readonly #dependencies: RereadsDependencies;
  readonly #wanted = new Map<string, SessionSnapshot | undefined>();
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #startedAt = -Infinity;

  constructor(state: ConnectionState, dependencies: RereadsDependencies) {
    this.#state = state;
    this.#dependencies = dependencies;
  }

  /** `otherwise` is stored where the provider does not know the session. */
  add(providerId: string, otherwise?: SessionSnapshot): void {
    this.#wanted.set(providerId, otherwise ?? this.#wanted.get(providerId));
    this.#schedule();
  }

  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    this.#wanted.clear();
    await this.#running;
  }

  #schedule(): void {
    if (this.#timer !== undefined || this.#running !== undefined || this.#wanted.size === 0) return;
    const restMs = Math.max(GATHER_MS, this.#startedAt + GAP_MS - performance.now());
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#running = this.#read().finally(() => {
        this.#running = undefined;
        this.#schedule();
      });
    }, restMs);
    this.#timer.unref();
  }

  async #read(): Promise<void> {
    const { ingest, directory, log, signal } = this.#dependencies;
    const { connection, name } = this.#state;
    this.#startedAt = performance.now();
    const batch = [...this.#wanted];
    this.#wanted.clear();
    try {
      const outcomes = await connection.readSessions(
        batch.map(([id]) => id),
        { priority: "background", signal },
      );
      const snapshots = outcomes.flatMap((outcome, index) => {
        if (outcome.kind === "found") return [outcome.snapshot];
        return batch[index]?.[1] ?? [];
      });
      await ingest.ingest(name, snapshots);
      const failure = outcomes.find((outcome) => outcome.kind === "failed");
      if (failure?.kind === "failed") directory.failed(name, failure.error);
      else directory.succeeded(name);
    } catch (error) {
      // The next poll makes up for it.
      if (signal.aborted) return;
      if (isProviderError(error)) directory.failed(name, error);
      else log.warn({ err: error, connection: name }, "a session that has changed could not be read again");
    }
  }
}
