/**
 * The cache as the other rooms see it: repositories of plain rows. SQLite and PostgreSQL are behind it, and nothing
 * outside this room knows which.
 *
 * Rights are part of every read: a `ConnectionScope` becomes a condition in the SQL itself, so a row of a connection
 * that the principal may not see never leaves the database, by whatever way it is asked for.
 */
import type {
  Capability,
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
  Section,
  SessionFacts,
  SessionPhase,
  SessionState,
  TranscriptEntryRecord,
  TransferRecord,
} from "../model/index.js";

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
  /** Every word must occur (any case) in a title, name, log line, summary or turn. */
  text?: string;
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

export interface ReportRepository {
  bySessionKeys(keys: readonly number[]): Promise<Map<number, StoredReport | null>>;
}

export interface ConnectionFigures {
  sessionCount: number;
  liveCount: number;
}

/** What the gateway knows of its connections between runs. */
export interface ConnectionRow {
  name: string;
  provider: Provider;
  lastSyncedAt: EpochMs | null;
  /** The cache holds everything since then; null while the first synchronisation has not finished. */
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

/** A sentence about a failure, as `SourceError` tells it. */
export type StoredError = NonNullable<ConnectionRow["lastError"]>;

/** What a command's answer told, kept so that a repeat of it can be answered without asking anybody. */
export interface StoredAnswer {
  userErrors: readonly { message: string; code: string; path: readonly string[] | null }[];
  transferKey: string | null;
  nextTransferKey: string | null;
  routingAttemptKeys: readonly string[];
  fallback: JsonValue;
  webhook: JsonValue;
}

/** A recorded mutation. */
export interface CommandRow {
  id: string;
  connection: string;
  principal: string;
  /** The mutation's name. */
  name: string;
  /** Hash of the input: two inputs are the same wish when it is the same. The input itself is not kept. */
  inputHash: string;
  idempotencyKey: string | null;
  /** The session it is about; null while a session to be created has no id yet. */
  providerKey: string | null;
  providerId: string | null;
  outcome: "PENDING" | "SUCCEEDED" | "FAILED" | "UNKNOWN";
  error: StoredError | null;
  /** Null while it is pending, and for ever when its process died before the answer. */
  answer: StoredAnswer | null;
  createdAt: EpochMs;
  finishedAt: EpochMs | null;
}

export interface CommandRepository {
  byId(id: string, scope: ConnectionScope): Promise<CommandRow | null>;
  /** The command recorded under an idempotency key; null when there is none. */
  byKey(principal: string, name: string, key: string): Promise<CommandRow | null>;
  /**
   * Records a command as PENDING and of this process, on disk before it resolves; or answers the one that its
   * idempotency key names already.
   */
  begin(
    command: Omit<CommandRow, "outcome" | "error" | "answer" | "finishedAt">,
  ): Promise<{ row: CommandRow; isNew: boolean }>;
  /** Records what came of a command. A command whose outcome is certain already stays as it is. */
  finish(
    id: string,
    end: Pick<CommandRow, "outcome" | "error" | "answer" | "providerKey" | "providerId" | "finishedAt">,
  ): Promise<void>;
  /** True while another process has a command pending on the same session that was recorded before this one. */
  hasEarlier(command: Pick<CommandRow, "id" | "connection" | "providerKey" | "createdAt">): Promise<boolean>;
  /** Makes UNKNOWN of what processes left pending that have ended since; answers these commands. */
  abandon(end: { error: StoredError; finishedAt: EpochMs }): Promise<CommandRow[]>;
}

/** One step of the change log. */
export interface ChangeRow {
  sequence: number;
  sessionKey: number;
  at: EpochMs;
  kind: "CREATED" | "UPDATED" | "ENDED";
  changed: readonly string[];
  previousState: SessionState | null;
}

export interface ChangeRepository {
  after(sequence: number, limit: number, scope: ConnectionScope): Promise<ChangeRow[]>;
  last(): Promise<number>;
}

export interface Store {
  readonly dialect: "sqlite" | "postgres";
  readonly sessions: SessionRepository;
  readonly members: ChildRepository<StoredMember>;
  readonly interactions: ChildRepository<StoredInteraction>;
  readonly transfers: ChildRepository<StoredTransfer>;
  readonly transcript: TranscriptRepository;
  readonly reports: ReportRepository;
  readonly recordings: ChildRepository<StoredRecording>;
  readonly events: ChildRepository<StoredEvent>;
  readonly connections: ConnectionRepository;
  readonly commands: CommandRepository;
  readonly changes: ChangeRepository;
  /** Throws when the database does not answer. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
