/** The change log as the other rooms see it: what changed, in the one order in which it was committed. */
import type { Channel, Direction, EpochMs, SessionPhase, SessionState } from "../model/index.js";
import type { ChangeUndo } from "./change-undo.js";
import type { ConnectionScope, SessionFilter, SessionRef, SessionRow } from "./store.js";

/** What filters look at in a session and what can change: kept with each change, from before it and after it. */
export interface FilteredFacts {
  phase: SessionPhase;
  state: SessionState;
  channel: Channel;
  direction: Direction;
  startedAt: EpochMs | null;
  updatedAt: EpochMs | null;
  durationSeconds: number | null;
  hasTransfer: boolean;
  hasTranscript: boolean;
}

/** A transfer that a change was about, and which of its steps on the timeline are new with it. */
export interface ChangedTransfer {
  key: string;
  isNew: boolean;
  isSettled: boolean;
}

/** Which rows of a session a change was about. A list that is absent: all there are, if the section changed at all. */
export interface ChangedParts {
  transcript?: readonly number[];
  events?: readonly string[];
  transfers?: readonly ChangedTransfer[];
}

/** One step of the change log. */
export interface ChangeRow {
  sequence: number;
  sessionKey: number;
  connection: string;
  at: EpochMs;
  kind: "CREATED" | "UPDATED" | "ENDED";
  changed: readonly string[];
  previousState: SessionState | null;
  /** Null for a session that was not known before. */
  before: FilteredFacts | null;
  after: FilteredFacts;
  parts: ChangedParts;
}

/** A change as it is written down. */
export interface LoggedChange extends ChangeRow {
  undo: ChangeUndo;
}

/** Whether a session met a filter right before a change, and right after it. */
export interface ChangeMatch {
  before: boolean;
  after: boolean;
}

/** Sessions as they stood when exactly the changes up to `upTo` had taken place. */
export interface SessionsAt {
  upTo: number;
  /** The highest key that any session had. */
  newestKey: number;
  rows: SessionRow[];
}

export interface ChangeRepository {
  /** Changes behind a place, in order. */
  after(sequence: number, limit: number, scope: ConnectionScope, sessionKey?: number): Promise<ChangeRow[]>;
  /** The place behind everything that has changed so far. It never goes back, whatever is removed. */
  last(): Promise<number>;
  /** The lowest place behind which nothing of these connections has been removed by age. */
  floor(scope: ConnectionScope): Promise<number>;
  /** Sessions that match, with a key above `afterKey` and not above `upToKey`, by key; or just the one session of a key. */
  sessionsAt(
    filter: SessionFilter,
    which: { afterKey: number; upToKey: number; limit: number } | { key: number },
    scope: ConnectionScope,
  ): Promise<SessionsAt>;
  /**
   * Whether the sessions of these changes met the filter before and after each of them, in their order: from the log and
   * what is stored, so the same whoever asks and whenever, as long as the log is kept from there on. Of the filter, only
   * `address`, `text` and `providerFields` are looked at. A session that has been removed met none.
   */
  matches(
    changes: readonly Pick<ChangeRow, "sequence" | "sessionKey">[],
    filter: SessionFilter,
  ): Promise<ChangeMatch[]>;
  /** Which of the sessions are among those named: for ever, since neither keys nor names are given to others. */
  named(keys: readonly number[], refs: readonly SessionRef[]): Promise<Set<number>>;
  /** What all gateways on this database seal cursors with. */
  cursorKey(): Promise<Uint8Array>;
}
