/**
 * A snapshot: what one look at a provider taught us about one session. Every read, poll, push or answer to a mutation
 * becomes one, and ingest is the only place that turns snapshots into stored rows.
 */
import type { JsonObject, JsonValue } from "./json.js";
import type {
  EpochMs,
  EventRecord,
  InteractionRecord,
  MemberRecord,
  RecordingRecord,
  ReportRecord,
  SessionFacts,
  TranscriptEntryRecord,
  TransferRecord,
} from "./records.js";
import type { Provider } from "./vocabulary.js";

/** Parts of a session that a provider may tell separately, each with its own age in the cache. */
export const SECTIONS = [
  "members",
  "interactions",
  "transfers",
  "transcript",
  "report",
  "recordings",
  "events",
  "detail",
] as const;
/** `detail`: provider fields that a list row or a plain read lacks (Evo log, Speko pipelineConfig, PortSIP call log). */
export type Section = (typeof SECTIONS)[number];

/** How the news came. PUSH beats CACHE in `Freshness.source`; it does not change the merge rules. */
export type SnapshotSource = "READ" | "LIST" | "PUSH" | "COMMAND";

/**
 * Merge rules ingest keeps (contract, "One door in"):
 * - An absent key (`undefined`) says nothing and changes nothing. `null` in `facts` or `fields` says nothing either: a
 *   missing fact never erases a known one.
 * - A section that is present is upserted by key. Rows are never deleted because a later read lacks them; members that
 *   a `complete` members section lacks become LEFT.
 * - News older than what is stored (by `version`, else by `observedAt`) only fills gaps and adds rows.
 * - An ENDED session never becomes LIVE or OPEN again.
 */
export interface SessionSnapshot {
  provider: Provider;
  /** As the provider wrote it; sent back exactly like this. */
  providerId: string;
  /** What two spellings of one id have in common; equals `providerId` for most. Identity within a connection. */
  providerKey: string;
  source: SnapshotSource;
  /** When the request that taught us this was sent: an answer cannot be newer than its question. */
  observedAt: EpochMs;
  /** The provider's own modification time, only where its reference says it can be trusted for ordering; else null. */
  version: EpochMs | null;
  facts: SessionFacts;
  /** Provider fields under their name in the graph (camelCase of the wire name), parsed and typed. */
  fields: JsonObject;
  /** The provider's payload, untouched. Absent where it would replace a fuller one by a summary. */
  raw?: JsonValue;
  members?: MemberRecord[];
  interactions?: InteractionRecord[];
  transfers?: TransferRecord[];
  transcript?: TranscriptEntryRecord[];
  /** null: the provider was asked and has none yet. */
  report?: ReportRecord | null;
  recordings?: RecordingRecord[];
  events?: EventRecord[];
  /**
   * Further addresses that took part and that a search by address must find (virtual numbers, numbers dialled), beside
   * those of from, to, members, legs and transfers.
   */
  addresses?: readonly string[];
  /** Sections this look covers completely, even where they are empty. */
  sections: readonly Section[];
  /** When the sections were looked at, where that is not when the facts were. @default observedAt */
  sectionsReadAt?: EpochMs;
  /**
   * True where this look cannot tell a held session from any other live one, nor one that has just been answered from
   * one that rings: then a live state does not overrule a stored ON_HOLD, nor RINGING an IN_PROGRESS that a command or a
   * push has told a moment ago. @default false
   */
  isBlindToHold?: boolean;
  /** Values of the wrong type on the wire: the rest of the row stands, these fields are null and say so. */
  problems: readonly FieldProblem[];
}

/** One value on the wire that could not be read: where it was, what was expected, and what kind of thing came. */
export interface FieldProblem {
  /** Path in the provider's payload, e.g. `interaction[0].start_time`. */
  path: string;
  /** Field in the graph that is null because of it, e.g. `startedAt`. */
  field: string;
  expected: string;
  /** A type or shape ("object", "string of 12 characters"), never the value: it may be personal or secret. */
  received: string;
}
