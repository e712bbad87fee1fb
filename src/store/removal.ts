/** What leaves the database for good, as the other rooms see it. */
import type { AddressSpelling, EpochMs } from "../model/index.js";

/** What leaves by age. Each call is one short transaction over at most `limit` rows, and answers how many it removed. */
export interface RetentionRepository {
  /** Ended sessions that ended before (those without an end: began, or were last seen), with all that hangs off them. */
  removeSessions(connection: string, before: EpochMs, limit: number): Promise<number>;
  /**
   * Payloads of sessions that ended before, among the `limit` payloads that follow `after` in the table's own order.
   * `next` is where to go on, null at the end.
   */
  removePayloads(
    cutoffs: ReadonlyMap<string, EpochMs>,
    after: number,
    limit: number,
  ): Promise<{ removed: number; next: number | null }>;
  /** Rows of the change log written before; the newest row stays, whatever its age: cursors are compared with it. */
  removeChanges(before: EpochMs, limit: number): Promise<number>;
  /** Commands with an outcome that came before. What is pending stays. */
  removeCommands(before: EpochMs, limit: number): Promise<number>;
  /** Webhook deliveries that came before, whatever became of them. */
  removeDeliveries(before: EpochMs, limit: number): Promise<number>;
  /** Gives room back to the disk, `pages` at most; answers how many. */
  reclaim(pages: number): Promise<number>;
}

/** Rows by table. */
export type RowCounts = Map<string, number>;

/** Everything that is stored of one number or address, for removing it. */
export interface ErasureRepository {
  /** Notes that the address is erased: from when this resolves, no ingest brings back what began before `at`. */
  note(address: AddressSpelling, at: EpochMs): Promise<void>;
  /** Keys of the sessions that have the address anywhere: as an address, in a field, in a turn, in a payload. */
  find(address: AddressSpelling): Promise<number[]>;
  /** How many rows the sessions have in each table. */
  count(keys: readonly number[]): Promise<RowCounts>;
  /** Removes sessions with all there is of them and notes that they are erased; answers the rows by table. */
  remove(keys: readonly number[], at: EpochMs): Promise<RowCounts>;
  /** Rows outside of sessions that have the address, by table. */
  countOthers(address: AddressSpelling): Promise<RowCounts>;
  /** Removes those of them that may go: not commands that are pending, nor rows of tables it does not know. */
  removeOthers(address: AddressSpelling): Promise<RowCounts>;
  /** Makes what was removed unreadable in the database's files too. */
  scrub(): Promise<void>;
}
