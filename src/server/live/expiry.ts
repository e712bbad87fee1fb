/** Credentials that end: looked at by a timer, and whenever something is about to be delivered on their strength. */
import type { Principal } from "../../context/principal.js";

export interface Expiry {
  /** True when the time is over; `onExpired` has been called then. */
  passed(): boolean;
  /** Forgets the timer. */
  clear(): void;
}

/** The longest time a timer can wait, ms: 24.8 days. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

const NEVER: Expiry = { passed: () => false, clear: () => undefined };

/** Watches the end of a principal's rights. `onExpired` is called once. */
export function watchExpiry(
  { expiresAt }: Pick<Principal, "expiresAt">,
  now: () => number,
  onExpired: () => void,
): Expiry {
  if (expiresAt === undefined) return NEVER;
  let timer: NodeJS.Timeout;
  let told = false;

  function passed(): boolean {
    if (now() < (expiresAt ?? Infinity)) return false;
    if (!told) {
      told = true;
      clearTimeout(timer);
      onExpired();
    }
    return true;
  }
  function arm(): void {
    const leftMs = (expiresAt ?? Infinity) - now();
    timer = setTimeout(
      () => {
        if (!passed()) arm();
      },
      Math.min(Math.max(leftMs, 1), LONGEST_TIMER_MS),
    );
    timer.unref();
  }
  arm();
  return { passed, clear: () => clearTimeout(timer) };
}
