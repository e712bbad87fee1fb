/** The transports over a source that does what tests tell it to: who listens, and what each hears, is theirs to say. */
import { createHash } from "node:crypto";
import type { GraphQLFormattedError } from "graphql";
import { SCOPES, type Principal, type Scope } from "../../src/context/principal.js";
import type { SubscribeOperation, Subscriber } from "../../src/live/subscriber.js";
import { createServer } from "../../src/server/create-server.js";
import type { LiveLimits } from "../../src/server/live/limits.js";
import { createPushedClock, type PushedClock } from "./ask.js";
import { openCachedGateway } from "./cached-gateway.js";
import { createCaptureLogger, type LogLine } from "./capture-logger.js";
import { DATABASES } from "./databases.js";

/** One subscription that runs, with what it was started with. */
export interface Listener {
  readonly operation: SubscribeOperation;
  readonly principal: Principal;
  readonly subscriber: Subscriber;
  /** Resolves when the transport has stopped it. */
  readonly stopped: Promise<void>;
}

export interface LiveServer extends AsyncDisposable {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** `ws://127.0.0.1:PORT/graphql` */
  readonly socketUrl: string;
  readonly lines: readonly LogLine[];
  readonly clock: PushedClock;
  /** Subscriptions that run. */
  readonly listeners: ReadonlySet<Listener>;
  /** Answers what resolves with the n-th listener from now on, counted from 0. */
  listenersFromNow(): (n: number) => Promise<Listener>;
  /** One result to everybody who listens, as a source does it: the same text for all. */
  publish(data: object): void;
  /** Resolves when so many queries have come. */
  untilHeld(count: number): Promise<void>;
  drain(patienceMs?: number): Promise<void>;
}

export interface LiveServerOptions {
  auth?: "required" | "open";
  limits?: Partial<LiveLimits>;
  /** The end of what `keyThatExpires` may, milliseconds from the start. */
  expiresInMs?: number;
  /** Refuses subscriptions, or fails to start them. */
  refuse?: readonly GraphQLFormattedError[] | Error;
  playground?: URL;
  /** Queries wait for it. */
  holdQueries?: Promise<void>;
}

/** Keys that the server knows, where it asks for any. */
export const KEYS = { all: "key-of-all", reader: "key-of-reader", expiring: "key-that-expires" };

const LIMITS: LiveLimits = {
  maxBufferedBytes: 1024 * 1024,
  maxBufferedMessages: 10_000,
  operationsPerSocket: 50,
  connectionsPerPrincipal: null,
  keepAliveMs: 15_000,
  closeMs: 60_000,
  connectionInitMs: 3_000,
};

const key = (name: string, text: string, scopes: readonly Scope[]) => ({
  name,
  sha256: createHash("sha256").update(text).digest("hex"),
  scopes: [...scopes],
  connections: ["*"],
});

/** Starts a server on a free port. */
export async function startLiveServer(options: LiveServerOptions = {}): Promise<LiveServer> {
  const { auth = "open", limits, expiresInMs, refuse, playground = false, holdQueries } = options;
  const [kind] = DATABASES;
  if (kind === undefined) throw new Error("there is no database");
  const clock = createPushedClock();
  const apiKeys = [
    key("all", KEYS.all, SCOPES),
    key("reader", KEYS.reader, []),
    key("expiring", KEYS.expiring, SCOPES),
  ];
  const cached = await openCachedGateway(kind, Date.now(), { auth, apiKeys });
  const { log, lines } = createCaptureLogger();
  const expiresAt = clock.now() + (expiresInMs ?? 0);
  const listeners = new Set<Listener>();
  const started: Listener[] = [];
  let wake = Promise.withResolvers<void>();
  const server = await createServer({
    // Webhooks have tests of their own.
    inbox: { receive: () => Promise.reject(new Error("nothing is delivered here")) },
    publicUrl: null,
    gateway: {
      ...cached.gateway,
      authenticate(credentials) {
        const principal = cached.gateway.authenticate(credentials);
        return principal.name === "expiring" ? { ...principal, expiresAt } : principal;
      },
      async subscribe(operation, { principal }, subscriber) {
        await Promise.resolve();
        if (refuse instanceof Error) throw refuse;
        if (refuse !== undefined) return { errors: refuse };
        const { promise: stopped, resolve } = Promise.withResolvers<void>();
        const listener: Listener = { operation, principal, subscriber, stopped };
        listeners.add(listener);
        started.push(listener);
        wake.resolve();
        wake = Promise.withResolvers();
        return {
          stop() {
            listeners.delete(listener);
            resolve();
          },
        };
      },
    },
    log,
    playground,
    auth,
    limits: { ...LIMITS, ...limits },
    now: clock.now,
    ping: () => Promise.resolve(),
  });
  let held = 0;
  const answerHttp = cached.gateway.apollo.executeHTTPGraphQLRequest;
  cached.gateway.apollo.executeHTTPGraphQLRequest = async (request) => {
    held += 1;
    await holdQueries;
    return answerHttp.call(cached.gateway.apollo, request);
  };
  const url = await server.listen("127.0.0.1", 0);
  let drained: Promise<void> | undefined;
  const drain = (patienceMs = 5_000) => (drained ??= server.drain(patienceMs));
  return {
    url,
    socketUrl: `${url.replace("http", "ws")}/graphql`,
    lines,
    clock,
    listeners,
    listenersFromNow() {
      const before = started.length;
      return async (n) => {
        for (;;) {
          const found = started[before + n];
          if (found !== undefined) return found;
          await wake.promise;
        }
      };
    },
    publish(data) {
      const text = JSON.stringify({ data });
      for (const { subscriber } of [...listeners]) subscriber.next(text);
    },
    async untilHeld(count) {
      while (held < count) await new Promise((resolve) => setImmediate(resolve));
    },
    drain,
    async [Symbol.asyncDispose]() {
      await drain(1);
      await cached[Symbol.asyncDispose]();
    },
  };
}
