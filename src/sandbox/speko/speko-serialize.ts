/** Speko's records on the wire: snake_case for calls, camelCase for sessions (Speko reference §4, §7, §12). */
import type { Faults } from "../conversation.js";
import { ORGANIZATION } from "./speko-organization.js";
import type { Call, CallEvent, Callback, Report, Transfer, Turn } from "./speko-records.js";

export type Wire = Record<string, unknown>;

const iso = (ms: number): string => new Date(ms).toISOString();
const isoOrNull = (ms: number | null): string | null => (ms === null ? null : iso(ms));

export function callWire(call: Call, now: number, faults: Faults): Wire {
  const entries = call.turns.map((turn) => turnWire(turn, call, now));
  const wire: Wire = {
    id: call.id,
    call_id: call.id,
    resource_uri: `/v1/calls/${call.id}`,
    agent_id: call.agent?.id ?? null,
    status: faults.unknownEnums ? "levitating" : call.status,
    kind: faults.unknownEnums ? "telepathy" : call.kind,
    room_name: call.roomName,
    language: call.language,
    pipeline_config: pipelineConfig(call),
    metadata: call.metadata,
    created_at: iso(call.createdAt),
    updated_at: iso(call.updatedAt),
    ended_at: isoOrNull(call.endedAt),
    duration_seconds: durationSeconds(call),
    recording_status: call.recordingStatus,
    recording_duration_ms: call.recordingDurationMs,
    recording_resource_uri: `/v1/calls/${call.id}/recording`,
    report: call.report === null ? null : reportWire(call, call.report, now),
    transfers: call.transfers.map((transfer) => transferWire(transfer, call)),
    transcript: { entries },
    span_tree: {
      name: "call",
      children: call.turns.slice(0, 2).map(({ index }) => ({ name: `turn-${index}` })),
    },
  };
  if (faults.malformed === "wrong-types") {
    return { ...wire, duration_seconds: { seconds: "many" }, language: 7, metadata: "none", created_at: 12 };
  }
  // Half of the servers leave out what others send as null.
  return call.writesNulls ? wire : withoutNulls(wire);
}

export function turnWire(turn: Turn, call: Call, now: number): Wire {
  const isOpen = now < turn.endsAt;
  const isSystem = turn.source === "system";
  const latency = turn.latency;
  return {
    id: turn.id,
    index: turn.index,
    source: turn.source,
    text: isOpen ? turn.draft : turn.text,
    started_at: iso(turn.startedAt),
    ended_at: isOpen ? null : iso(turn.endsAt),
    provider: isSystem ? null : turn.source === "user" ? "deepgram" : "cartesia",
    model: isSystem ? null : turn.source === "user" ? "nova-3" : "sonic-2",
    metadata: turn.metadata,
    ...(call.isRecent && latency
      ? {
          eou_ms: latency.eouMs,
          llm_ttft_ms: latency.llmTtftMs,
          tts_ttfb_ms: latency.ttsTtfbMs,
          conversational_latency_ms: latency.eouMs + latency.llmTtftMs + latency.ttsTtfbMs,
          latency_status: turn.wasInterrupted ? "interrupted" : "complete",
        }
      : {}),
  };
}

/** The sessions' spelling of a turn. */
export function camelCased(wire: Wire): Wire {
  const rename = (name: string) => name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  return Object.fromEntries(Object.entries(wire).map(([name, value]) => [rename(name), value]));
}

export function reportWire(call: Call, report: Report, now: number): Wire {
  return {
    session_id: call.id,
    organization_id: ORGANIZATION.id,
    summary: report.summary,
    outcome: report.outcome,
    structured_data: report.structuredData,
    transcript: { entries: report.hasTranscript ? call.turns.map((turn) => turnWire(turn, call, now)) : [] },
    cost_micro_usd: report.costMicroUsd === null ? null : String(report.costMicroUsd),
    cost_breakdown: report.costBreakdown.map((line) => ({
      ...line,
      costMicroUsd: String(line.costMicroUsd),
    })),
    metadata: call.metadata,
    scheduled_callback: null,
    analysis_status: report.analysis,
    post_call_webhook_status: report.webhook,
    created_at: iso(report.createdAt),
    updated_at: iso(report.updatedAt),
    ...(call.isRecent
      ? {
          artifacts: { notes: [] },
          analysis_provider: report.analysis === "heuristic" ? null : "openai",
          analysis_model: report.analysis === "heuristic" ? null : "gpt-4.1-mini",
          analysis_error: report.analysis === "failed" ? "the model did not answer in time" : null,
          analysis_completed_at: isoOrNull(report.analysisCompletedAt),
          post_call_webhook_attempts: report.webhookAttempts,
          post_call_webhook_next_retry_at: null,
          post_call_webhook_delivered_at: isoOrNull(report.webhookDeliveredAt),
          post_call_webhook_error: report.webhook === "failed" ? "upstream answered 503" : null,
          webhook_deliveries: deliveryWires(report),
        }
      : {}),
  };
}

/** The lines are camelCase inside a snake_case object (§12 quirk 2). */
function deliveryWires({ deliveries }: Report): Wire[] {
  return deliveries.map((delivery) => ({ ...delivery, createdAt: iso(delivery.createdAt) }));
}

/** The answer to finalizing (§4.7). @param webhook the result of the delivery that was asked for, if one was */
export function finalizeWire(call: Call, report: Report, webhook: Wire | null): Wire {
  const { summary, outcome, costMicroUsd } = report;
  return {
    session_id: call.id,
    summary,
    outcome,
    cost_micro_usd: String(costMicroUsd),
    webhook,
    ...(call.isRecent ? { webhook_deliveries: deliveryWires(report) } : {}),
  };
}

