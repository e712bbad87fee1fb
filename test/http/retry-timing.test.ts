import { expect, test } from "vitest";
import {
  ProviderAuthFailedError,
  ProviderBadResponseError,
  ProviderRateLimitedError,
  ProviderTimeoutError,
  ProviderUnavailableError,
} from "../../src/errors/index.js";
import { isTransient, parseRetryAfter, retryDelayMs } from "../../src/http/retry-timing.js";

const NOW = Date.UTC(2026, 2, 1, 10, 0, 0);
const source = { provider: "PLIVO", connection: "main" };

test.each([
  ["0", 0],
  ["7", 7_000],
  [" 7 ", 7_000],
  ["1.5", 1_500],
  ["Sun, 01 Mar 2026 10:00:30 GMT", 30_000],
  ["Sunday, 01-Mar-26 10:00:30 GMT", 30_000],
  ["Sun, 01 Mar 2026 09:00:00 GMT", 0],
  ["soon", null],
  ["-5", null],
  ["2026-03-01T10:00:30Z", null],
  ["", null],
  [undefined, null],
])("Retry-After %j is %j ms", (value, ms) => {
  expect(parseRetryAfter(value, NOW)).toBe(ms);
});

test("the jitter covers everything from nothing to a bound that doubles and ends", () => {
  const error = new ProviderUnavailableError("down", source);
  expect(retryDelayMs(error, 1, () => 0)).toBe(0);
  const bounds = [1, 2, 3, 9].map((retry) => retryDelayMs(error, retry, () => 1));
  expect(bounds).toEqual([200, 400, 800, 5_000]);
});

test("never earlier than the provider asked for", () => {
  const error = new ProviderRateLimitedError("slow down", source, { retryAfterSeconds: 3 });
  expect(retryDelayMs(error, 1, () => 0)).toBe(3_000);
});

test("only what may pass by itself is worth another attempt", () => {
  const worth = [
    new ProviderRateLimitedError("429", source, { status: 429 }),
    new ProviderTimeoutError("late", source),
    new ProviderUnavailableError("reset", source),
    new ProviderUnavailableError("503", source, { status: 503 }),
  ];
  const not = [
    new ProviderUnavailableError("302", source, { status: 302 }),
    new ProviderUnavailableError("501", source, { status: 501 }),
    new ProviderAuthFailedError("401", source, { status: 401 }),
    new ProviderBadResponseError("404", source, { status: 404 }),
  ];
  expect(worth.map(isTransient)).toEqual([true, true, true, true]);
  expect(not.map(isTransient)).toEqual([false, false, false, false]);
});
