/** What the doctor says, as data: `switchboard doctor --json` prints a `DoctorReport` as it is. */

/**
 * `warning`: it works, but not all of it or not for long. `failed`: it does not work. `skipped`: it was not looked at,
 * because something before it failed or because there is nothing to look at.
 */
export type CheckStatus = "ok" | "warning" | "failed" | "skipped";

/** One thing looked at. */
export interface Check {
  /** `reachable`, `credentials`, `clock`, `permissions: …`, `paging` or `webhooks`. */
  name: string;
  status: CheckStatus;
  /** What was found and what to do about it. No secret, no number, nothing of a provider's body. */
  message: string;
}

/** What was found of one connection, in the order in which it was looked at. */
export interface ConnectionReport {
  name: string;
  /** The provider's word, e.g. `SPEKO`. */
  provider: string;
  /** False when a check failed. */
  ok: boolean;
  checks: readonly Check[];
}

export interface DoctorReport {
  /** False when a check of any connection failed. Warnings leave it true. */
  ok: boolean;
  connections: readonly ConnectionReport[];
}
