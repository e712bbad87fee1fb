/**
 * The webhook inbox: what providers send by themselves is verified, written down, acknowledged once that is on disk, and
 * worked on. What is acknowledged is not lost, whoever dies, and is worked on by one process at a time.
 */
import { setTimeout as pause } from "node:timers/promises";
import type { Logger } from "../http/http-client.js";
import type { Ingest } from "../ingest/ingest.js";
import type { EpochMs } from "../model/index.js";
import type { WebhookDelivery, WebhookReceiver } from "../providers/provider.js";
import type { Store } from "../store/store.js";
import { INBOX_PATIENCE, InboxWorker, type InboxPatience } from "./inbox-worker.js";
import { createInboxWriter } from "./inbox-writer.js";
import type { Sync } from "./sync.js";

/** `TAKEN`: it is written down, by now or before. `REFUSED`: it is not the provider's. `UNKNOWN`: nobody waits for it. */
export type Receipt = "TAKEN" | "REFUSED" | "UNKNOWN";

export interface Inbox {
  /** Takes a request on the route of a connection. Rejects when it could not be written down: it has to come again. */
  receive(connection: string, delivery: WebhookDelivery): Promise<Receipt>;
  /** Starts to work on what is there, what an earlier process left included; returns at once. */
  start(): void;
  /** Takes nothing more in hand, and waits a little for what is. */
  stop(): Promise<void>;
}

export interface InboxOptions {
  store: Store;
  ingest: Ingest;
  sync: Pick<Sync, "directory" | "refresh" | "look">;
  log: Logger;
  now: () => EpochMs;
  /** @default INBOX_PATIENCE */
  patience?: InboxPatience;
}

/** How often what dead processes had in hand is looked for, and what has been set aside for long, milliseconds. */
const EVERY_MS = 10_000;
/** Deliveries that were set aside, taken up at once: what is new waits for no more of them. */
const TAKEN_UP = 200;
/** What is in hand at the end may take so long; then another process, or the next start, works on it again. */
const LAST_WORDS_MS = 5_000;
/** How long a list of what is live is waited for, milliseconds. */
const RELIST_MS = 5_000;
/** Refused requests are logged this often at most, each time with how many there were: anybody can send them. */
const LOG_REFUSALS_MS = 60_000;

/** Builds the inbox of this process. Nothing is worked on before `start`. */
export function createInbox(options: InboxOptions): Inbox {
  const { store, ingest, sync, log, now, patience = INBOX_PATIENCE } = options;
  const { directory, refresh } = sync;
  // What can be taken is taken while the disk is waited for: a delivery costs a read, whether it is acknowledged or not.
  const write = createInboxWriter((group) =>
    store.inbox.add(group, (words) => {
      for (const [index, { connection }] of group.entries())
        if (words[index] === "NEW") workers.get(connection)?.kick();
    }),
  );
  const refusals = new Map<string, { count: number; loggedAt: number }>();
  const workers = new Map<string, InboxWorker>();
  for (const { name, connection } of directory.all) {
    if (connection.webhooks === undefined) continue;
    const relist = () => sync.look([name], 0, RELIST_MS);
    const own = { store, ingest, refresh, relist, patience, now, log: log.child({ connection: name }) };
    workers.set(name, new InboxWorker(connection, own));
  }
  let timer: NodeJS.Timeout | undefined;
  let isHastened = false;

  function refuse(connection: string, reason: string): Receipt {
    const noted = refusals.get(connection) ?? { count: 0, loggedAt: -Infinity };
    noted.count += 1;
    refusals.set(connection, noted);
    const at = performance.now();
    if (at - noted.loggedAt >= LOG_REFUSALS_MS) {
      log.warn({ connection, reason, count: noted.count }, "webhook deliveries were refused");
      Object.assign(noted, { count: 0, loggedAt: at });
    }
    return "REFUSED";
  }

  async function catchUp(): Promise<void> {
    const names = [...workers.keys()];
    try {
      await store.inbox.release(names);
      // What was set aside may be read by another version, or go through now that settings have been put right.
      if (!isHastened) await store.inbox.hasten(names);
      isHastened = true;
      const count = await store.inbox.takeUp(names, now(), TAKEN_UP);
      if (count > 0) log.info({ count }, "webhook deliveries that were set aside are tried again");
    } catch (error) {
      log.warn({ err: error }, "the webhook inbox could not be looked through, will be tried again");
    }
    for (const worker of workers.values()) worker.kick();
  }

  return {
    async receive(connection, delivery) {
      const receiver = directory.get(connection)?.connection.webhooks;
      if (receiver === undefined) return "UNKNOWN";
      const verdict = receiver.verify(delivery);
      if (verdict.kind === "refused") return refuse(connection, verdict.reason);
      const { id: deliveryId, digest } = verdict;
      // PostgreSQL's text has no room for it, and no provider sends it.
      const message = verdict.message.replaceAll("\0", "");
      const receivedAt = now();
      const providerKey = sessionIn(receiver, message, receivedAt);
      const written = await write({ connection, deliveryId, digest, message, providerKey, receivedAt });
      if (written === "OTHER") return refuse(connection, "another one came under its id before");
      return "TAKEN";
    },
    start() {
      if (workers.size === 0) return;
      void catchUp();
      timer = setInterval(() => void catchUp(), EVERY_MS);
      timer.unref();
    },
    async stop() {
      clearInterval(timer);
      const patient = new AbortController();
      const done = Promise.all([...workers.values()].map((worker) => worker.stop()));
      const enough = pause(LAST_WORDS_MS, undefined, { signal: patient.signal }).catch(() => undefined);
      await Promise.race([done, enough]);
      patient.abort();
      if (workers.size > 0) await store.inbox.release([...workers.keys()], true).catch(() => undefined);
    },
  };
}

/** What cannot be read now is kept all the same: the worker says so where it can be seen. */
function sessionIn(receiver: WebhookReceiver, message: string, receivedAt: EpochMs): string | null {
  try {
    return receiver.read(message, receivedAt).about?.providerKey ?? null;
  } catch {
    return null;
  }
}
