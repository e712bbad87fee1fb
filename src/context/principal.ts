/** Who asks, and with what rights. */

/** Every scope there is (contract, "HTTP"). */
export const SCOPES = [
  "sessions:read",
  "transcripts:read",
  "recordings:read",
  "pii:read",
  "raw:read",
  "sessions:write",
  "admin",
] as const;
export type Scope = (typeof SCOPES)[number];

export interface Principal {
  /** For logs, the command log and `viewer`. */
  name: string;
  scopes: ReadonlySet<Scope>;
  /** Names of the configured connections this principal may know of: "*" is resolved when the principal is made. */
  connections: readonly string[];
  /** When the credentials end, epoch milliseconds: what runs on their strength ends with them. Never, when left out. */
  expiresAt?: number;
}
