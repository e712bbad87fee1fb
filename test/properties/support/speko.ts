/** Speko's payloads, from its reference (§4, §7). */
import fc from "fast-check";
import { spekoModule } from "../../../src/providers/speko/speko.module.js";
import type { Backstage, Surface } from "./surface.js";
import { address, amount, integer, isoTime, json, maybe, row, text, word } from "./values.js";
import { toJson, type WireRow, type WireValue } from "./wire-text.js";

const AGENT = "agent_01";

/** Millionths of a dollar, up to 30 digits, always in quotes (§4.3). */
const microUsd = amount(0);

const turn = row({
  id: maybe(fc.uuid()),
  index: fc.nat(5),
  source: word("user", "agent", "system"),
  text: text(),
  started_at: isoTime(),
  ended_at: maybe(isoTime()),
  provider: maybe(word("deepgram")),
  model: maybe(word("nova-3")),
  metadata: json(),
  eou_ms: maybe(integer()),
  llm_ttft_ms: maybe(integer()),
  tts_ttfb_ms: maybe(integer()),
  conversational_latency_ms: maybe(integer()),
  latency_status: maybe(word("partial", "complete", "interrupted", "error")),
});
const transcript = fc.array(turn, { maxLength: 3 }).map((entries): WireRow => ({ entries }));

const transfer = row(
  {
    id: fc.uuid(),
    session_id: fc.uuid(),
    organization_id: text(),
    kind: word("blind", "warm"),
    status: word("requested", "screening", "bridging", "completed", "failed", "cancelled"),
    transfer_to: maybe(address()),
    from_room_name: maybe(text()),
    consultation_room_name: maybe(text()),
    caller_participant_identity: maybe(text()),
    recipient_participant_identity: maybe(text()),
    outbound_trunk_id: maybe(text()),
    screening_prompt: maybe(text()),
    summary: maybe(text()),
    failure_cause: maybe(text()),
    metadata: json(),
    created_at: isoTime(),
    updated_at: isoTime(),
    completed_at: maybe(isoTime()),
  },
  ["id"],
);

const costLine = row({
  provider: text(),
  metric: text(),
  quantity: fc.double({ min: 0, max: 1e9, noNaN: true }),
  keySource: word("BYOK", "MANAGED"),
  costMicroUsd: microUsd,
});

const delivery = row({
  endpointId: text(),
  deliveryId: text(),
  eventId: text(),
  delivered: fc.boolean(),
  status: maybe(integer(599)),
  error: maybe(text()),
  createdAt: isoTime(),
});

const report = row({
  session_id: fc.uuid(),
  organization_id: maybe(text()),
  summary: maybe(text()),
  outcome: maybe(word("completed", "failed", "no_answer")),
  structured_data: json(),
  transcript,
  cost_micro_usd: maybe(microUsd),
  cost_breakdown: fc.array(costLine, { maxLength: 2 }),
  metadata: json(),
  scheduled_callback: fc.oneof(fc.constant({}), json()),
  analysis_status: maybe(word("heuristic", "completed", "failed")),
  post_call_webhook_status: maybe(word("not_configured", "pending", "delivered", "failed")),
  created_at: maybe(isoTime()),
  updated_at: maybe(isoTime()),
  artifacts: json(),
  analysis_provider: maybe(text()),
  analysis_model: maybe(text()),
  analysis_error: maybe(text()),
  analysis_completed_at: maybe(isoTime()),
  post_call_webhook_attempts: maybe(integer()),
  post_call_webhook_next_retry_at: maybe(isoTime()),
  post_call_webhook_delivered_at: maybe(isoTime()),
  post_call_webhook_error: maybe(text()),
  webhook_deliveries: fc.array(delivery, { maxLength: 2 }),
});

const STATUSES = [
  "active", "ended", "failed", "dialing", "dialing-stub", "initiating", "completed", "no_answer", "no-answer", "busy",
  "canceled", "cancelled", "hangup", "error", "ringing",
] as const; // prettier-ignore

const common = {
  agent_id: maybe(fc.constant(AGENT)),
  status: maybe(word(...STATUSES)),
  kind: maybe(word("phone", "cascade", "s2s")),
  room_name: maybe(text()),
  language: maybe(fc.constant("en-US")),
  ended_at: maybe(isoTime()),
  duration_seconds: maybe(integer()),
  recording_status: maybe(word("pending", "uploading", "ready", "failed", "suppressed")),
  created_at: isoTime(),
};

const metadata = fc.oneof(
  json(),
  row({ to: address(), from: address(), direction: word("inbound", "outbound", "web") }),
);

