/** The webhook inbox as the other rooms see it: deliveries written down before they are acknowledged. */
import type { EpochMs } from "../model/index.js";
import type { StoredError } from "./command-log.js";

/** A delivery to write down. */
export interface NewDelivery {
  connection: string;
  /** Unique within the connection. */
  deliveryId: string;
  /** Of what it tells. */
  digest: string;
  message: string;
  /** The session it is about; null for none, or when that cannot be read. */
  providerKey: string | null;
  receivedAt: EpochMs;
}

/** A delivery that this process has in hand. */
export interface InboxDelivery {
  sequence: number;
  deliveryId: string;
  message: string;
  providerKey: string | null;
  receivedAt: EpochMs;
  /** Failures so far. */
  attempts: number;
}

/** `NEW`: written down, or taken up again after it was set aside. `AGAIN`: it was there. `OTHER`: something else was there under its id. */
export type Written = "NEW" | "AGAIN" | "OTHER";

/** A delivery that could not be processed, and stands in nobody's way any more. */
export interface SetAsideDelivery {
  deliveryId: string;
  receivedAt: EpochMs;
  attempts: number;
  error: StoredError;
}

/** The inbox of one connection. */
export interface InboxSummary {
  /** Deliveries not processed yet. */
  waiting: number;
  /** Of those that are still kept. */
  lastReceivedAt: EpochMs | null;
  /** Newest first, 20 at most. */
  setAside: readonly SetAsideDelivery[];
  setAsideCount: number;
}

/** What became of a try that failed. */
export interface FailedTry {
  sequence: number;
  error: StoredError;
  /** null: not in this version. */
  nextAttemptAt: EpochMs | null;
  /** Whether it waits aside for that, where an operator sees it and nothing waits for it. */
  isSetAside: boolean;
}

export interface InboxRepository {
  /**
   * Writes deliveries down, on disk before it resolves; one word for each, in order. `onWritten` is called with the words
   * when they can be taken, which is sooner.
   */
  add(
    deliveries: readonly NewDelivery[],
    onWritten?: (words: readonly Written[]) => void,
  ): Promise<Written[]>;
  /**
   * Takes what is due, oldest first. Nothing of a session is taken while anything of it is in hand, be it in another
   * process, or something older of it waits for another try.
   */
  claim(connection: string, now: EpochMs, limit: number): Promise<InboxDelivery[]>;
  /** These are processed: of them only what tells them from others is kept. */
  finish(sequences: readonly number[]): Promise<void>;
  fail(tries: readonly FailedTry[]): Promise<void>;
  /** What was set aside and whose time has come is due again, for one try; the oldest first. Answers how many. */
  takeUp(connections: readonly string[], now: EpochMs, limit: number): Promise<number>;
  /** The time has come for all that was set aside. */
  hasten(connections: readonly string[]): Promise<void>;
  /** What this process has in hand and could not finish is due again. */
  giveBack(sequences: readonly number[]): Promise<void>;
  /** When the next one of a connection is due; null when none waits, or all that wait are in hand. */
  nextAt(connection: string): Promise<EpochMs | null>;
  /** Gives back what processes had in hand that have ended since, and with `own` what this one has. */
  release(connections: readonly string[], own?: boolean): Promise<void>;
  summaries(connections: readonly string[]): Promise<Map<string, InboxSummary>>;
}
