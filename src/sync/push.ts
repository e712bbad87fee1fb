/**
 * The push channels of one connection: one for all its sessions, or one for each that somebody follows. They are open
 * while somebody watches and this gateway polls the connection, and no longer.
 */
import { isProviderError, type ProviderError } from "../errors/index.js";
import type { PushChannel, PushListener } from "../providers/provider.js";
import type { SessionRow } from "../store/store.js";
import type { ConnectionState } from "./connection-directory.js";
import { Rereads, type RereadsDependencies } from "./rereads.js";
import type { WatchedSession } from "./watches.js";

export interface PushDependencies extends RereadsDependencies {
  /** A list of what is live that begins after this call, and not sooner than this after the one before. */
  look(gapMs: number): Promise<void>;
  /** Something may have been missed: list what is live, and what has begun and ended meanwhile. */
  catchUp(): void;
  /** A channel has begun or ceased to work: polls may come slower, or must not any more. */
  onHealth(): void;
}

/** Between two lists that pushes ask for, milliseconds: no more than polling would cost, but for calls never seen. */
const GAP_MS = { urgent: 500, other: 2_000 };
/** Sessions of one connection followed at once: each is a connection to the provider. The rest is polled. */
const MAX_STREAMS = 100;
/** A followed session that is over is read again after so long each: its report and recording come later. Milliseconds. */
const AFTER_END_MS = [1_000, 2_000, 4_000, 8_000, 15_000, 30_000, 60_000];

interface Followed {
  channel: PushChannel | null;
  isHealthy: boolean;
  /** It broke, and has not come back yet. */
  isLost: boolean;
  timer: NodeJS.Timeout | undefined;
}

export class Push {
  readonly #state: ConnectionState;
  readonly #dependencies: PushDependencies;
  readonly #rereads: Rereads;
  readonly #streams = new Map<string, Followed>();
  readonly #closing = new Set<Promise<void>>();
  #channel: PushChannel | null = null;
  #isHealthy = false;
  #isFull = false;

  constructor(state: ConnectionState, dependencies: PushDependencies) {
    this.#state = state;
    this.#dependencies = dependencies;
    this.#rereads = new Rereads(state, dependencies);
  }

  /** The channel that tells of all sessions works. */
  get isHealthy(): boolean {
    return this.#isHealthy;
  }

  /** Whether what happens in a session is told by a stream of its own. */
  isStreamed(providerKey: string): boolean {
    return this.#streams.get(providerKey)?.isHealthy === true;
  }

  /** Whether a session should be followed and cannot be: only polls tell of it. */
  isLost(providerKey: string): boolean {
    return this.#streams.get(providerKey)?.isLost === true;
  }

  /** More sessions are followed one by one than there may be streams: only polls tell of the others. */
  get isFull(): boolean {
    return this.#isFull;
  }

