import { Pool } from "undici";
import packageJson from "../../package.json" with { type: "json" };
import { ProviderRateLimitedError, type ProviderError, type ProviderErrorSource } from "../errors/index.js";
import { Circuit, CircuitOpenError } from "./circuit.js";
import { Deadline, DeadlineError } from "./deadline.js";
import { circuitOpen, connectionClosed, heldBack, timedOut } from "./failures.js";
import type {
  HttpAnswer,
  HttpClient,
  HttpClientOptions,
  HttpClientStats,
  HttpRequest,
} from "./http-client.js";
import { RateLimiter } from "./rate-limiter.js";
import { ACCEPTED_ENCODINGS } from "./read-body.js";
import { redactHeaders, redactText, redactUrl } from "./redact.js";
import { RequestMeter } from "./request-meter.js";
import { RequestQueue, type Release } from "./request-queue.js";
import { parseBaseUrl, toRequestPath, type BaseUrl } from "./request-url.js";
import { isTransient, retryDelayMs } from "./retry-timing.js";
import { isDown, sendOnce, type AttemptOutcome } from "./send-once.js";

const ATTEMPT_TIMEOUT_MS = 10_000;
const MAX_RETRIES = 2;
const MAX_CONCURRENCY = 8;
const MAX_BODY_BYTES = 16 * 1024 * 1024;

/**
 * Longest time that one 429 holds back the whole connection. The request that got it waits as long as it was told, or
 * fails; the others find out for themselves after this.
 */
const LONGEST_PAUSE_MS = 5_000;

/** Creates the client of one connection. Throws `TypeError` for a base URL that is none. */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  return new PooledHttpClient(options);
}

/** A pool, a queue in front of it and a circuit around it. */
class PooledHttpClient implements HttpClient {
  readonly #options: HttpClientOptions;
  readonly #source: ProviderErrorSource;
  readonly #base: BaseUrl;
  readonly #pool: Pool;
  readonly #limiter: RateLimiter;
  readonly #queue: RequestQueue;
  readonly #circuit: Circuit<AttemptOutcome>;
  readonly #meter = new RequestMeter();
  readonly #closing = new AbortController();
  readonly #attemptTimeoutMs: number;
  #clockSkewMs: number | null = null;

  constructor(options: HttpClientOptions) {
    const maxConcurrency = options.maxConcurrency ?? MAX_CONCURRENCY;
    this.#options = options;
    this.#source = { provider: options.provider, connection: options.connection };
    this.#base = parseBaseUrl(options.baseUrl);
    this.#attemptTimeoutMs = options.attemptTimeoutMs ?? ATTEMPT_TIMEOUT_MS;
    // HTTP/1.1, so that requests in flight and connections are the same number. The deadlines are our own.
    this.#pool = new Pool(this.#base.origin, {
      connections: maxConcurrency,
      allowH2: false,
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    this.#limiter = new RateLimiter(options.rateLimit);
    this.#queue = new RequestQueue(maxConcurrency, this.#limiter);
    this.#circuit = new Circuit<AttemptOutcome>(isDown, options.circuit, (circuit) => {
      options.log.info({ ...this.#source, circuit }, "provider circuit");
    });
  }

  get stats(): HttpClientStats {
    return {
      circuit: this.#circuit.state,
      requestsPerMinute: this.#meter.perMinute,
      clockSkewMs: this.#clockSkewMs,
    };
  }

