/** Works through the inbox of one connection: sessions side by side, the deliveries of each in order. */
import { DatabaseUnavailableError } from "../errors/index.js";
import type { Logger } from "../http/http-client.js";
import type { Ingest } from "../ingest/ingest.js";
import type { EpochMs, SessionSnapshot } from "../model/index.js";
import type { ProviderConnection, WebhookNews } from "../providers/provider.js";
import type { FailedTry, InboxDelivery, Store } from "../store/store.js";
import type { Refresh } from "./refresh.js";

/** How often and how soon what fails is tried again. */
export interface InboxPatience {
  /** Tries before a delivery is set aside. */
  tries: number;
  /** Milliseconds from then to one more try, and so on. */
  setAsideMs: number;
  /** Milliseconds before the second try; it doubles from one to the next. */
  firstPauseMs: number;
  maxPauseMs: number;
  /** Milliseconds before a provider is asked again that does not know yet what it has sent, one by one. */
  laterPausesMs: readonly number[];
}

/** Ten tries over about eight minutes: an outage that lasts longer is made up for by lists. */
export const INBOX_PATIENCE: InboxPatience = {
  tries: 10,
  setAsideMs: 3_600_000,
  firstPauseMs: 1_000,
  maxPauseMs: 300_000,
  laterPausesMs: [250, 1_000, 3_000],
};

export interface InboxWorkerOptions {
  store: Store;
  ingest: Ingest;
  refresh: Refresh;
  /** Lists what is live now: a session that cannot be read by its id may be found there. */
  relist(): Promise<void>;
  patience: InboxPatience;
  log: Logger;
  now: () => EpochMs;
}

/** Deliveries taken at once. */
const CLAIM = 50;
/** Sessions worked on at once. */
const MAX_IN_HAND = 16;

/** What is taken in hand together: all that is due of one session, oldest first. */
interface Bundle {
  about: NonNullable<WebhookNews["about"]>;
  told: { delivery: InboxDelivery; news: WebhookNews }[];
}

const sequenceOf = ({ delivery }: Bundle["told"][number]) => delivery.sequence;

