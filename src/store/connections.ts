/** What the gateway knows of its connections between runs: how they are, what of them is held, who does what for them. */
import type { Capability, EpochMs, Provider } from "../model/index.js";

export interface ConnectionFigures {
  sessionCount: number;
  liveCount: number;
}

/** What the gateway knows of its connections between runs. */
export interface ConnectionRow {
  name: string;
  provider: Provider;
  lastSyncedAt: EpochMs | null;
  /** Oldest end of the span of coverage that reaches now; null while there is none. */
  coveredSince: EpochMs | null;
  lastError: { code: string; message: string; retryAfterSeconds: number | null; at: EpochMs } | null;
  capabilities: readonly Capability[];
}

export interface ConnectionRepository {
  all(): Promise<ConnectionRow[]>;
  /** Inserts or changes; keys left out stay as they are. */
  save(row: Pick<ConnectionRow, "name" | "provider"> & Partial<ConnectionRow>): Promise<void>;
  figures(names: readonly string[]): Promise<Map<string, ConnectionFigures>>;
}

/** A span of `startedAt`: from `since` (inclusive) to `until` (exclusive). */
export interface CoverageSpan {
  since: EpochMs;
  until: EpochMs;
}

/** Which spans of `startedAt` the cache holds completely. */
export interface CoverageRepository {
  /** Oldest first; none touches another. */
  spans(connection: string): Promise<CoverageSpan[]>;
  /** Adds a span, merged with those it touches; answers all. Safe beside other processes that add. */
  add(connection: string, span: CoverageSpan): Promise<CoverageSpan[]>;
  /** Forgets what lies before `since`; answers what is left. */
  trim(connection: string, since: EpochMs): Promise<CoverageSpan[]>;
}

/** Work that one process at a time may do. */
export interface LeaseRepository {
  /** Takes a lease or, by its holder, prolongs it. False while another holder's has not run out. */
  take(name: string, holder: string, now: EpochMs, forMs: number): Promise<boolean>;
  /** Gives it back; nothing happens when somebody else has it. */
  release(name: string, holder: string): Promise<void>;
}
