import { toDuration } from "./duration.js";
import type { Examination } from "./examination.js";
import type { Check } from "./report.js";

/** Signatures are taken for minutes and tokens expire by the second: from here on it is a matter of time. */
const LARGEST_SKEW_MS = 30_000;

/** `clock`: the `Date` of what the provider has answered so far against this machine's clock. */
export async function checkClock({ connection }: Examination): Promise<Check[]> {
  const name = "clock";
  const skewMs = connection.stats.clockSkewMs;
  if (skewMs === null) {
    return [{ name, status: "skipped", message: "the provider's answers do not say what time it is there" }];
  }
  // `Date` has whole seconds only.
  const apart = toDuration(Math.max(1_000, Math.abs(skewMs)));
  if (Math.abs(skewMs) <= LARGEST_SKEW_MS)
    return [{ name, status: "ok", message: `within ${apart} of the provider's` }];
  const message =
    `this machine's clock is ${apart} ${skewMs > 0 ? "behind" : "ahead of"} the provider's: signed webhooks and ` +
    "tokens are refused as too old or too new. Let NTP set the clock.";
  return [{ name, status: "warning", message }];
}
