/** Who watches what: here, counted, and at other gateways on the same database, as they say it there. */
import type { Section } from "../model/index.js";

/** What somebody watches: connections as a whole, and single sessions. */
export interface WatchTarget {
  connections: readonly string[];
  sessions?: readonly WatchedSession[];
  /** What is watched of these sessions beside themselves. */
  sections?: readonly Section[];
}

export interface WatchedSession {
  connection: string;
  providerKey: string;
  providerId: string;
}

/** One thing that is watched; without a session, the connection as a whole. */
export interface Watch {
  connection: string;
  session: WatchedSession | null;
  /** How long it still counts, milliseconds. */
  forMs: number;
}

export interface WatchesOptions {
  /** How long something counts as watched after its last watcher, milliseconds: one that reconnects costs nothing. */
  lingerMs: number;
  /** Whether a session of the connection can be followed by itself; where not, watching it is watching the connection. */
  canFollow(connection: string): boolean;
  /** What is watched of a connection has changed. */
  onChange(connection: string): void;
}

interface Entry {
  connection: string;
  session: WatchedSession | null;
  watchers: number;
  /** By `performance.now`; Infinity while there are watchers. */
  until: number;
  timer: NodeJS.Timeout | undefined;
}

export class Watches {
  readonly #options: WatchesOptions;
  readonly #own = new Map<string, Entry>();
  #others: readonly (Watch & { until: number })[] = [];

  constructor(options: WatchesOptions) {
    this.#options = options;
  }

  /** Counts a watcher; the answer, called once, ends it. */
  watch({ connections, sessions = [] }: WatchTarget): () => void {
    const entries = [
      ...[...new Set(connections)].map((connection) => this.#enter(connection, null)),
      ...sessions.map((session) =>
        this.#enter(session.connection, this.#options.canFollow(session.connection) ? session : null),
      ),
    ];
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      for (const entry of entries) this.#leave(entry, this.#options.lingerMs);
    };
  }

  /** Somebody looks at connections once: they count as watched for so long. */
  glance(connections: readonly string[], forMs: number): void {
    for (const connection of connections) this.#leave(this.#enter(connection, null), forMs);
  }

  /** Whether anybody, here or elsewhere, watches the connection as a whole. */
  isWatched(connection: string): boolean {
    return this.#of(connection).some(({ session }) => session === null);
  }

  /** The sessions of a connection that are watched one by one. */
  sessions(connection: string): WatchedSession[] {
    const found = this.#of(connection).flatMap(({ session }) => session ?? []);
    return [...new Map(found.map((session) => [session.providerKey, session])).values()];
  }

  /** What is watched here, for other gateways to know. None counts for longer than `mostMs`. */
  own(mostMs: number): Watch[] {
    const now = performance.now();
    return [...this.#own.values()]
      .filter(({ until }) => until > now)
      .map(({ connection, session, until }) => ({
        connection,
        session,
        forMs: Math.min(until - now, mostMs),
      }));
  }

  /** What other gateways say is watched there, in place of what they said before. */
  adopt(watches: readonly Watch[]): void {
    const now = performance.now();
    const before = this.#others;
    this.#others = watches.map((watch) => ({ ...watch, until: now + watch.forMs }));
    const names = (all: readonly Watch[]) => Map.groupBy(all, ({ connection }) => connection);
    const keysOf = (all: readonly Watch[] = []) =>
      all
        .map(({ session }) => session?.providerKey ?? "*")
        .sort()
        .join("\n");
    const [old, fresh] = [names(before), names(this.#others)];
    for (const connection of new Set([...old.keys(), ...fresh.keys()]))
      if (keysOf(old.get(connection)) !== keysOf(fresh.get(connection))) this.#options.onChange(connection);
  }

  /** Nobody watches any more. */
  close(): void {
    for (const { timer } of this.#own.values()) clearTimeout(timer);
    this.#own.clear();
    this.#others = [];
  }

  #of(connection: string): (Pick<Watch, "connection" | "session"> & { until: number })[] {
    const now = performance.now();
    return [...this.#own.values(), ...this.#others].filter(
      (one) => one.connection === connection && one.until > now,
    );
  }

  #enter(connection: string, session: WatchedSession | null): Entry {
    const key = `${connection}\n${session?.providerKey ?? ""}`;
    const known = this.#own.get(key);
    const entry = known ?? { connection, session, watchers: 0, until: Infinity, timer: undefined };
    clearTimeout(entry.timer);
    entry.watchers += 1;
    entry.until = Infinity;
    this.#own.set(key, entry);
    if (known === undefined) this.#options.onChange(connection);
    return entry;
  }

  #leave(entry: Entry, lingerMs: number): void {
    entry.watchers -= 1;
    if (entry.watchers > 0) return;
    entry.until = performance.now() + lingerMs;
    entry.timer = setTimeout(() => {
      this.#own.delete(`${entry.connection}\n${entry.session?.providerKey ?? ""}`);
      this.#options.onChange(entry.connection);
    }, lingerMs);
    entry.timer.unref();
  }
}
