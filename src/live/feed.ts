/**
 * The change log as it grows, read once for the whole process: woken by the bus, and looking at the database each second
 * besides, since other processes write as well and messages get lost.
 */
import type { Bus } from "../bus/bus.js";
import type { Logger } from "../http/http-client.js";
import type { ChangeRow, Store } from "../store/store.js";

/** Between two looks at the database that nobody asked for, milliseconds. */
const LOOK_MS = 1_000;
/** Changes read at once. */
const BATCH = 500;

/** Is told the changes of a batch, in order; it must not throw and does its work later. */
export type FeedListener = (changes: readonly ChangeRow[]) => void;

export interface Feed {
  /** Every change up to this number has been handed out. */
  readonly position: number;
  /**
   * From the next batch on; with a session, its changes alone. Answers what ends it. Nobody listens before the first of
   * these, and then the position is read from the database: it resolves when that is known.
   */
  listen(listener: FeedListener, sessionKey?: number): Promise<() => void>;
  /** Looks now. */
  wake(): void;
  close(): Promise<void>;
}

export interface FeedOptions {
  store: Store;
  bus: Bus;
  log: Logger;
  /** @default a second */
  lookMs?: number;
}

/** Builds the feed of this process. The database is not asked before somebody listens, nor after the last has left. */
export function createFeed({ store, bus, log, lookMs = LOOK_MS }: FeedOptions): Feed {
  const everyone = new Set<FeedListener>();
  const bySession = new Map<number, Set<FeedListener>>();
  let position = 0;
  let isOpen = false;
  let opening: Promise<void> | null = null;
  let reading: Promise<void> | null = null;
  let isAsked = false;
  let isClosed = false;
  let timer: NodeJS.Timeout | undefined;
  const isIdle = () => everyone.size === 0 && bySession.size === 0;

  function hand(read: readonly ChangeRow[]): void {
    // Opened anew while it was being read: what lies before the new beginning is nobody's.
    const rows = read.filter((row) => row.sequence > position);
    const last = rows.at(-1);
    if (last === undefined) return;
    position = last.sequence;
    for (const listener of everyone) listener(rows);
    if (bySession.size === 0) return;
    for (const [key, own] of Map.groupBy(rows, (row) => row.sessionKey))
      for (const listener of bySession.get(key) ?? []) listener(own);
  }

  async function read(): Promise<void> {
    while (isAsked && !isClosed && !isIdle()) {
      isAsked = false;
      let rows: ChangeRow[];
      do {
        rows = await store.changes.after(position, BATCH, "all");
        hand(rows);
      } while (rows.length === BATCH && !isIdle());
    }
  }

  function wake(): void {
    isAsked = true;
    if (reading !== null || !isOpen || isClosed || isIdle()) return;
    reading = read()
      // Away for a while: the next look tries again from where this one stood.
      .catch((error: unknown) => log.warn({ err: error }, "the change feed could not be read"))
      .finally(() => {
        reading = null;
        if (isAsked) wake();
      });
  }

  async function open(): Promise<void> {
    position = await store.changes.last();
    isOpen = true;
    clearInterval(timer);
    timer = setInterval(wake, lookMs);
    timer.unref();
  }

  function leave(): void {
    if (!isIdle()) return;
    isOpen = false;
    clearInterval(timer);
  }

  const unsubscribe = bus.subscribe((upTo) => {
    if (upTo > position) wake();
  });

  return {
    get position() {
      return position;
    },
    async listen(listener, sessionKey) {
      // Those that come at once wait for the same opening; another one may have left meanwhile, as the last.
      while (!isOpen) await (opening ??= open().finally(() => (opening = null)));
      if (sessionKey === undefined) everyone.add(listener);
      else bySession.set(sessionKey, (bySession.get(sessionKey) ?? new Set()).add(listener));
      return () => {
        everyone.delete(listener);
        const own = sessionKey === undefined ? undefined : bySession.get(sessionKey);
        own?.delete(listener);
        if (sessionKey !== undefined && own?.size === 0) bySession.delete(sessionKey);
        leave();
      };
    },
    wake,
    async close() {
      isClosed = true;
      unsubscribe();
      clearInterval(timer);
      await reading;
    },
  };
}