  /** Opens or closes the channel of the whole connection. */
  follow(isWatched: boolean): void {
    const { connection } = this.#state;
    if (isWatched === (this.#channel !== null) || connection.openLive === undefined) return;
    if (this.#channel !== null) {
      this.#end(this.#channel);
      this.#channel = null;
      this.#isHealthy = false;
      return;
    }
    const isCurrent = () => this.#channel === channel;
    const channel = connection.openLive({
      ...this.#listener(),
      opened: () => {
        if (!isCurrent()) return;
        this.#isHealthy = true;
        this.#dependencies.log.info({ connection: this.#state.name }, "push channel open");
        this.#dependencies.catchUp();
        this.#dependencies.onHealth();
      },
      lost: (error) => {
        if (!isCurrent()) return;
        const wasHealthy = this.#isHealthy;
        this.#isHealthy = false;
        this.#noteLoss(error, wasHealthy);
        if (wasHealthy) this.#dependencies.onHealth();
      },
      ended: () => undefined,
    });
    this.#channel = channel;
  }

  /**
   * Opens and closes streams: of the sessions that somebody follows one by one, and then of the newest of those that are
   * live, as many as there may be.
   */
  followSessions(sessions: readonly WatchedSession[], live: readonly SessionRow[]): void {
    if (this.#state.connection.streamSession === undefined) return;
    const newest = [...live].sort((one, other) => (other.startedAt ?? 0) - (one.startedAt ?? 0));
    const all = [...sessions, ...newest].map(
      ({ providerKey, providerId }) => [providerKey, providerId] as const,
    );
    const wanted = new Map([...new Map(all)].slice(0, MAX_STREAMS));
    for (const [key, followed] of this.#streams) if (!wanted.has(key)) this.#unfollow(key, followed);
    for (const [key, id] of wanted) if (!this.#streams.has(key)) this.#stream(key, id);
    const wasFull = this.#isFull;
    this.#isFull = sessions.length > MAX_STREAMS;
    if (this.#isFull !== wasFull) this.#dependencies.onHealth();
  }

  async close(): Promise<void> {
    this.follow(false);
    for (const [key, followed] of this.#streams) this.#unfollow(key, followed);
    await Promise.all([...this.#closing, this.#rereads.stop()]);
  }

  #stream(key: string, providerId: string): void {
    const followed: Followed = { channel: null, isHealthy: false, isLost: false, timer: undefined };
    this.#streams.set(key, followed);
    const isCurrent = () => this.#streams.get(key) === followed;
    followed.channel =
      this.#state.connection.streamSession?.(
        { providerId },
        {
          ...this.#listener(isCurrent),
          opened: () => {
            const wasLost = followed.isLost;
            Object.assign(followed, { isHealthy: true, isLost: false });
            if (isCurrent() && wasLost) this.#dependencies.onHealth();
          },
          lost: (error) => {
            const wasHealthy = followed.isHealthy;
            const isNews = !followed.isLost;
            Object.assign(followed, { isHealthy: false, isLost: true });
            if (!isCurrent()) return;
            this.#noteLoss(error, wasHealthy);
            if (isNews) this.#dependencies.onHealth();
          },
          ended: () => {
            followed.isHealthy = false;
            if (isCurrent()) this.#readAfterEnd(followed, providerId, 0);
          },
        },
      ) ?? null;
  }

  #readAfterEnd(followed: Followed, providerId: string, tries: number): void {
    const pauseMs = AFTER_END_MS[tries];
    if (pauseMs === undefined) return;
    followed.timer = setTimeout(() => {
      this.#rereads.add(providerId);
      this.#readAfterEnd(followed, providerId, tries + 1);
    }, pauseMs);
    followed.timer.unref();
  }

  #unfollow(key: string, followed: Followed): void {
    this.#streams.delete(key);
    clearTimeout(followed.timer);
    if (followed.channel !== null) this.#end(followed.channel);
  }

  #end(channel: PushChannel): void {
    const closing = channel.close().finally(() => this.#closing.delete(closing));
    this.#closing.add(closing);
  }

  #listener(isCurrent = () => true): Pick<PushListener, "told" | "changed" | "look"> {
    const { ingest, directory, look } = this.#dependencies;
    const { name } = this.#state;
    return {
      told: async (snapshots) => {
        await ingest.ingest(name, snapshots);
        directory.succeeded(name);
      },
      changed: (sessions) => {
        if (!isCurrent()) return;
        for (const { providerId, otherwise } of sessions) this.#rereads.add(providerId, otherwise);
      },
      look: (isUrgent) => look(isUrgent ? GAP_MS.urgent : GAP_MS.other),
    };
  }

  #noteLoss(error: ProviderError, isNews: boolean): void {
    const { log } = this.#dependencies;
    // Polls go on at the pace of those who watch, and tell of it if the provider is down.
    const level = isNews && isProviderError(error) ? "warn" : "debug";
    log[level]({ err: error, connection: this.#state.name }, "push channel lost, trying again");
  }
}
