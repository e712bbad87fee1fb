/**
 * The one outbound client, as its callers see it: one per connection, with a pool of its own.
 *
 * It owns everything that is the same for every provider: deadlines per attempt and per call, retries of reads only
 * (with jitter, obeying `Retry-After`), rate limit and concurrency, circuit breaker, body cap, refusal of redirects,
 * redaction in logs. What differs (paths, auth, envelopes, what an error body means) stays with the provider.
 */

import type { CircuitOptions } from "./circuit.js";

/** Whom a request is for: user requests overtake background ones in the connection's queue. */
export type Priority = "user" | "background";

export interface HttpRequest {
  method: "GET" | "POST" | "PATCH" | "DELETE";
  /** Path below the base URL, starting with `/`, ids already percent-encoded (`pathSegment`). */
  path: string;
  /** Absent values are left out; arrays repeat the key. */
  query?: Record<string, string | number | boolean | readonly string[] | undefined>;
  headers?: Record<string, string>;
  /** Sent as it is; `content-type` must be among the headers. */
  body?: string;
  /** True only for requests that change nothing: they may be retried. @default method === "GET" */
  safe?: boolean;
  /** @default "user" */
  priority?: Priority;
  /** The caller's own deadline or cancellation, over all attempts. */
  signal?: AbortSignal;
  /** Milliseconds for one attempt. @default the client's `attemptTimeoutMs` */
  attemptTimeoutMs?: number;
  /**
   * Milliseconds for the whole call, waiting and retries included.
   * @default the client's `operationTimeoutMs`, or `attemptTimeoutMs` where this request's is longer
   */
  operationTimeoutMs?: number;
  /**
   * Statuses that come back as an answer although they are not 2xx, e.g. `[404]` where the provider says "no such
   * session" that way. 401 can be listed by clients that log in again.
   */
  accept?: readonly number[];
}

export interface HttpAnswer {
  status: number;
  /** Lower-case names; repeated headers joined with ", ", but `set-cookie` kept apart in `cookies`. */
  headers: Readonly<Record<string, string>>;
  /** Raw `Set-Cookie` values. */
  cookies: readonly string[];
  /** UTF-8 text of the body. */
  text: string;
  /** When the (last) attempt was sent: `observedAt` of everything learned from this answer. */
  sentAt: number;
}

export interface HttpClient {
  /**
   * Sends a request. Resolves for any 2xx and for the statuses in `accept`. Otherwise throws a `ProviderError`:
   * 401, 402, 403 as `ProviderAuthFailedError`; 429 as `ProviderRateLimitedError`; other 4xx and bodies past the cap as
   * `ProviderBadResponseError`; 5xx, redirects, network failures and an open circuit as `ProviderUnavailableError`;
   * a missed deadline as `ProviderTimeoutError`. `status` is set on the error wherever there was an answer.
   */
  request(request: HttpRequest): Promise<HttpAnswer>;
  /** Figures for `Connection.circuit` and `Connection.requestsPerMinute`. */
  readonly stats: HttpClientStats;
  /** Ends pooled connections; requests in flight fail. Idempotent. */
  close(): Promise<void>;
}

export interface HttpClientStats {
  /** `closed`: requests flow. `open`: they fail at once. `half-open`: one is let through to see. */
  circuit: "closed" | "open" | "half-open";
  /** Requests put on the wire in the last 60 s, retries included. */
  requestsPerMinute: number;
  /**
   * How far the provider's clock is ahead of ours (negative: behind) by the `Date` of its latest answer, milliseconds,
   * half the round trip allowed for. `Date` counts whole seconds, so less than one means nothing. Null before the first
   * answer that has a `Date` of its own.
   */
  clockSkewMs: number | null;
}

export interface HttpClientOptions {
  provider: string;
  connection: string;
  /** Scheme, host, port and optional path prefix; a trailing slash is dropped. */
  baseUrl: string;
  /** Milliseconds. @default 10000 */
  attemptTimeoutMs?: number;
  /** Milliseconds. @default 3 × attemptTimeoutMs */
  operationTimeoutMs?: number;
  /** Attempts after the first, for safe requests. @default 2 */
  maxRetries?: number;
  /** Requests per `perMs`, smoothed with a burst of the same size. @default no limit */
  rateLimit?: { requests: number; perMs: number };
  /** Requests in flight at once. @default 8 */
  maxConcurrency?: number;
  /** Bytes of a decoded body. @default 16 MiB */
  maxBodyBytes?: number;
  /** When the circuit opens, and for how long. @default 5 failures in a row, 1 s growing to 15 s */
  circuit?: CircuitOptions;
  /** Sent with every request. @default switchboard/<version> */
  userAgent?: string;
  /** The clock behind `sentAt` and `Retry-After` dates, milliseconds since the epoch. @default Date.now */
  now?: () => number;
  /** Chance behind the jitter of retries, from 0 to 1. @default Math.random */
  random?: () => number;
  log: Logger;
}

/** The part of pino that rooms below the server use. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  child(fields: object): Logger;
}
