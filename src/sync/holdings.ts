/**
 * Which connections this gateway polls. Several may run on one database: a connection is held by one of them at a time,
 * which says every few seconds that it lives; when it no longer does, another takes over. In the same round the gateways
 * tell each other what is watched where, and the holders what they know of their connections.
 */
import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import type { Logger } from "../http/http-client.js";
import type { HoldingRepository } from "../store/store.js";
import type { Watches } from "./watches.js";

export interface HoldingsOptions {
  repository: HoldingRepository;
  connections: readonly string[];
  watches: Watches;
  log: Logger;
  /** What to tell others of a connection that is held here. */
  note(connection: string): string;
  /** What the holder of a connection tells. */
  onNote(connection: string, note: string): void;
  /** From now on this gateway polls it. */
  onTaken(connection: string): void;
  /** Another one does, or nobody knows: the database has been away for too long. */
  onLost(connection: string): void;
}

/** Time between two rounds, milliseconds. */
const ROUND_MS = 2_000;
/** How long a holder may be silent, milliseconds; with a round on top, others take over within 15 s of its death. */
const LEASE_MS = 8_000;
/** How long what is watched at a gateway counts without being said again, and how often it is, milliseconds. */
const WATCH_MS = 8_000;
const WATCH_AGAIN_MS = 3_000;

/** Gateways of this process: a test may run several. */
const LIVING = new Set<string>();

export class Holdings {
  readonly #options: HoldingsOptions;
  readonly #self = `${hostname()}/${process.pid}/${randomBytes(6).toString("hex")}`;
  #held = new Set<string>();
  #heldUntil = -Infinity;
  #toldAt = -Infinity;
  #told = "";
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> | undefined;
  #failures = 0;
  /** Something came up during a round: the next follows at once. */
  #isHurried = false;
  #stopped = false;

  constructor(options: HoldingsOptions) {
    this.#options = options;
  }

  holds(connection: string): boolean {
    return this.#held.has(connection);
  }

  /** Begins; the first connections are taken as soon as the database has answered. */
  start(): void {
    LIVING.add(this.#self);
    this.hurry();
  }

  /** The next round comes at once: there is something to tell. */
  hurry(): void {
    if (this.#stopped || !LIVING.has(this.#self)) return;
    this.#isHurried = this.#round !== undefined;
    if (this.#isHurried) return;
    clearTimeout(this.#timer);
    this.#round = this.#attempt().finally(() => {
      this.#round = undefined;
      if (this.#stopped) return;
      this.#timer = setTimeout(() => this.hurry(), this.#isHurried ? 0 : ROUND_MS);
      this.#timer.unref();
    });
  }

  /** Gives everything back, so that others need not wait. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#round;
    if (!LIVING.delete(this.#self)) return;
    this.#replace(new Set());
    await this.#options.repository.release(this.#self).catch((error: unknown) => {
      this.#options.log.warn({ err: error }, "connections not given back; others take over in a few seconds");
    });
  }

  async #attempt(): Promise<void> {
    const { log } = this.#options;
    try {
      await this.#exchange();
      this.#failures = 0;
    } catch (error) {
      this.#failures += 1;
      // Whoever waits for the database is told by itself; this would only repeat it every two seconds.
      const level = this.#failures === 1 ? "warn" : "debug";
      log[level]({ err: error }, "could not agree with other gateways on who polls what");
      if (performance.now() > this.#heldUntil) this.#replace(new Set());
    }
  }

  async #exchange(): Promise<void> {
    const { repository, connections, watches, onNote } = this.#options;
    const askedAt = performance.now();
    const held = await this.#take(connections);
    this.#heldUntil = askedAt + LEASE_MS;
    this.#replace(held);
    if (held.size < connections.length) {
      await this.#tell();
      const all = await repository.all();
      const dead = new Set(all.filter(({ holder }) => isDead(holder)).map(({ holder }) => holder));
      for (const holder of dead) await repository.release(holder);
      if (dead.size > 0) this.#replace(await this.#take(connections));
      for (const { connection, note, isOver } of all)
        if (connections.includes(connection) && !this.holds(connection) && note !== null && !isOver)
          onNote(connection, note);
    }
    watches.adopt(held.size === 0 ? [] : await repository.watchedElsewhere(this.#self));
  }

  #take(connections: readonly string[]): Promise<Set<string>> {
    const { repository, note } = this.#options;
    // In one order everywhere: gateways that take at once must not wait for each other.
    const wanted = [...connections].sort().map((connection) => ({ connection, note: note(connection) }));
    return repository.take(wanted, this.#self, LEASE_MS);
  }

  /** Says what is watched here of what others hold, when that has changed or is about to be forgotten. */
  async #tell(): Promise<void> {
    const { repository, watches } = this.#options;
    const own = watches.own(WATCH_MS).filter(({ connection }) => !this.holds(connection));
    const words = own
      .map(({ connection, session }) => `${connection}\n${session?.providerKey ?? ""}`)
      .sort()
      .join("\n");
    const isKnown = words === this.#told && performance.now() - this.#toldAt < WATCH_AGAIN_MS;
    if (isKnown || (words === "" && this.#told === "")) return;
    await repository.watch(this.#self, own);
    this.#told = words;
    this.#toldAt = performance.now();
  }

  #replace(held: Set<string>): void {
    const before = this.#held;
    this.#held = held;
    for (const name of before) if (!held.has(name)) this.#options.onLost(name);
    for (const name of held) if (!before.has(name)) this.#options.onTaken(name);
  }
}

/** True for a gateway of this machine that has certainly ended, so that one that is restarted need not wait for itself. */
function isDead(holder: string): boolean {
  const [host, pid = ""] = holder.split("/");
  if (host !== hostname()) return false;
  if (Number(pid) === process.pid) return !LIVING.has(holder);
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}
