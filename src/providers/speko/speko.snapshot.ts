/** Pure mapping of what Speko answers to our records (Speko reference §4, §5, §7). */
import type {
  Direction,
  EpochMs,
  EventRecord,
  InteractionRecord,
  JsonObject,
  JsonValue,
  RecordingRecord,
  Section,
  SessionFacts,
  SessionSnapshot,
} from "../../model/index.js";
import { toParty } from "../to-party.js";
import { toEnd } from "./speko.events.js";
import { toMembers } from "./speko.members.js";
import { toHead, type SpekoLookContext } from "./speko.parts.js";
import { toReport } from "./speko.report.js";
import { toSpekoState, type SpekoState } from "./speko.state.js";
import { toTranscript } from "./speko.transcript.js";
import { toTransfers } from "./speko.transfers.js";
import { readTurns, type SpekoCall, type SpekoRow } from "./speko.wire.js";

/** What a mapping needs to know besides the payload. */
export interface SpekoSnapshotContext extends SpekoLookContext {
  now: EpochMs;
  defaultRegion: string;
}

/** Sections a read of the call covers. */
export const READ_SECTIONS: readonly Section[] = [
  "members",
  "interactions",
  "transfers",
  "transcript",
  "report",
  "recordings",
  "detail",
];

const RECORDING_KEY = "recording";

/**
 * A row of either list. It covers no section, and carries no raw payload and no pipeline, which would replace the fuller
 * ones of a read.
 */
export function toRowSnapshot(row: SpekoRow, context: SpekoSnapshotContext): SessionSnapshot {
  const signs = { ...row, userTurns: null, endEventSeen: false, hardFailureSeen: false, now: context.now };
  return {
    ...toHead(row, "LIST", context),
    facts: {
      ...toTimes(row),
      ...toSpekoState(signs),
      direction: "UNKNOWN",
      from: null,
      to: null,
      cost: null,
    },
    fields: toRowFields(row),
    sections: [],
  };
}

/**
 * A full call. `events` are given when the call's own fields could not tell whether it is over; they then decide, and
 * are part of what was learned.
 */
export function toCallSnapshot(
  call: SpekoCall,
  raw: JsonValue,
  events: EventRecord[] | null,
  context: SpekoSnapshotContext,
): SessionSnapshot {
  const end = toEnd(events ?? []);
  const transcript = toTranscript(call.turns, call.report ? readTurns(call.report) : []);
  const report = call.report ? toReport(call.report) : call.report;
  const transfers = toTransfers(call.transfers);
  const state = toSpekoState({
    ...call,
    ...end,
    endedAt: call.endedAt,
    userTurns: transcript.filter((entry) => entry.source === "USER").length,
    now: context.now,
  });
  const facts: SessionFacts = {
    ...toTimes(call),
    ...state,
    endedAt: call.endedAt ?? end.endedAt,
    direction: toDirection(call.told.direction),
    from: toParty(call.told.from, context.defaultRegion),
    to: toParty(call.told.to, context.defaultRegion),
    cost: report?.cost ?? null,
  };
  const recordings = toRecordings(call);
  return {
    ...toHead(call, "READ", context),
    facts,
    fields: {
      ...toRowFields(call),
      recordingResourceUri: call.recordingResourceUri,
      pipelineConfig: call.pipelineConfig,
      metadata: call.metadata,
      spanTree: call.spanTree,
    },
    raw,
    members: toMembers({ ...facts, state, agentId: call.agentId, transfers, ...context }),
    interactions: [toInteraction(call, facts, recordings.length > 0)],
    transfers,
    transcript,
    ...(report === undefined ? {} : { report }),
    recordings,
    ...(events === null ? {} : { events }),
    sections: [
      ...READ_SECTIONS.filter((section) => section !== "report" || report !== undefined),
      ...(events === null ? [] : (["events"] as const)),
    ],
  };
}

function toTimes(row: SpekoRow) {
  return {
    channel: "VOICE" as const,
    title: null,
    startedAt: row.createdAt,
    // No answer time anywhere in this API.
    answeredAt: null,
    endedAt: row.endedAt,
    updatedAt: row.updatedAt,
    durationSeconds: row.durationSeconds,
  };
}

function toRowFields(row: SpekoRow): JsonObject {
  return {
    callId: row.callId,
    resourceUri: row.resourceUri,
    agentId: row.agentId,
    status: row.status,
    kind: row.kind,
    roomName: row.roomName,
    language: row.language,
    createdAt: row.createdAt,
    recordingStatus: row.recordingStatus,
    recordingDurationMs: row.recordingDurationMs,
    recordingObjectPath: row.recordingObjectPath,
  };
}

/** Only what the dialling client wrote into `metadata` tells; `web` is neither of ours. */
function toDirection(word: string | null): Direction {
  switch (word?.trim().toLowerCase()) {
    case "inbound":
      return "INBOUND";
    case "outbound":
      return "OUTBOUND";
    default:
      return "UNKNOWN";
  }
}

/** The call is its own single interaction. Its legs are not known to this API. */
function toInteraction(
  call: SpekoCall,
  facts: SessionFacts & SpekoState,
  isRecorded: boolean,
): InteractionRecord {
  return {
    key: "call",
    index: 0,
    type: call.kind,
    startedAt: facts.startedAt,
    endedAt: facts.endedAt,
    durationSeconds: facts.durationSeconds,
    billedSeconds: null,
    cost: facts.cost,
    callCount: null,
    legs: [],
    recordingKey: isRecorded ? RECORDING_KEY : null,
    fields: {},
  };
}

/** At most one, and none while the status is null: the resource URI is there even when no recording is (§4.1). */
function toRecordings(call: SpekoCall): RecordingRecord[] {
  if (call.recordingStatus === null) return [];
  return [
    {
      key: RECORDING_KEY,
      status: call.recordingStatus,
      format: null,
      durationSeconds: call.recordingDurationMs === null ? null : call.recordingDurationMs / 1000,
      locator: { status: call.recordingStatus },
      fields: {},
    },
  ];
}
