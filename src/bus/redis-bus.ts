import { Redis, type RedisOptions } from "ioredis";
import type { Bus } from "./bus.js";

/** The part of the log that a bus uses. */
export interface BusLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/** The one channel. Gateways on different databases need different Redis databases' names in their URLs, or servers. */
const CHANNEL = "switchboard:changes";
/** Longest pause before a lost server is tried again, milliseconds. */
const MAX_BACKOFF_MS = 2_000;
/** Numbers that come faster than this are one message with the last of them, milliseconds. */
const GATHER_MS = 5;

/**
 * A bus over Redis: a plain number on one channel. What was published while the server was away is not sent later; the
 * number after it says as much, and the database says the rest. Listeners of this process hear at once, without Redis.
 */
export function createRedisBus(url: string, log: BusLog): Bus {
  const options: RedisOptions = {
    // Nothing waits for it: a message that cannot be sent now is not worth sending later.
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    connectTimeout: 5_000,
    retryStrategy: (tries) => Math.min(50 * 2 ** Math.min(tries, 8), MAX_BACKOFF_MS),
    reconnectOnError: () => true,
  };
  const channel = `${CHANNEL}:${databaseOf(url)}`;
  const publisher = new Redis(url, options);
  // A subscription is made again by the client itself after each reconnect.
  const subscriber = new Redis(url, { ...options, enableOfflineQueue: true, maxRetriesPerRequest: null });
  const listeners = new Set<(upTo: number) => void>();
  let timer: NodeJS.Timeout | undefined;
  let highest = 0;
  let isDown = false;
  let closed = false;

  const tell = (upTo: number) => {
    for (const listener of listeners) listener(upTo);
  };
  const noteLoss = (error: unknown) => {
    if (isDown || closed) return;
    isDown = true;
    log.warn({ err: error }, "Redis is away: changes of other gateways are seen a second later");
  };
  for (const client of [publisher, subscriber]) client.on("error", noteLoss);
  subscriber.on("ready", () => {
    if (isDown) log.info({}, "Redis is back");
    isDown = false;
  });
  subscriber.on("message", (_channel: string, text: string) => {
    const upTo = Number(text);
    if (Number.isSafeInteger(upTo) && upTo > 0) tell(upTo);
  });
  subscriber.subscribe(channel).catch(noteLoss);

  function send(): void {
    timer = undefined;
    publisher.publish(channel, String(highest)).catch(noteLoss);
  }

  return {
    publish(upTo) {
      if (closed) return;
      tell(upTo);
      highest = Math.max(highest, upTo);
      timer ??= setTimeout(send, GATHER_MS);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close() {
      closed = true;
      clearTimeout(timer);
      listeners.clear();
      publisher.disconnect();
      subscriber.disconnect();
      return Promise.resolve();
    },
  };
}

/** Channels of a Redis server are those of all its databases: the number in the URL keeps gateways apart that share a server. */
function databaseOf(url: string): string {
  return /^\/(\d+)$/.exec(new URL(url).pathname)?.[1] ?? "0";
}
