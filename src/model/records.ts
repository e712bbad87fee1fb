/**
 * What is known of a session and of what hangs off it, in our own words. The same shapes leave a provider (inside a
 * snapshot), are stored, and are read back. Times are milliseconds since the epoch (UTC). Money is an exact decimal in
 * a string. `null` means "the provider has no such fact, or has not said".
 */
import type { JsonObject, JsonValue } from "./json.js";
import type {
  AnalysisStatus,
  Channel,
  Direction,
  MemberRole,
  MemberState,
  ReportOrigin,
  SessionPhase,
  SessionState,
  TranscriptSource,
  TransferKind,
  TransferStatus,
} from "./vocabulary.js";

/** Milliseconds since the epoch, UTC. */
export type EpochMs = number;

/** An exact amount. `amount` is a plain decimal ("0.025"), never through floating point. `currency` is ISO 4217. */
export interface MoneyRecord {
  amount: string;
  currency: string;
}

/** One end of a call: a number, SIP address, user or agent. `number` is E.164 when `address` is a phone number. */
export interface PartyRecord {
  address: string | null;
  number: string | null;
  displayName: string | null;
}

/** The columns every session has, whoever provides it. */
export interface SessionFacts {
  channel: Channel;
  direction: Direction;
  phase: SessionPhase;
  state: SessionState;
  title: string | null;
  from: PartyRecord | null;
  to: PartyRecord | null;
  startedAt: EpochMs | null;
  answeredAt: EpochMs | null;
  endedAt: EpochMs | null;
  updatedAt: EpochMs | null;
  durationSeconds: number | null;
  cost: MoneyRecord | null;
}

/** What a look at one part of a session says of the whole: nothing. Facts that cannot be null say so with UNKNOWN. */
export const NO_FACTS: Readonly<SessionFacts> = {
  channel: "UNKNOWN",
  direction: "UNKNOWN",
  phase: "UNKNOWN",
  state: "UNKNOWN",
  title: null,
  from: null,
  to: null,
  startedAt: null,
  answeredAt: null,
  endedAt: null,
  updatedAt: null,
  durationSeconds: null,
  cost: null,
};

/** `key` is unique within the session and stable over reads: what a second read of the same member is matched by. */
export interface MemberRecord {
  key: string;
  role: MemberRole;
  state: MemberState;
  party: PartyRecord;
  displayName: string | null;
  identity: string | null;
  endpointId: string | null;
  avatarUrl: string | null;
  applicationData: JsonValue;
  callSid: string | null;
  /** The provider's own word for the member's state. */
  callState: string | null;
  muted: boolean | null;
  isOriginalMember: boolean | null;
}

export interface LegRecord {
  role: MemberRole;
  party: PartyRecord | null;
  status: string | null;
  trunk: string | null;
  resourceUrl: string | null;
  startedAt: EpochMs | null;
  answeredAt: EpochMs | null;
  endedAt: EpochMs | null;
  talkSeconds: number | null;
}

export interface InteractionRecord {
  key: string;
  /** Place among the session's interactions, oldest first, from 0. */
  index: number;
  type: string | null;
  startedAt: EpochMs | null;
  endedAt: EpochMs | null;
  durationSeconds: number | null;
  billedSeconds: number | null;
  cost: MoneyRecord | null;
  callCount: number | null;
  legs: LegRecord[];
  /** `key` of the recording of this interaction among the session's recordings. */
  recordingKey: string | null;
  /** Provider fields of the interaction that the unified ones do not carry, camelCase. */
  fields: JsonObject;
}

export interface TransferRecord {
  key: string;
  providerId: string | null;
  kind: TransferKind;
  status: TransferStatus;
  transferTo: string | null;
  fromRoomName: string | null;
  consultationRoomName: string | null;
  callerParticipantIdentity: string | null;
  recipientParticipantIdentity: string | null;
  outboundTrunkId: string | null;
  screeningPrompt: string | null;
  summary: string | null;
  failureCause: string | null;
  organizationId: string | null;
  metadata: JsonValue;
  createdAt: EpochMs | null;
  updatedAt: EpochMs | null;
  completedAt: EpochMs | null;
}

/** One turn. `index` is its order and its key within the session: a corrected turn comes again under its index. */
export interface TranscriptEntryRecord {
  index: number;
  providerId: string | null;
  source: TranscriptSource;
  text: string;
  startedAt: EpochMs | null;
  endedAt: EpochMs | null;
  provider: string | null;
  model: string | null;
  metadata: JsonValue;
  /** Provider fields of the turn that the unified ones do not carry (latencies and the like), camelCase. */
  fields: JsonObject;
}

export interface CostLineRecord {
  provider: string | null;
  metric: string | null;
  quantity: number | null;
  keySource: string | null;
  costMicroUsd: string | null;
  raw: JsonValue;
}

export interface ReportRecord {
  origin: ReportOrigin;
  summary: string | null;
  outcome: string | null;
  structuredData: JsonValue;
  cost: MoneyRecord | null;
  costMicroUsd: string | null;
  costBreakdown: CostLineRecord[];
  analysisStatus: AnalysisStatus | null;
  postCallWebhookStatus: string | null;
  scheduledCallback: JsonValue;
  organizationId: string | null;
  metadata: JsonValue;
  createdAt: EpochMs | null;
  updatedAt: EpochMs | null;
  /** Provider fields of the report that the unified ones do not carry (artifacts, delivery log), camelCase. */
  fields: JsonObject;
}

/**
 * A recording that exists. Its URL is not here on purpose: it is fetched when selected and never stored.
 * `locator` is what the provider's module needs to fetch it (an id or a path at the provider, no secret).
 */
export interface RecordingRecord {
  key: string;
  status: string | null;
  format: string | null;
  durationSeconds: number | null;
  locator: JsonObject;
  /** Provider fields of the recording or file, camelCase. */
  fields: JsonObject;
}

/** Something that happened at the provider: an event or a log line. `key` dedupes it over reads. */
export interface EventRecord {
  key: string;
  providerId: string | null;
  at: EpochMs;
  /** The provider's word, verbatim. */
  type: string;
  /** The event's own provider (livekit, telnyx, …); null means the connection itself. */
  source: string | null;
  message: string | null;
  organizationId: string | null;
  createdAt: EpochMs | null;
  status: string | null;
  failureCause: string | null;
  sipStatusCode: number | null;
  sipStatus: string | null;
  payload: JsonValue;
}
