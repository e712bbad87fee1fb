import type { Dispatcher } from "undici";
import {
  isProviderError,
  ProviderTimeoutError,
  ProviderUnavailableError,
  type ProviderError,
  type ProviderErrorSource,
} from "../errors/index.js";
import { Deadline, DeadlineError } from "./deadline.js";
import { fromStatus, fromThrown, timedOut } from "./failures.js";
import type { HttpAnswer, HttpRequest } from "./http-client.js";
import { readBody } from "./read-body.js";
import { parseRetryAfter } from "./retry-timing.js";

/**
 * One attempt's outcome. `headers` is empty when there was no answer at all. `clockSkewMs` as in `HttpClientStats`, by
 * this answer alone.
 */
export type AttemptOutcome =
  | { answer: HttpAnswer; error?: undefined; clockSkewMs: number | null }
  | { error: ProviderError; headers: Readonly<Record<string, string>>; clockSkewMs: number | null };

/** What an attempt needs besides the request. */
export interface AttemptContext {
  dispatcher: Dispatcher;
  source: ProviderErrorSource;
  /** Path and query as they go on the wire. */
  path: string;
  headers: Record<string, string>;
  timeoutMs: number;
  maxBodyBytes: number;
  /** The whole call's limit. */
  operation: Deadline;
  now: () => number;
}

/** Bytes of an unwelcome answer's body that are read so that its connection can be used again. */
const DISCARDED_BYTES = 128 * 1024;

/**
 * Puts a request on the wire once. Failures of the provider are outcomes; it rejects only with the reason of the call's
 * own signal, or with mistakes of ours.
 */
export async function sendOnce(request: HttpRequest, context: AttemptContext): Promise<AttemptOutcome> {
  const { operation, source } = context;
  using attempt = new Deadline(context.timeoutMs, operation.signal);
  const sentAt = context.now();
  const startedAt = performance.now();
  let status: number | undefined;
  let clockSkewMs: number | null = null;
  try {
    const response = await context.dispatcher.request({
      method: request.method,
      path: context.path,
      headers: context.headers,
      body: request.body,
      signal: attempt.signal,
    });
    status = response.statusCode;
    const { headers, cookies } = splitHeaders(response.headers);
    clockSkewMs = readClockSkew(headers, sentAt + (performance.now() - startedAt) / 2);
    if ((status >= 200 && status < 300) || request.accept?.includes(status) === true) {
      const text = await readBody(response.body, headers["content-encoding"], context.maxBodyBytes);
      return { answer: { status, headers, cookies, text, sentAt }, clockSkewMs };
    }
    // The status has said it all: a body that breaks off or is longer costs its connection, not the outcome.
    await response.body.dump({ limit: DISCARDED_BYTES, signal: attempt.signal }).catch(() => undefined);
    return {
      error: fromStatus(status, parseRetryAfter(headers["retry-after"], context.now()), source),
      headers,
      clockSkewMs,
    };
  } catch (thrown) {
    if (operation.signal.aborted && !(operation.signal.reason instanceof DeadlineError)) {
      throw operation.signal.reason;
    }
    const reason: unknown = attempt.signal.reason;
    const error =
      reason instanceof DeadlineError ? timedOut(reason, source, true) : fromThrown(thrown, source, status);
    if (!isProviderError(error)) throw error;
    return { error, headers: {}, clockSkewMs };
  }
}

/** True for outcomes that speak of an outage. A 4xx, 429 included, is an answer: the provider is up. */
export function isDown({ error }: AttemptOutcome): boolean {
  if (error instanceof ProviderTimeoutError) return true;
  return error instanceof ProviderUnavailableError && (error.status === undefined || error.status >= 500);
}

/**
 * How far the `Date` of an answer (RFC 9110 §6.6.1) is ahead of our clock at the middle of the round trip, milliseconds.
 * A second is cut to its whole, so the middle of it is the best guess. Null without a readable `Date`, and for an answer
 * out of a cache (`Age`), whose `Date` is that of another time.
 */
function readClockSkew(headers: Readonly<Record<string, string>>, at: number): number | null {
  const date = Date.parse(headers["date"] ?? "");
  return Number.isNaN(date) || Number(headers["age"] ?? 0) > 0 ? null : Math.round(date + 500 - at);
}

function splitHeaders(
  raw: Record<string, string | string[] | undefined>,
): Pick<HttpAnswer, "headers" | "cookies"> {
  const headers: Record<string, string> = {};
  let cookies: readonly string[] = [];
  for (const [name, value] of Object.entries(raw)) {
    if (value === undefined) continue;
    if (name === "set-cookie") cookies = typeof value === "string" ? [value] : value;
    else headers[name] = typeof value === "string" ? value : value.join(", ");
  }
  return { headers, cookies };
}
