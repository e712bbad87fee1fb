/**
 * Stored rows to the objects that resolvers answer with: plain properties named as in the graph, so that most fields
 * need no resolver at all. A value the provider sent with a wrong type is an Error in its property's place: that one
 * field fails, nothing else does.
 */
import type { ProviderError } from "../errors/index.js";
import { toGlobalId, type EpochMs, type JsonObject, type JsonValue } from "../model/index.js";
import type {
  SessionRow,
  StoredEvent,
  StoredInteraction,
  StoredMember,
  StoredRecording,
  StoredReport,
  StoredTranscriptEntry,
  StoredTransfer,
} from "../store/store.js";
import { placeProblems } from "./place-problems.js";

/** Where a session in an answer came from. */
export interface NodeFreshness {
  /** True when this operation had its provider asked. */
  read: boolean;
  error: ProviderError | null;
  errorAt: EpochMs | null;
}

/** The part of a session's source object that is not a field: how to load what hangs off it. */
export interface SessionHandle {
  row: SessionRow;
  freshness: NodeFreshness;
  /** True when the session was asked for by id: then its sections are held to the same age as itself. */
  live: boolean;
  /** Reads of sections under way in this operation; `freshness` waits for them. */
  pending: Promise<unknown>[];
  /** Nothing that this operation may ask of the session has to be read first: no field of it needs to wait. */
  isComplete: boolean;
}

export interface SessionNode {
  __typename: string;
  id: string;
  handle: SessionHandle;
  [field: string]: unknown;
}

interface Child {
  __typename: string;
  id: string;
  session: SessionNode;
}
export interface MemberNode extends Child, StoredMember {}
export interface InteractionNode extends Child, StoredInteraction {}
export interface TransferNode extends Child, StoredTransfer {}
export interface ReportNode extends Child, StoredReport {}
export interface RecordingNode extends Child, StoredRecording {
  providerId: JsonValue;
}
export interface TranscriptEntryNode extends Child, StoredTranscriptEntry {}

/** One thing on a session's timeline, in order of `at`, then `sortKey`. */
export interface TimelineNode extends Omit<StoredEvent, "key" | "sessionKey" | "source"> {
  id: string;
  source: string;
  sortKey: string;
}

/** A session's source object. `typeName` is the provider's GraphQL type. */
export function toSessionNode(
  row: SessionRow,
  typeName: string,
  freshness: NodeFreshness,
  live: boolean,
): SessionNode {
  const node: SessionNode = {
    ...known(row.fields),
    __typename: typeName,
    id: toGlobalId("session", row.connection, row.providerId),
    provider: row.provider,
    providerId: row.providerId,
    channel: row.channel,
    direction: row.direction,
    phase: row.phase,
    state: row.state,
    title: row.title,
    from: row.from,
    to: row.to,
    startedAt: row.startedAt,
    answeredAt: row.answeredAt,
    endedAt: row.endedAt,
    updatedAt: row.updatedAt,
    durationSeconds: row.durationSeconds,
    cost: row.cost,
    handle: { row, freshness, live, pending: [], isComplete: false },
  };
  placeProblems(node, row);
  return node;
}

/** Fields that have a value. One that has none is left to its resolver, if it has one. */
function known(fields: JsonObject): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const name in fields) if (fields[name] != null) values[name] = fields[name];
  return values;
}

const parts = (session: SessionNode, key: string) => [session.handle.row.providerId, key] as const;

export function toMemberNode(member: StoredMember, session: SessionNode): MemberNode {
  const { connection } = session.handle.row;
  return {
    ...member,
    __typename: "Member",
    id: toGlobalId("member", connection, ...parts(session, member.key)),
    session,
  };
}

export function toInteractionNode(interaction: StoredInteraction, session: SessionNode): InteractionNode {
  const id = toGlobalId("interaction", session.handle.row.connection, ...parts(session, interaction.key));
  return { ...interaction.fields, ...interaction, __typename: "Interaction", id, session };
}

export function toTransferNode(transfer: StoredTransfer, session: SessionNode): TransferNode {
  const id = toGlobalId("transfer", session.handle.row.connection, ...parts(session, transfer.key));
  return { ...transfer, __typename: "Transfer", id, session };
}

export function toReportNode(report: StoredReport, session: SessionNode): ReportNode {
  const { connection, providerId } = session.handle.row;
  return {
    ...report.fields,
    ...report,
    __typename: "Report",
    id: toGlobalId("report", connection, providerId),
    session,
  };
}

export function toRecordingNode(recording: StoredRecording, session: SessionNode): RecordingNode {
  const id = toGlobalId("recording", session.handle.row.connection, ...parts(session, recording.key));
  // A file's own id gives way to the graph's, and is told as what it is.
  const providerId = recording.fields["providerId"] ?? recording.fields["id"] ?? null;
  return { ...recording.fields, ...recording, __typename: "Recording", id, providerId, session };
}

export function toTranscriptEntryNode(
  entry: StoredTranscriptEntry,
  session: SessionNode,
): TranscriptEntryNode {
  const id = toGlobalId(
    "transcriptEntry",
    session.handle.row.connection,
    ...parts(session, String(entry.index)),
  );
  return { ...entry.fields, ...entry, __typename: "TranscriptEntry", id, session };
}
