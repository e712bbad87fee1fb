import type { Logger } from "../http/http-client.js";
import type { ProviderConnection } from "../providers/provider.js";

/** What every check is given. */
export interface Examination {
  connection: ProviderConnection;
  /** `SWITCHBOARD_PUBLIC_URL` without a trailing slash; null: unset. */
  publicUrl: string | null;
  /** Milliseconds one answer may take (`SWITCHBOARD_PROVIDER_TIMEOUT_MS`). A check gets a small multiple of it. */
  timeoutMs: number;
  /** The clock. Replaced in tests. */
  now: () => number;
  /** Fires when the operator wants no more. */
  signal: AbortSignal;
  log: Logger;
}
