/**
 * That this process lives, as an advisory lock on a connection of its own: PostgreSQL lets go of it the moment the
 * connection ends, be it by `kill -9`, so that others know at once rather than after some timeout.
 */
import pg from "pg";
import { PRESENCE_LOCK } from "./postgres-dialect.js";

/** Pause before a lost connection is made again, milliseconds. Meanwhile others may take this process for dead. */
const RECONNECT_MS = 1_000;

export interface Presence {
  /** Resolves when the lock is held. Rejects when the database cannot be reached. */
  announce(owner: number): Promise<void>;
  close(): Promise<void>;
}

/** Nothing is connected before `announce`. */
export function createPresence(url: string): Presence {
  let client: pg.Client | undefined;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  async function announce(owner: number): Promise<void> {
    const next = new pg.Client({
      connectionString: url,
      keepAlive: true,
      connectionTimeoutMillis: 5_000,
      application_name: "switchboard-presence",
    });
    // Unheard, the event would end the process; what follows it is "end".
    next.on("error", () => undefined);
    client = next;
    try {
      await next.connect();
      await next.query("SELECT pg_advisory_lock($1, $2)", [PRESENCE_LOCK, owner]);
    } catch (error) {
      await next.end().catch(() => undefined);
      throw error;
    }
    next.once("end", () => again(owner));
  }

  /** For as long as it takes: a server may be away for longer than one pause. */
  function again(owner: number): void {
    if (closed) return;
    timer = setTimeout(() => void announce(owner).catch(() => again(owner)), RECONNECT_MS);
    timer.unref();
  }

  return {
    announce,
    async close() {
      closed = true;
      clearTimeout(timer);
      await client?.end().catch(() => undefined);
    },
  };
}