/** One for each connection that takes deliveries. */
export class InboxWorker {
  readonly #connection: ProviderConnection;
  readonly #options: InboxWorkerOptions;
  readonly #inHand = new Set<Promise<void>>();
  /** Taken, worked on, and not written down as finished, because the database was away. */
  #lost: number[] = [];
  #looking = false;
  #lookAgain = false;
  #stopped = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(connection: ProviderConnection, options: InboxWorkerOptions) {
    this.#connection = connection;
    this.#options = options;
  }

  /** There may be something to do. Returns at once. */
  kick(): void {
    this.#lookAgain = true;
    if (!this.#looking && !this.#stopped) void this.#look();
  }

  /** Takes nothing more; resolves when nothing is in hand. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    while (this.#inHand.size > 0) await Promise.all(this.#inHand);
  }

  async #look(): Promise<void> {
    this.#looking = true;
    const { log } = this.#options;
    try {
      while (this.#lookAgain && !this.#stopped && this.#inHand.size < MAX_IN_HAND) {
        this.#lookAgain = false;
        await this.#takeDue();
      }
    } catch (error) {
      // The database may be away; what is due is found again.
      log.warn({ err: error }, "looking into the webhook inbox failed");
      this.#later(1_000);
    } finally {
      this.#looking = false;
    }
  }

  async #takeDue(): Promise<void> {
    const { store, now } = this.#options;
    const { name } = this.#connection;
    await store.inbox.giveBack(this.#lost);
    this.#lost = [];
    const at = now();
    const deliveries = await store.inbox.claim(name, at, CLAIM);
    if (deliveries.length === 0) {
      const next = await store.inbox.nextAt(name);
      // What is due and could not be taken waits for something in hand, here or elsewhere.
      if (next !== null && next > at) this.#later(next - at);
      return;
    }
    // What has come since has kicked, and what waits for one of these is taken when that is finished.
    if (deliveries.length === CLAIM) this.#lookAgain = true;
    const { bundles, idle, unreadable } = this.#sort(deliveries);
    for (const bundle of bundles) this.#begin(bundle.told.map(sequenceOf), () => this.#process(bundle));
    if (idle.length > 0) this.#begin(idle, () => store.inbox.finish(idle));
    if (unreadable.length > 0) {
      const sequences = unreadable.map(({ sequence }) => sequence);
      this.#begin(sequences, () => store.inbox.fail(unreadable));
    }
  }

  #begin(sequences: readonly number[], work: () => Promise<void>): void {
    const { log } = this.#options;
    const task = work()
      .catch((error: unknown) => {
        log.warn({ err: error }, "what became of a webhook delivery could not be written down");
        this.#lost.push(...sequences);
      })
      .finally(() => {
        this.#inHand.delete(task);
        this.kick();
      });
    this.#inHand.add(task);
  }

  #later(ms: number): void {
    clearTimeout(this.#timer);
    if (this.#stopped) return;
    this.#timer = setTimeout(() => this.kick(), ms);
    this.#timer.unref();
  }

  #sort(deliveries: readonly InboxDelivery[]) {
    const bundles = new Map<string, Bundle>();
    const idle: number[] = [];
    const unreadable: FailedTry[] = [];
    for (const delivery of deliveries) {
      try {
        const news = this.#read(delivery);
        const { about } = news;
        if (about === null) {
          idle.push(delivery.sequence);
          continue;
        }
        const bundle = bundles.get(about.providerKey) ?? { about, told: [] };
        bundle.told.push({ delivery, news });
        bundles.set(about.providerKey, bundle);
      } catch (error) {
        const { deliveryId, sequence } = delivery;
        const reason = error instanceof Error ? error.message : "no error";
        this.#options.log.warn({ deliveryId, reason }, "a webhook delivery cannot be read");
        const stored = this.#stored({
          code: "PROVIDER_BAD_RESPONSE",
          message: "The delivery cannot be read.",
        });
        // Reading asks nobody: it would fail again.
        unreadable.push({ sequence, error: stored, nextAttemptAt: null, isSetAside: true });
      }
    }
    return { bundles: bundles.values(), idle, unreadable };
  }

  #read({ message, receivedAt }: InboxDelivery): WebhookNews {
    const news = this.#connection.webhooks?.read(message, receivedAt);
    if (news === undefined) throw new Error("the connection does not take deliveries any more");
    return news;
  }

  async #process(bundle: Bundle): Promise<void> {
    const { store, log } = this.#options;
    const sequences = bundle.told.map(sequenceOf);
    let failure: { code: string; message: string } | "LATER" | null;
    try {
      failure = await this.#takeIn(bundle);
    } catch (error) {
      log.warn({ err: error }, "what a webhook delivery told could not be stored");
      const message = error instanceof DatabaseUnavailableError ? error.message : "Storing it failed.";
      failure = { code: "INTERNAL_SERVER_ERROR", message };
    }
    if (failure === null) return store.inbox.finish(sequences);
    if (failure !== "LATER") {
      const { code, message } = failure;
      return store.inbox.fail(bundle.told.map(({ delivery }) => this.#failed(delivery, code, message)));
    }
    // A session of another account is never known, and lists tell what comes out later.
    const pause = this.#options.patience.laterPausesMs[bundle.told[0]?.delivery.attempts ?? 0];
    if (pause === undefined) return store.inbox.finish(sequences);
    const error = { code: "NOT_FOUND", message: "The provider does not know of it yet." };
    const nextAttemptAt = this.#options.now() + pause;
    return store.inbox.fail(
      sequences.map((sequence) => {
        return { sequence, error: this.#stored(error), nextAttemptAt, isSetAside: false };
      }),
    );
  }

  /**
   * Stores what the provider tells when it is asked, and then what only the deliveries tell. `LATER`: the provider is
   * not as far yet as what it has sent.
   */
  async #takeIn({ about, told }: Bundle): Promise<{ code: string; message: string } | "LATER" | null> {
    const { store, ingest, refresh, relist } = this.#options;
    const { name: connection } = this.#connection;
    const { providerKey } = about;
    const stored = async () => (await store.sessions.byRefs([{ connection, providerKey }], "all"))[0] ?? null;
    const known = await stored();
    // Deliveries may spell an id otherwise than the answers do, whose spelling is the one to keep.
    const providerId = known?.providerId ?? about.providerId;
    const request = { connection, providerKey, providerId, sections: [], anew: true };
    const [outcome] = await refresh.refresh([request]);
    if (outcome?.kind === "failed") return outcome.error;
    const isRead = outcome?.kind === "read";
    if (!isRead && known === null) await relist();
    const row = await stored();
    if (row === null) return "LATER";
    const snapshots = told.flatMap(({ news }) => news.snapshot ?? []);
    // Ended is final. A delivery's word for it is enough only where the provider has none of its own.
    const isContradicted = ({ facts }: SessionSnapshot) =>
      isRead && facts.phase === "ENDED" && row.phase !== "ENDED";
    const credible = snapshots.filter((snapshot) => !isContradicted(snapshot));
    if (credible.length > 0) await ingest.ingest(connection, credible);
    return credible.length < snapshots.length ? "LATER" : null;
  }

  #failed(delivery: InboxDelivery, code: string, message: string): FailedTry {
    const { patience, now } = this.#options;
    const { tries, firstPauseMs, maxPauseMs, setAsideMs } = patience;
    const isSetAside = delivery.attempts + 1 >= tries;
    const pause = isSetAside ? setAsideMs : Math.min(firstPauseMs * 2 ** delivery.attempts, maxPauseMs);
    const error = this.#stored({ code, message });
    return { sequence: delivery.sequence, error, nextAttemptAt: now() + pause, isSetAside };
  }

  #stored({ code, message }: { code: string; message: string }): FailedTry["error"] {
    return { code, message, retryAfterSeconds: null, at: this.#options.now() };
  }
}
