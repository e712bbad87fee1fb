/** A plain `graphql-ws` client, which notes when each frame came. */
import { createClient } from "graphql-ws";
import { WebSocket } from "ws";

/** What one subscription has been told. */
export interface Frames<Data> {
  readonly all: readonly Frame<Data>[];
  /** Resolves with the first frame for which `test` is true. Rejects when there is none within `withinMs`. */
  until(test: (frame: Frame<Data>) => boolean, withinMs?: number): Promise<Frame<Data>>;
}

export interface Frame<Data> {
  /** Of the root field. */
  data: Data;
  /** `performance.now()` */
  at: number;
}

export interface FrameClient extends AsyncDisposable {
  /** Subscribes to a document with one root field. Resolves once the gateway counts the subscriber. */
  subscribe<Data>(query: string, variables?: Record<string, unknown>): Promise<Frames<Data>>;
}

/** How long a frame may take to come: long enough for a machine with much else to do. */
const PATIENCE_MS = 30_000;

/** Connects to a gateway. @param subscribers how many subscribers it has at the moment */
export function openFrameClient(url: string, subscribers: () => number): FrameClient {
  const client = createClient({
    url: `${url.replace("http", "ws")}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
  });
  return {
    async subscribe<Data>(query: string, variables: Record<string, unknown> = {}) {
      const log = new FrameLog<Data>();
      const before = subscribers();
      client.subscribe<Record<string, Data>>(
        { query, variables },
        {
          next({ data, errors }) {
            if (errors !== undefined) return log.fail(errors);
            for (const value of Object.values(data ?? {})) log.take(value);
          },
          error: (error) => log.fail(error),
          complete: () => undefined,
        },
      );
      while (subscribers() <= before && log.failure === null)
        await new Promise((resolve) => setTimeout(resolve, 5));
      return log;
    },
    async [Symbol.asyncDispose]() {
      await client.dispose();
    },
  };
}

class FrameLog<Data> implements Frames<Data> {
  readonly all: Frame<Data>[] = [];
  failure: Error | null = null;
  readonly #waiting = new Set<() => void>();

  take(data: Data): void {
    this.all.push({ data, at: performance.now() });
    this.#waiting.forEach((check) => check());
  }

  fail(error: unknown): void {
    const what = error instanceof Error ? error.message : JSON.stringify(error);
    this.failure = new Error(`the subscription failed: ${what}`);
    this.#waiting.forEach((check) => check());
  }

  async until(test: (frame: Frame<Data>) => boolean, withinMs = PATIENCE_MS): Promise<Frame<Data>> {
    const { promise, resolve, reject } = Promise.withResolvers<Frame<Data>>();
    const check = () => {
      const found = this.all.find(test);
      if (found !== undefined) resolve(found);
      else if (this.failure !== null) reject(this.failure);
    };
    const timer = setTimeout(() => {
      const told = JSON.stringify(this.all.map(({ data }) => data)).slice(-3_000);
      reject(new Error(`no such frame in ${withinMs} ms; told was ${told}`));
    }, withinMs);
    this.#waiting.add(check);
    check();
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(check);
    }
  }
}
