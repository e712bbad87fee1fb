/** What Speko keeps, with times in epoch ms; how it is written on the wire is `speko-serialize.ts`. */

export interface Agent {
  id: string;
  name: string;
  systemPrompt: string;
  voice: string;
  language: string;
  phoneNumberId: string;
  number: string;
}

export interface Call {
  /** Also the voice session's id. */
  id: string;
  /** Position in the order in which calls were begun. */
  sequence: number;
  /** Null for an ad-hoc call. */
  agent: Agent | null;
  status: string;
  kind: string;
  direction: "inbound" | "outbound";
  roomName: string | null;
  language: string;
  metadata: Record<string, unknown>;
  createdAt: number;
  updatedAt: number;
  answeredAt: number | null;
  /** Teardown of the room: the end marker. */
  endedAt: number | null;
  /** `end` was asked for: the room is being torn down, or has been, and its conversation has no say any more. */
  isEnding: boolean;
  recordingStatus: string | null;
  recordingDurationMs: number | null;
  turns: Turn[];
  events: CallEvent[];
  transfers: Transfer[];
  report: Report | null;
  /** The human on the phone, as the media room names them. */
  callerIdentity: string;
  humanNumber: string | null;
  phoneCall: { callControlId: string; phoneNumberId: string | null } | null;
  /** Written by the newer server generation, with its additional members. */
  isRecent: boolean;
  /** Absent values are null on some calls and missing on others. */
  writesNulls: boolean;
}

export interface Turn {
  id: string;
  index: number;
  source: "user" | "agent" | "system";
  text: string;
  /** What stood under this index until the turn was over. */
  draft: string;
  startedAt: number;
  /** The turn is open before this moment. */
  endsAt: number;
  wasInterrupted: boolean;
  metadata: Record<string, unknown>;
  latency: { eouMs: number; llmTtftMs: number; ttsTtfbMs: number } | null;
}

export interface CallEvent {
  id: string;
  hasSession: boolean;
  provider: string;
  eventType: string;
  status: string | null;
  failureCause: string | null;
  sipStatusCode: number | null;
  sipStatus: string | null;
  occurredAt: number;
  createdAt: number;
  payload: Record<string, unknown>;
  /** Old rows spell `event_type` as `type`. */
  isLegacy: boolean;
}

export type TransferStatus = "requested" | "screening" | "bridging" | "completed" | "failed" | "cancelled";

export interface Transfer {
  id: string;
  kind: "blind" | "warm";
  status: TransferStatus;
  to: string;
  fromRoomName: string | null;
  consultationRoomName: string | null;
  callerIdentity: string | null;
  recipientIdentity: string | null;
  outboundTrunkId: string | null;
  screeningPrompt: string | null;
  summary: string | null;
  failureCause: string | null;
  metadata: Record<string, unknown>;
  createdAt: number;
  updatedAt: number;
  completedAt: number | null;
  hunt: Hunt;
  /** Stands for the ringing that is going on; another one replaces it. */
  ringing: object | null;
}

export type DialOutcome = "answered" | "no-answer" | "busy" | "refused" | "voicemail" | "failed";

export interface Destination {
  to: string;
  label: string | null;
  outboundTrunkId: string | null;
  screeningPrompt: string | null;
  summary: string | null;
  metadata: Record<string, unknown>;
  /** What a conversation says comes of it; null leaves it to whoever is rung. */
  told: { outcome: DialOutcome; afterMs: number } | null;
}

/** One transfer request: its destinations are tried in order until somebody takes the call. */
export interface Hunt {
  kind: "blind" | "warm";
  callerIdentity: string | null;
  destinations: readonly Destination[];
  attempts: Transfer[];
  fallback: Fallback | null;
  /** The fallback happened. */
  isFallbackApplied: boolean;
  voicemailDetected: boolean;
  /** A conversation tells it, so that the agent bridges by itself; otherwise it was asked for over HTTP. */
  isTold: boolean;
  /** How long each destination rings. */
  ringingTimeoutMs: number;
  detectsVoicemail: boolean;
  /** What the request said and no transfer carries: it stands in the payload of the events. */
  details: Record<string, unknown>;
}

export interface Fallback {
  action: "return_to_assistant" | "take_message" | "end_call";
  message: string | null;
  takeMessagePrompt: string | null;
  holdAudioUrl: string | null;
}

export interface Report {
  summary: string;
  outcome: string;
  analysis: "heuristic" | "completed" | "failed";
  analysisCompletedAt: number | null;
  /** Turns copied so far; the quick pass may not have any. */
  hasTranscript: boolean;
  structuredData: Record<string, unknown>;
  costMicroUsd: bigint | null;
  costBreakdown: readonly CostLine[];
  webhook: "not_configured" | "pending" | "delivered" | "failed";
  webhookAttempts: number;
  webhookDeliveredAt: number | null;
  deliveries: WebhookDelivery[];
  createdAt: number;
  updatedAt: number;
}

export interface CostLine {
  provider: string;
  metric: string;
  quantity: number;
  keySource: "BYOK" | "MANAGED";
  costMicroUsd: bigint;
}

export interface WebhookDelivery {
  endpointId: string;
  deliveryId: string;
  eventId: string;
  delivered: boolean;
  status: number | null;
  error: string | null;
  createdAt: number;
}

export interface Callback {
  id: string;
  source: Call;
  createdSessionId: string | null;
  toNumber: string;
  scheduledAt: number;
  status: "scheduled" | "dispatching" | "dispatched" | "cancelled" | "failed";
  reason: string | null;
  instructions: string | null;
  summary: string | null;
  failureCause: string | null;
  attemptedAt: number | null;
  dispatchedAt: number | null;
  cancelledAt: number | null;
  createdAt: number;
  updatedAt: number;
}

export function isTerminal({ status }: Transfer): boolean {
  return status === "completed" || status === "failed" || status === "cancelled";
}
