/**
 * Speko's own field names and shapes (Speko reference §4, §7). Calls are snake_case, the session list is camelCase, and
 * a few answers mix the two, so every field is read under whichever spelling it came.
 */
import { isJsonObject, type EpochMs, type FieldProblem, type JsonValue } from "../../model/index.js";
import { isUsableId, readObject, toCamelCase, type WireObject } from "../wire/index.js";

/** The spelling under which a field is there: snake_case as documented, or its camelCase twin. */
export function spelled(wire: WireObject, name: string): string {
  const camel = toCamelCase(name);
  return !wire.has(name) && wire.has(camel) ? camel : name;
}

/** What list rows and the full call have in common. */
export interface SpekoRow {
  id: string;
  callId: string | null;
  resourceUri: string | null;
  agentId: string | null;
  status: string | null;
  kind: string | null;
  roomName: string | null;
  language: string | null;
  createdAt: EpochMs | null;
  updatedAt: EpochMs | null;
  endedAt: EpochMs | null;
  durationSeconds: number | null;
  recordingStatus: string | null;
  recordingDurationMs: number | null;
  recordingObjectPath: string | null;
}

/** `GET /v1/calls/{id}` (§4.1). */
export interface SpekoCall extends SpekoRow {
  recordingResourceUri: string | null;
  pipelineConfig: JsonValue;
  metadata: JsonValue;
  spanTree: JsonValue;
  /** `from`, `to` and `direction` as the dialling client left them in `metadata`, the only place they can stand. */
  told: { from: string | null; to: string | null; direction: string | null };
  /** `undefined`: the member holds something that is not a report. */
  report: WireObject | null | undefined;
  transfers: WireObject[];
  /** Turns of the call's own transcript; the report may carry another. */
  turns: WireObject[];
}

/** Reads a list row of either list (§7). Null when it has no usable id to be known by. */
export function parseRow(json: JsonValue, problems: FieldProblem[]): SpekoRow | null {
  const wire = readObject(json, problems);
  return wire === null ? null : readRow(wire);
}

/** Reads a full call. Null when it has no usable id. */
export function parseCall(json: JsonValue, problems: FieldProblem[]): SpekoCall | null {
  const wire = readObject(json, problems);
  const row = wire === null ? null : readRow(wire);
  if (wire === null || row === null) return null;
  const report = wire.object("report");
  return {
    ...row,
    recordingResourceUri: wire.string(spelled(wire, "recording_resource_uri")),
    pipelineConfig: wire.json(spelled(wire, "pipeline_config")),
    metadata: wire.json("metadata"),
    spanTree: wire.json(spelled(wire, "span_tree")),
    told: readTold(wire),
    report: report === null && wire.json("report") !== null ? undefined : report,
    transfers: wire.objects("transfers"),
    turns: readTurns(wire),
  };
}

/** The turns of a call or report: an object with `entries`, or nothing (§12 quirk 4). */
export function readTurns(wire: WireObject): WireObject[] {
  return wire.object("transcript")?.objects("entries", "transcript") ?? [];
}

function readRow(wire: WireObject): SpekoRow | null {
  const callId = wire.text(spelled(wire, "call_id"));
  const id = wire.text("id", "providerId") ?? wire.text(spelled(wire, "session_id"), "providerId") ?? callId;
  if (id === null || !isUsableId(id)) return null;
  const ownAgentId = wire.string(spelled(wire, "agent_id"));
  // Session rows name the agent only inside their summary of the pipeline.
  const config = ownAgentId === null ? wire.object(spelled(wire, "pipeline_config")) : null;
  return {
    id,
    callId: callId ?? id,
    resourceUri: wire.string(spelled(wire, "resource_uri")),
    agentId: ownAgentId ?? config?.string(spelled(config, "agent_id"), "agentId") ?? null,
    status: wire.string("status"),
    kind: wire.string("kind"),
    roomName: wire.string(spelled(wire, "room_name")),
    language: wire.string("language"),
    createdAt: wire.timestamp(spelled(wire, "created_at"), ["createdAt", "startedAt"]),
    updatedAt: wire.timestamp(spelled(wire, "updated_at")),
    endedAt: wire.timestamp(spelled(wire, "ended_at")),
    durationSeconds: wire.number(spelled(wire, "duration_seconds")),
    recordingStatus: wire.string(spelled(wire, "recording_status")),
    recordingDurationMs: wire.integer(spelled(wire, "recording_duration_ms")),
    recordingObjectPath: wire.string(spelled(wire, "recording_object_path")),
  };
}

function readTold(wire: WireObject): SpekoCall["told"] {
  const metadata = wire.json("metadata");
  // Free-form: whatever is not text there is not ours to complain about.
  const word = (name: string) => {
    const value = isJsonObject(metadata) ? metadata[name] : null;
    return typeof value === "string" && value.trim() !== "" ? value : null;
  };
  return { from: word("from"), to: word("to"), direction: word("direction") };
}

/** One page of either list. */
export interface SpekoPage {
  rows: readonly JsonValue[];
  /** To be passed back unchanged; null on the last page. */
  nextCursor: string | null;
}

/** Reads a list page: `calls` or `entries`, `next_cursor` or `nextCursor` (§12 quirks 2 and 15). Null for other shapes. */
export function parsePage(json: JsonValue): SpekoPage | null {
  const wire = readObject(json, []);
  const rows = wire?.array("calls") ?? wire?.array("entries") ?? null;
  if (wire === null || rows === null) return null;
  return { rows, nextCursor: wire.text(spelled(wire, "next_cursor")) };
}
