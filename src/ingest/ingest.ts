/** The one door: snapshots in, stored rows and their change out (see the merge rules on `SessionSnapshot`). */
import type { SessionSnapshot } from "../model/index.js";
import type { ChangeRow } from "../store/store.js";

/** What became of one snapshot. `change` is null when it taught nothing new. */
export interface IngestResult {
  /** 0 for a session that was erased: it is not taken in again. */
  sessionKey: number;
  change: ChangeRow | null;
}

export interface Ingest {
  /**
   * Stores the snapshots of one connection, in order, in one transaction with their changes. Snapshots of one session
   * may come several times in one call. Resolves after the commit, one result per snapshot.
   */
  ingest(connection: string, snapshots: readonly SessionSnapshot[]): Promise<IngestResult[]>;
}
