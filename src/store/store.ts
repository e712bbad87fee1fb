/**
 * The cache as the other rooms see it: repositories of plain rows. SQLite and PostgreSQL are behind it, and nothing
 * outside this room knows which.
 *
 * Rights are part of every read: a `ConnectionScope` becomes a condition in the SQL itself, so a row of a connection
 * that the principal may not see never leaves the database, by whatever way it is asked for.
 */
import type { ChangeRepository } from "./change-log.js";
import type { CommandRepository } from "./command-log.js";
import type { ConnectionRepository, CoverageRepository, LeaseRepository } from "./connections.js";
import type { HoldingRepository } from "./holdings.js";
import type { InboxRepository } from "./inbox.js";
import type {
  Channel,
  Direction,
  EpochMs,
  EventRecord,
  InteractionRecord,
  JsonObject,
  JsonValue,
  MemberRecord,
  Provider,
  RecordingRecord,
  ReportRecord,
  SearchQuery,
  Section,
  SessionFacts,
  SessionJoin,
  SessionPhase,
  SessionState,
  TranscriptEntryRecord,
  TransferRecord,
} from "../model/index.js";
import type { StatsRepository } from "./stats/stats.js";
import type { ErasureRepository, RetentionRepository } from "./removal.js";

export type * from "./change-log.js";
export type * from "./command-log.js";
export type * from "./connections.js";
export type * from "./holdings.js";
export type * from "./inbox.js";

/** Connections a read may touch, by name. `"all"` is for the gateway's own work, never for a principal's "*". */
export type ConnectionScope = "all" | readonly string[];

/** Names a session: the connection and the provider's key (see `SessionSnapshot.providerKey`). */
export interface SessionRef {
  connection: string;
  providerKey: string;
}

/** A stored session without what hangs off it. */
export interface SessionRow extends SessionFacts {
  /** Primary key, local to this database. Never shown. */
  key: number;
  connection: string;
  provider: Provider;
  providerId: string;
  providerKey: string;
  /** The provider's own fields under their name in the graph. */
  fields: JsonObject;
  /** When each section was last read from the provider; a section that never was is absent. */
  sections: Partial<Record<Section, EpochMs>>;
  /** When the session itself was last confirmed by its provider (`observedAt` of the newest snapshot). */
  fetchedAt: EpochMs;
  /** How that news came. */
  source: "READ" | "LIST" | "PUSH" | "COMMAND";
  /** Fields that the newest payload had with a wrong type. */
  problems: readonly { path: string; field: string; expected: string; received: string }[];
  hasTransfer: boolean;
  hasTranscript: boolean;
}

export interface SessionFilter {
  refs?: readonly SessionRef[];
  providers?: readonly Provider[];
  connections?: readonly string[];
  phases?: readonly SessionPhase[];
  states?: readonly SessionState[];
  channels?: readonly Channel[];
  directions?: readonly Direction[];
  /** Any end (from, to, members, leg parties, virtual numbers): E.164 form when it is a number, and the exact text. */
  address?: { e164: string | null; text: string };
  /** Inclusive. */
  startedAfter?: EpochMs;
  /** Exclusive. */
  startedBefore?: EpochMs;
  /** Inclusive. */
  updatedAfter?: EpochMs;
  hasTransfer?: boolean;
  hasTranscript?: boolean;
  minDurationSeconds?: number;
  /**
   * Every term must occur in a title, a name, a log line, a summary or a turn, be it each in another one, and what has
   * a minus in none. With `onlyOpen`, titles and names alone count: what needs no further right to be read.
   */
  text?: { query: SearchQuery; onlyOpen: boolean };
  /** Graph field name to value, equality. Names are checked by the caller against the graph. */
  providerFields?: Readonly<Record<string, string | number | boolean | null>>;
}

export const SESSION_ORDER_FIELDS = ["STARTED_AT", "UPDATED_AT", "ENDED_AT", "DURATION"] as const;
export interface SessionOrder {
  field: (typeof SESSION_ORDER_FIELDS)[number];
  direction: "ASC" | "DESC";
}

/** A place in an order: the value sorted by (null sorts last in both directions) and a tie-breaker. */
export interface SessionPosition {
  value: number | null;
  tie: string;
}

export interface SessionPageQuery {
  filter: SessionFilter;
  order: SessionOrder;
  /** Rows strictly after this place in the order. */
  after?: SessionPosition;
  /** Rows strictly before it. */
  before?: SessionPosition;
  limit: number;
  /** Leave the providers' own fields unread: `fields` is empty then. @default false */
  withoutFields?: boolean;
  /** Take the last `limit` rows of the range instead of the first; still answered in the order asked for. */
  fromEnd?: boolean;
}

/** A row of a page with its place, from which the cursor is made. */
export interface PositionedSession {
  row: SessionRow;
  position: SessionPosition;
}

