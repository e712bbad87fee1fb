/** When to try again: pure arithmetic. */
import {
  ProviderRateLimitedError,
  ProviderTimeoutError,
  ProviderUnavailableError,
  type ProviderError,
} from "../errors/index.js";

/** Milliseconds: the first retry waits up to this, every further one up to twice as long. */
const BASE_DELAY_MS = 200;
const LONGEST_DELAY_MS = 5_000;

/** Answers that say "not now" rather than "never". 501 and 505 will not change by asking again. */
const TRANSIENT_STATUSES: ReadonlySet<number> = new Set([500, 502, 503, 504]);

/**
 * Reads `Retry-After` in both its forms, seconds and HTTP date (RFC 9110 §10.2.3), as milliseconds from `now`. A date
 * that has passed is 0. Null when the header is absent or cannot be read.
 */
export function parseRetryAfter(value: string | undefined, now: number): number | null {
  const text = value?.trim() ?? "";
  if (/^\d+(?:\.\d+)?$/.test(text)) return Math.round(Number(text) * 1000);
  // Date.parse takes far more than HTTP dates; all three forms of those begin with the name of a day.
  if (!/^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,?\s/.test(text)) return null;
  const date = Date.parse(text);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}

/** True for failures after which the same read may well succeed. */
export function isTransient(error: ProviderError): boolean {
  if (error instanceof ProviderRateLimitedError || error instanceof ProviderTimeoutError) return true;
  if (!(error instanceof ProviderUnavailableError)) return false;
  return error.status === undefined || TRANSIENT_STATUSES.has(error.status);
}

/**
 * Milliseconds before retry number `retry` (from 1), with full jitter: anywhere between nothing and the doubling
 * bound, so that clients that failed together do not come back together. What the provider asked for is the least.
 */
export function retryDelayMs(error: ProviderError, retry: number, random: () => number): number {
  const bound = Math.min(LONGEST_DELAY_MS, BASE_DELAY_MS * 2 ** (retry - 1));
  return (error.retryAfterSeconds ?? 0) * 1000 + random() * bound;
}