  async request(request: HttpRequest): Promise<HttpAnswer> {
    const attemptTimeoutMs = request.attemptTimeoutMs ?? this.#attemptTimeoutMs;
    const operationTimeoutMs =
      request.operationTimeoutMs ??
      Math.max(attemptTimeoutMs, this.#options.operationTimeoutMs ?? 3 * this.#attemptTimeoutMs);
    const maxRetries =
      (request.safe ?? request.method === "GET") ? (this.#options.maxRetries ?? MAX_RETRIES) : 0;
    using operation = new Deadline(operationTimeoutMs, request.signal, this.#closing.signal);

    for (let attempt = 1; ; attempt += 1) {
      const outcome = await this.#attempt(request, attempt, attemptTimeoutMs, operation);
      if (outcome.error === undefined) return outcome.answer;
      const delayMs =
        attempt <= maxRetries ? this.#delayBeforeRetry(outcome.error, attempt, operation) : null;
      this.#logFailure(request, attempt, outcome.error, outcome.headers, delayMs);
      if (delayMs === null) throw outcome.error;
      try {
        await operation.sleep(delayMs);
      } catch (reason) {
        throw reason instanceof DeadlineError ? outcome.error : reason;
      }
    }
  }

  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort(connectionClosed(this.#source));
    await this.#pool.destroy();
  }

  /** Waits for its turn and sends once. Throws when it was never sent; otherwise answers what became of it. */
  async #attempt(
    request: HttpRequest,
    number: number,
    timeoutMs: number,
    operation: Deadline,
  ): Promise<AttemptOutcome> {
    const release = await this.#waitForTurn(request, operation);
    const path = toRequestPath(this.#base, request);
    const startedAt = performance.now();
    try {
      const outcome = await this.#circuit.run(() => {
        this.#meter.count();
        return sendOnce(request, {
          dispatcher: this.#pool,
          source: this.#source,
          path,
          headers: this.#headersOf(request),
          timeoutMs,
          maxBodyBytes: this.#options.maxBodyBytes ?? MAX_BODY_BYTES,
          operation,
          now: this.#options.now ?? Date.now,
        });
      });
      this.#clockSkewMs = outcome.clockSkewMs ?? this.#clockSkewMs;
      const status = outcome.error === undefined ? outcome.answer.status : outcome.error.status;
      const elapsedMs = Math.round(performance.now() - startedAt);
      this.#options.log.debug({ ...this.#fieldsOf(request, number), status, elapsedMs }, "provider request");
      if (outcome.error instanceof ProviderRateLimitedError) {
        this.#limiter.pauseFor(Math.min(LONGEST_PAUSE_MS, (outcome.error.retryAfterSeconds ?? 0) * 1000));
      }
      return outcome;
    } catch (error) {
      if (error instanceof CircuitOpenError) throw circuitOpen(error.retryAfterMs, this.#source);
      throw error;
    } finally {
      release();
    }
  }

  async #waitForTurn(request: HttpRequest, operation: Deadline): Promise<Release> {
    // Both would be found out at the end of the queue too, only later.
    const refusedForMs = this.#circuit.refusesForMs;
    if (refusedForMs > 0) throw circuitOpen(refusedForMs, this.#source);
    if (this.#limiter.waitMs > operation.remainingMs) throw heldBack(this.#limiter.waitMs, this.#source);
    try {
      return await this.#queue.acquire(request.priority ?? "user", operation.signal);
    } catch (reason) {
      if (!(reason instanceof DeadlineError)) throw reason;
      throw this.#queue.isRateBound
        ? heldBack(this.#limiter.waitMs, this.#source)
        : timedOut(reason, this.#source, false);
    }
  }

  /** Null when trying again is not allowed, cannot help, or would come too late. */
  #delayBeforeRetry(error: ProviderError, retry: number, operation: Deadline): number | null {
    if (!isTransient(error) || this.#circuit.refusesForMs > 0) return null;
    const delayMs = retryDelayMs(error, retry, this.#options.random ?? Math.random);
    return delayMs < operation.remainingMs ? delayMs : null;
  }

  #headersOf(request: HttpRequest): Record<string, string> {
    return {
      "user-agent": this.#options.userAgent ?? `switchboard/${packageJson.version}`,
      "accept-encoding": ACCEPTED_ENCODINGS,
      ...request.headers,
    };
  }

  #fieldsOf(request: HttpRequest, attempt: number): object {
    return {
      ...this.#source,
      method: request.method,
      url: redactUrl(toRequestPath(this.#base, request)),
      attempt,
    };
  }

  #logFailure(
    request: HttpRequest,
    attempt: number,
    error: ProviderError,
    headers: Readonly<Record<string, string>>,
    retryInMs: number | null,
  ): void {
    const { code, status, message, cause } = error;
    const reason = cause instanceof Error ? redactText(cause.message) : undefined;
    this.#options.log.warn(
      {
        ...this.#fieldsOf(request, attempt),
        code,
        status,
        message,
        reason,
        headers: redactHeaders(headers),
        retryInMs: retryInMs === null ? null : Math.round(retryInMs),
      },
      retryInMs === null ? "provider request failed" : "provider request failed, trying again",
    );
  }
}