export function transferWire(transfer: Transfer, call: Call): Wire {
  return {
    id: transfer.id,
    session_id: call.id,
    organization_id: ORGANIZATION.id,
    kind: transfer.kind,
    status: transfer.status,
    transfer_to: transfer.to,
    from_room_name: transfer.fromRoomName,
    consultation_room_name: transfer.consultationRoomName,
    caller_participant_identity: transfer.callerIdentity,
    recipient_participant_identity: transfer.recipientIdentity,
    outbound_trunk_id: transfer.outboundTrunkId,
    screening_prompt: transfer.screeningPrompt,
    summary: transfer.summary,
    failure_cause: transfer.failureCause,
    metadata: transfer.metadata,
    created_at: iso(transfer.createdAt),
    updated_at: iso(transfer.updatedAt),
    completed_at: isoOrNull(transfer.completedAt),
  };
}

/** The answer to a start or a cancel: the transfer with three more keys at the same level (§4.6). */
export function transferResponseWire(transfer: Transfer, call: Call, next: Transfer | null): Wire {
  const { hunt } = transfer;
  const attempts = hunt.attempts.map((attempt) => transferWire(attempt, call));
  return {
    ...transferWire(transfer, call),
    // An attempt that was dropped leaves a hole (§12 quirk 11).
    routing_attempts: hunt.attempts.length > 1 ? [...attempts, null] : attempts,
    next_transfer: next === null ? null : transferWire(next, call),
    fallback:
      hunt.isFallbackApplied && hunt.fallback
        ? {
            action: hunt.fallback.action,
            message: hunt.fallback.message,
            take_message_prompt: hunt.fallback.takeMessagePrompt,
            hold_audio_url: hunt.fallback.holdAudioUrl,
            voicemail_detected: hunt.voicemailDetected,
          }
        : null,
  };
}

export function eventWire(event: CallEvent, call: Call): Wire {
  return {
    id: event.id,
    session_id: event.hasSession ? call.id : null,
    organization_id: ORGANIZATION.id,
    provider: event.provider,
    [event.isLegacy ? "type" : "event_type"]: event.eventType,
    status: event.status,
    failure_cause: event.failureCause,
    sip_status_code: event.sipStatusCode,
    sip_status: event.sipStatus,
    occurred_at: iso(event.occurredAt),
    payload: event.payload,
    created_at: iso(event.createdAt),
  };
}

/** A row of an agent's calls: no report, transcript, metadata or cost. */
export function agentRowWire(call: Call): Wire {
  return {
    id: call.id,
    call_id: call.id,
    resource_uri: `/v1/calls/${call.id}`,
    agent_id: call.agent?.id ?? null,
    status: call.status,
    kind: call.kind,
    room_name: call.roomName,
    language: call.language,
    created_at: iso(call.createdAt),
    ended_at: isoOrNull(call.endedAt),
    duration_seconds: durationSeconds(call),
    recording_status: call.recordingStatus,
  };
}

/** A row of the organization's sessions, in the other casing. */
export function sessionRowWire(call: Call, faults: Faults): Wire {
  return {
    sessionId: call.id,
    createdAt: faults.malformed === "wrong-types" ? 12 : iso(call.createdAt),
    status: faults.unknownEnums ? "levitating" : call.status,
    kind: call.kind,
    pipelineConfig: { agentId: call.agent?.id ?? null },
    recordingStatus: call.recordingStatus,
    recordingDurationMs: call.recordingDurationMs,
    recordingObjectPath:
      call.recordingStatus === "ready" ? `recordings/${ORGANIZATION.id}/${call.id}.ogg` : null,
  };
}

export function sessionWire(call: Call, faults: Faults): Wire {
  return {
    ...sessionRowWire(call, faults),
    endedAt: isoOrNull(call.endedAt),
    durationSeconds: durationSeconds(call),
    phoneCall: call.phoneCall,
    usage: [],
  };
}

export function callbackWire(callback: Callback): Wire {
  return {
    id: callback.id,
    organization_id: ORGANIZATION.id,
    source_session_id: callback.source.id,
    created_session_id: callback.createdSessionId,
    agent_id: callback.source.agent?.id ?? null,
    phone_number_id: callback.source.agent?.phoneNumberId ?? null,
    to_number: callback.toNumber,
    from_number: callback.source.agent?.number ?? null,
    scheduled_at: iso(callback.scheduledAt),
    status: callback.status,
    reason: callback.reason,
    instructions: callback.instructions,
    summary: callback.summary,
    pipeline_config: {},
    metadata: {},
    failure_cause: callback.failureCause,
    attempted_at: isoOrNull(callback.attemptedAt),
    dispatched_at: isoOrNull(callback.dispatchedAt),
    cancelled_at: isoOrNull(callback.cancelledAt),
    created_at: iso(callback.createdAt),
    updated_at: iso(callback.updatedAt),
  };
}

function pipelineConfig(call: Call): Wire {
  return {
    agentId: call.agent?.id ?? null,
    systemPrompt: call.agent?.systemPrompt ?? "You are a helpful assistant.",
    voice: call.agent?.voice ?? "aurora",
    stt: { provider: "deepgram", model: "nova-3" },
    tts: { provider: "cartesia", model: "sonic-2" },
  };
}

function durationSeconds(call: Call): number | null {
  if (call.endedAt === null) return null;
  return call.answeredAt === null ? 0 : Math.max(0, Math.round((call.endedAt - call.answeredAt) / 1000));
}

function withoutNulls(wire: Wire): Wire {
  return Object.fromEntries(Object.entries(wire).filter(([, value]) => value !== null));
}