export interface StoredMember extends MemberRecord {
  sessionKey: number;
}
export interface StoredInteraction extends InteractionRecord {
  sessionKey: number;
}
export interface StoredTransfer extends TransferRecord {
  sessionKey: number;
}
export interface StoredTranscriptEntry extends TranscriptEntryRecord {
  sessionKey: number;
}
export interface StoredReport extends ReportRecord {
  sessionKey: number;
}
export interface StoredRecording extends RecordingRecord {
  sessionKey: number;
}
export interface StoredEvent extends EventRecord {
  sessionKey: number;
}

/** What hangs off sessions, read for many sessions in one statement; every map has an entry for every key asked. */
export interface ChildRepository<Row> {
  bySessionKeys(keys: readonly number[]): Promise<Map<number, Row[]>>;
}

export interface SessionRepository {
  /** One row or null per ref, in order, one statement. */
  byRefs(refs: readonly SessionRef[], scope: ConnectionScope): Promise<(SessionRow | null)[]>;
  byKeys(keys: readonly number[], scope: ConnectionScope): Promise<(SessionRow | null)[]>;
  page(query: SessionPageQuery, scope: ConnectionScope): Promise<PositionedSession[]>;
  count(filter: SessionFilter, scope: ConnectionScope): Promise<number>;
  /** The provider's payload, untouched; read only when selected. */
  rawByKeys(keys: readonly number[]): Promise<Map<number, JsonValue>>;
  /** Sessions of a connection in phase OPEN or LIVE: what a poll compares the provider's live list with. */
  unended(connection: string): Promise<SessionRow[]>;
  /**
   * Looks at the next sessions of a connection, newest first, for those that lack one of the sections: what the
   * background fill reads next. `after`: where the last look ended; `next` is null when there are no more sessions.
   */
  lackingSections(
    connection: string,
    sections: readonly Section[],
    after: SessionPosition | null,
  ): Promise<{ rows: SessionRow[]; next: SessionPosition | null }>;
}

export interface TranscriptRepository extends ChildRepository<StoredTranscriptEntry> {
  countBySessionKeys(keys: readonly number[]): Promise<Map<number, number>>;
  /** Turns with index above `afterIndex`, by index, `limit` of each session at most. */
  pages(
    keys: readonly number[],
    afterIndex: number,
    limit: number,
  ): Promise<Map<number, StoredTranscriptEntry[]>>;
}

/** Turns that match, narrowed by place. A place says when a turn was said: greater is later, and no two are equal. */
export interface TurnSearch {
  query: SearchQuery;
  /** Which sessions they may belong to. */
  filter: SessionFilter;
  /** Inclusive. */
  from?: number;
  /** Inclusive. */
  until?: number;
  /** Exclusive. */
  before?: number;
}

/** A turn that matches, with its text as it is indexed. */
export interface TurnMatch {
  place: number;
  sessionKey: number;
  text: string;
}

export interface SearchRepository {
  /** Latest first. */
  turns(search: TurnSearch, scope: ConnectionScope, limit?: number): Promise<TurnMatch[]>;
  count(search: TurnSearch, scope: ConnectionScope): Promise<number>;
  /** The turns at places that a search has answered; those that have gone meanwhile are left out. */
  entries(places: readonly number[]): Promise<Map<number, StoredTranscriptEntry>>;
}

export interface ReportRepository {
  bySessionKeys(keys: readonly number[]): Promise<Map<number, StoredReport | null>>;
}

/** Keys by which sessions of different connections are found to be one conversation. */
export interface JoinRepository {
  /**
   * Pairs of a session asked about and a session of another connection that shares a key with it at about the same
   * time; both ends within the scope. At most 20 for each key, the nearest in time.
   */
  neighbours(
    keys: readonly number[],
    scope: readonly string[],
  ): Promise<(readonly [one: number, other: number])[]>;
  bySessionKeys(keys: readonly number[]): Promise<Map<number, SessionJoin[]>>;
}

export interface Store {
  readonly dialect: "sqlite" | "postgres";
  readonly sessions: SessionRepository;
  readonly members: ChildRepository<StoredMember>;
  readonly interactions: ChildRepository<StoredInteraction>;
  readonly transfers: ChildRepository<StoredTransfer>;
  readonly transcript: TranscriptRepository;
  readonly search: SearchRepository;
  readonly reports: ReportRepository;
  readonly recordings: ChildRepository<StoredRecording>;
  readonly events: ChildRepository<StoredEvent>;
  readonly joins: JoinRepository;
  readonly connections: ConnectionRepository;
  readonly commands: CommandRepository;
  readonly inbox: InboxRepository;
  readonly coverage: CoverageRepository;
  readonly leases: LeaseRepository;
  readonly holdings: HoldingRepository;
  readonly changes: ChangeRepository;
  readonly stats: StatsRepository;
  readonly retention: RetentionRepository;
  readonly erasure: ErasureRepository;
  /** Throws when the database does not answer. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
