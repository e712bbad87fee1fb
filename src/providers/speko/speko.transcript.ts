import type { JsonObject, TranscriptEntryRecord, TranscriptSource } from "../../model/index.js";
import type { WireObject } from "../wire/index.js";
import { spelled } from "./speko.wire.js";

const SOURCES: ReadonlyMap<string, TranscriptSource> = new Map([
  ["user", "USER"],
  ["agent", "AGENT"],
  ["system", "SYSTEM"],
]);

/**
 * The conversation, by index. It comes twice in one answer: the report's copy counts when it has turns, else the call's
 * (Speko reference §12 quirk 4). A turn written again under its index replaces the one before it; a turn without an
 * index has no place in the conversation and is left out.
 */
export function toTranscript(
  callTurns: readonly WireObject[],
  reportTurns: readonly WireObject[],
): TranscriptEntryRecord[] {
  const byIndex = new Map<number, TranscriptEntryRecord>();
  for (const turn of reportTurns.length > 0 ? reportTurns : callTurns) {
    const entry = toTranscriptEntry(turn);
    if (entry !== null) byIndex.set(entry.index, entry);
  }
  return [...byIndex.values()].sort((one, other) => one.index - other.index);
}

/** The largest place in a conversation that a 32-bit column keeps. */
const MAX_INDEX = 2 ** 31 - 1;

/** One turn in either spelling (§12 quirk 3). Null without a usable index. */
export function toTranscriptEntry(turn: WireObject): TranscriptEntryRecord | null {
  const index = turn.integer("index");
  if (index === null || Math.abs(index) > MAX_INDEX) return null;
  return {
    index,
    providerId: turn.text("id", "providerId"),
    source: toTranscriptSource(turn.string("source")),
    text: turn.string("text") ?? "",
    startedAt: turn.timestamp(spelled(turn, "started_at")),
    endedAt: turn.timestamp(spelled(turn, "ended_at")),
    provider: turn.string("provider"),
    model: turn.string("model"),
    metadata: turn.json("metadata"),
    fields: toLatencies(turn),
  };
}

function toTranscriptSource(word: string | null): TranscriptSource {
  return SOURCES.get(word?.trim().toLowerCase() ?? "") ?? "UNKNOWN";
}

/** Milliseconds each stage took to answer; sent by newer servers only (§4.2). */
function toLatencies(turn: WireObject): JsonObject {
  return {
    eouMs: turn.integer(spelled(turn, "eou_ms")),
    llmTtftMs: turn.integer(spelled(turn, "llm_ttft_ms")),
    ttsTtfbMs: turn.integer(spelled(turn, "tts_ttfb_ms")),
    conversationalLatencyMs: turn.integer(spelled(turn, "conversational_latency_ms")),
    latencyStatus: turn.string(spelled(turn, "latency_status")),
  };
}
