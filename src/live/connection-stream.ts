/**
 * Connections as this process knows them: looked at each second while somebody listens, and told when something about one
 * has changed that somebody would act on.
 */
import type { Logger } from "../http/http-client.js";
import type { Store } from "../store/store.js";
import type { ConnectionDirectory } from "../sync/connection-directory.js";
import type { Numbered, Stream } from "./live.js";

/** Between two looks, milliseconds. */
const LOOK_MS = 1_000;

/** A connection that is not as it was. */
export interface ConnectionChange extends Numbered {
  name: string;
}

export interface ConnectionStream extends Stream {
  /** With which number each was last told. */
  readonly sequences: ReadonlyMap<string, number>;
  /** Ends the looking. */
  close(): void;
}

/** Builds it. */
export function createConnectionStream(
  store: Store,
  directory: ConnectionDirectory,
  log: Logger,
  lookMs = LOOK_MS,
): ConnectionStream {
  const listeners = new Set<(rows: readonly ConnectionChange[]) => void>();
  const seen = new Map<string, string>();
  const sequences = new Map<string, number>();
  let position = 0;
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> | null = null;

  async function look(): Promise<void> {
    const figures = await store.connections.figures(directory.all.map(({ name }) => name));
    const rows: ConnectionChange[] = [];
    for (const state of directory.all) {
      const { name, coveredSince, lastError, commandError, connection } = state;
      const facts = [
        ...[directory.health(state), connection.stats.circuit, coveredSince, lastError, commandError],
        figures.get(name),
      ];
      const now = JSON.stringify(facts);
      if (seen.get(name) === now) continue;
      seen.set(name, now);
      rows.push({ sequence: (position += 1), name });
      sequences.set(name, position);
    }
    if (rows.length > 0) for (const listener of listeners) listener(rows);
  }

  function lookOnce(): Promise<void> {
    return (looking ??= look()
      .catch((error: unknown) => log.warn({ err: error }, "the connections could not be looked at"))
      .finally(() => (looking = null)));
  }

  return {
    sequences,
    get position() {
      return position;
    },
    async listen(listener) {
      if (listeners.size === 0) {
        await lookOnce();
        clearInterval(timer);
        timer = setInterval(() => void lookOnce(), lookMs);
        timer.unref();
      }
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) clearInterval(timer);
      };
    },
    close() {
      clearInterval(timer);
      listeners.clear();
    },
  };
}