const call = row({
  ...common,
  call_id: fc.constant("the-same-as-id"),
  resource_uri: fc.constant("/v1/calls/x"),
  pipeline_config: fc.constantFrom<WireRow>({}, { agentId: AGENT, systemPrompt: "You are Ada." }),
  metadata,
  updated_at: maybe(isoTime()),
  recording_duration_ms: maybe(integer()),
  recording_resource_uri: maybe(fc.constant("/v1/calls/x/recording")),
  report: fc.option(report),
  transfers: fc.array(transfer, { maxLength: 2 }),
  transcript,
  span_tree: json(),
});

const agentRow = row({
  ...common,
  call_id: fc.constant("the-same-as-id"),
  resource_uri: fc.constant("/v1/calls/x"),
});

const sessionRow = row({
  createdAt: isoTime(),
  status: maybe(word(...STATUSES)),
  kind: maybe(word("phone", "cascade", "s2s")),
  pipelineConfig: maybe(row({ agentId: maybe(fc.constant(AGENT)) })),
  recordingStatus: maybe(word("ready", "pending")),
  recordingDurationMs: maybe(integer()),
  recordingObjectPath: maybe(text()),
});

const event = row(
  {
    id: fc.uuid(),
    session_id: maybe(fc.uuid()),
    organization_id: text(),
    provider: word("livekit", "telnyx", "speko"),
    event_type: word(
      "room_finished",
      "call.end_tool.completed",
      "sip.dial_failed",
      "egress_ended",
      "call.hangup",
    ),
    type: word("room_finished"),
    status: maybe(text()),
    failure_cause: maybe(text()),
    sip_status_code: maybe(integer(699)),
    sip_status: maybe(fc.constant("Busy Here")),
    occurred_at: isoTime(),
    payload: json(),
    created_at: isoTime(),
  },
  ["id", "occurred_at"],
);

const backstage: Backstage = {
  module: spekoModule,
  config: (baseUrl) => ({ apiKey: "sk_live_x", baseUrl }),
  reply: ({ path }) => (path.endsWith("/events") ? { body: '{"events":[]}' } : { status: 404, body: "{}" }),
};
const shared = { ...backstage, id: fc.uuid(), contentType: "application/json" };

/** The end marker is `ended_at`, whatever the status says (§5.1). */
const phases = {
  live: fc.record({
    status: word("active", "dialing", "initiating"),
    ended_at: fc.constantFrom(null, undefined),
  }),
  ended: fc.record({ status: word(...STATUSES), ended_at: isoTime() }),
};

/** Everything there is: no list of calls reaches further back than the first day, nor beyond the last. */
const ALWAYS = { since: Date.UTC(1970, 0, 1), until: Date.UTC(9999, 0, 1) };

export const spekoRead: Surface = {
  ...shared,
  name: "a Speko call",
  row: call,
  idKey: "id",
  phases,
  toBody: ([only = null]) => toJson(only),
  isSingle: true,
  serves: ({ path }) => /^\/v1\/calls\/[^/]+$/.test(path),
  read: { by: "id" },
};

export const spekoAgentCalls: Surface = {
  ...shared,
  name: "Speko's calls of an agent",
  config: (baseUrl) => ({ apiKey: "sk_live_x", agentIds: [AGENT], baseUrl }),
  row: agentRow,
  idKey: "id",
  phases,
  // The rows come twice, or in `entries` only (§7).
  toBody: (rows, style) =>
    toJson({ ...(style % 2 === 0 ? { calls: [...rows] } : {}), entries: [...rows], next_cursor: null }),
  isSingle: false,
  serves: ({ path }) => path === `/v1/agents/${AGENT}/calls`,
  read: { by: "list", pages: (connection) => connection.listSessions(ALWAYS) },
};

export const spekoSessions: Surface = {
  ...shared,
  name: "Speko's sessions",
  row: sessionRow,
  idKey: "sessionId",
  phases: {
    live: word("active", "dialing").map((status) => ({ status })),
    ended: fc
      .constantFrom("ended", "completed", "no_answer", "busy", "cancelled", "hangup")
      .map((status) => ({ status })),
  },
  toBody: (rows, style) =>
    toJson(style % 2 === 0 ? { entries: [...rows], nextCursor: null } : { entries: [...rows] }),
  isSingle: false,
  serves: ({ path }) => path === "/v1/sessions",
  read: { by: "list", pages: (connection) => connection.listSessions(ALWAYS) },
};

export const spekoEvents: Surface = {
  ...shared,
  name: "a Speko call's events",
  row: event.map((first): WireRow => first),
  idKey: "session_id",
  toBody: (rows: readonly WireValue[]) => toJson({ events: [...rows] }),
  isSingle: false,
  serves: ({ path }) => path.endsWith("/events"),
  read: { by: "section", section: "events" },
};
