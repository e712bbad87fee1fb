/** What can be set about a database beside its URL. */
export interface DatabaseOptions {
  /** Connections at most (PostgreSQL). @default 10 */
  poolSize?: number;
  /** A statement that takes longer is ended, milliseconds (PostgreSQL). @default 30000 */
  statementTimeoutMs?: number;
  /** How long making a connection, or waiting for a free one, may take, milliseconds (PostgreSQL). @default 5000 */
  connectTimeoutMs?: number;
  /** How long a write waits for another's lock, or for a lost server to come back, milliseconds. @default 10000 */
  patienceMs?: number;
}

/** What holds where nothing is set. */
export const DATABASE_DEFAULTS: Required<DatabaseOptions> = {
  poolSize: 10,
  statementTimeoutMs: 30_000,
  connectTimeoutMs: 5_000,
  patienceMs: 10_000,
};
