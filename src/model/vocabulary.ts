/**
 * The words of the unified model. Each list is the single source of its type; the GraphQL enums in `schema/` and the
 * checks on stored rows are made from the same lists.
 */

export const PROVIDERS = ["PLIVO", "EVO_VOICE", "SPEKO", "PORTSIP"] as const;
export type Provider = (typeof PROVIDERS)[number];

export const CHANNELS = ["VOICE", "CHAT", "FAX", "UNKNOWN"] as const;
export type Channel = (typeof CHANNELS)[number];

export const DIRECTIONS = ["INBOUND", "OUTBOUND", "INTERNAL", "TRANSIT", "UNKNOWN"] as const;
export type Direction = (typeof DIRECTIONS)[number];

/** OPEN: exists and can take calls, none is up. LIVE: queued, ringing, talking or held. ENDED: final. */
export const SESSION_PHASES = ["OPEN", "LIVE", "ENDED", "UNKNOWN"] as const;
export type SessionPhase = (typeof SESSION_PHASES)[number];

export const SESSION_STATES = [
  "OPEN",
  "QUEUED",
  "RINGING",
  "IN_PROGRESS",
  "ON_HOLD",
  "COMPLETED",
  "MISSED",
  "NO_ANSWER",
  "BUSY",
  "CANCELLED",
  "FAILED",
  "EXPIRED",
  "UNKNOWN",
] as const;
export type SessionState = (typeof SESSION_STATES)[number];

export const MEMBER_ROLES = [
  "CALLER",
  "CALLEE",
  "AGENT",
  "AI_AGENT",
  "TRANSFER_TARGET",
  "NONE",
  "UNKNOWN",
] as const;
export type MemberRole = (typeof MEMBER_ROLES)[number];

export const MEMBER_STATES = ["NONE", "RINGING", "CONNECTED", "ON_HOLD", "LEFT", "UNKNOWN"] as const;
export type MemberState = (typeof MEMBER_STATES)[number];

export const TRANSFER_KINDS = ["BLIND", "WARM", "UNKNOWN"] as const;
export type TransferKind = (typeof TRANSFER_KINDS)[number];

export const TRANSFER_STATUSES = [
  "REQUESTED",
  "SCREENING",
  "BRIDGING",
  "COMPLETED",
  "FAILED",
  "CANCELLED",
  "UNKNOWN",
] as const;
export type TransferStatus = (typeof TRANSFER_STATUSES)[number];

export const TRANSCRIPT_SOURCES = ["USER", "AGENT", "SYSTEM", "UNKNOWN"] as const;
export type TranscriptSource = (typeof TRANSCRIPT_SOURCES)[number];

/** PROVIDER: the provider wrote it. DERIVED: computed here from totals and states. */
export const REPORT_ORIGINS = ["PROVIDER", "DERIVED"] as const;
export type ReportOrigin = (typeof REPORT_ORIGINS)[number];

export const ANALYSIS_STATUSES = ["HEURISTIC", "COMPLETED", "FAILED", "UNKNOWN"] as const;
export type AnalysisStatus = (typeof ANALYSIS_STATUSES)[number];

/** What a connection can do. Code asks for one of these, never for a provider's name. */
export const CAPABILITIES = [
  "LIST",
  "HISTORY",
  "LIVE_POLL",
  "LIVE_PUSH",
  "WEBHOOK",
  "CREATE",
  "UPDATE",
  "END",
  "HOLD",
  "RESUME",
  "TRANSFER_BLIND",
  "TRANSFER_WARM",
  "TRANSCRIPT",
  "REPORT",
  "RECORDING",
  "BATCH_READ",
] as const;
export type Capability = (typeof CAPABILITIES)[number];

const ENDED_STATES: ReadonlySet<SessionState> = new Set<SessionState>([
  "COMPLETED",
  "MISSED",
  "NO_ANSWER",
  "BUSY",
  "CANCELLED",
  "FAILED",
  "EXPIRED",
]);

/** The phase a state belongs to. UNKNOWN has none of its own: the provider's mapping says it beside the state. */
export function phaseOf(state: SessionState): SessionPhase {
  if (state === "OPEN") return "OPEN";
  if (state === "UNKNOWN") return "UNKNOWN";
  return ENDED_STATES.has(state) ? "ENDED" : "LIVE";
}
