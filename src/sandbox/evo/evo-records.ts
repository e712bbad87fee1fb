import type { Person } from "../conversation.js";
import type { Random } from "../kit/random.js";

/** Names are those of the wire in JSON; a member that is undefined is left out there and `nil` in XML. */

export type CallState = "Disconnected" | "Ringing" | "Connected" | "Hold" | "Passive";
export type QueueState = "None" | "Queued" | "Ringing" | "Connected" | "Hold" | "Disconnected";
export type MemberCallState = "None" | "Ringing" | "Connected" | "Hold";
export type MemberRole = "None" | "Caller" | "Agent" | "Transfer";
export type Channel = "Voice" | "Chat" | "Fax";
export type Direction = "Incoming" | "Outgoing";
export type HoldReason = "None" | "Transferring";
export type FileType = "Upload" | "VoiceMessage" | "CallRecording" | "Fax" | "Attachment" | "FaxOutgoing";

export const CALL_STATES: readonly CallState[] = ["Disconnected", "Ringing", "Connected", "Hold", "Passive"];
export const QUEUE_STATES: readonly QueueState[] = [
  "None",
  "Queued",
  "Ringing",
  "Connected",
  "Hold",
  "Disconnected",
];
export const CHANNELS: readonly Channel[] = ["Voice", "Chat", "Fax"];
export const DIRECTIONS: readonly Direction[] = ["Incoming", "Outgoing"];
export const HOLD_REASONS: readonly HoldReason[] = ["None", "Transferring"];

/** Members that every stored record has (Evo Voice reference §3.1). */
export interface EntityInfo {
  id: string;
  /** ISO 8601, UTC, like every date here. */
  dateCreated: string;
  dateLastModified: string;
  createdBy?: string;
  lastModifiedBy?: string;
}

export interface CustomerBreadcrumb {
  id: string;
  name: string;
}

export interface SessionLogInfo {
  date: string;
  message: string;
}

export interface SessionMemberInfo {
  identity: string;
  endpointId?: string;
  displayName: string;
  isOriginalMember: boolean;
  avatarUrl?: string;
  applicationData?: Record<string, string>;
  callState: MemberCallState;
  role: MemberRole;
  callSid?: string;
  muted: boolean;
}

export interface SessionInfo extends EntityInfo {
  dialState: "None" | "Active";
  callState: CallState;
  queueState: QueueState;
  accountId: string;
  accountName: string;
  customerId?: string;
  customerName?: string;
  customerBreadcrumb: CustomerBreadcrumb[];
  endpointId?: string;
  endpointName?: string;
  dateCompleted?: string;
  destination?: string;
  toAddress?: string;
  fromAddress?: string;
  fromName?: string;
  answeredByName?: string;
  answeredById?: string;
  queueMemberId?: string;
  channel: Channel;
  ended: boolean;
  outcome?: string;
  callSid?: string;
  consoleData?: string;
  holdQueueName?: string;
  heldByUserId?: string;
  holdReason: HoldReason;
  conferenceSid?: string;
  displayName?: string;
  log: SessionLogInfo[];
  members: SessionMemberInfo[];
  callbackNumber?: string;
  direction: Direction;
  fromPhoneNumber?: string;
  mostRecentParticipantCallSid?: string;
  wasMissed: boolean;
  ringQueueId?: string;
}

export interface ChatTranscriptMessage {
  date: string;
  from: string;
  body: string;
  mediaUri?: string;
  mediaContentType?: string;
}

/** A recording, voicemail, fax or upload. It does not say which session it belongs to (quirk Q8). */
export interface FileInfo extends EntityInfo {
  type: FileType;
  accountId: string;
  accountName: string;
  customerId?: string;
  customerName?: string;
  customerBreadcrumb: CustomerBreadcrumb[];
  userId?: string;
  userName?: string;
  fileName: string;
  uri: string;
  contentType: string;
  /** Bytes. */
  contentLength: number;
  recordingSid?: string;
  /** Seconds. */
  recordingDuration?: number;
  recordingFrom?: string;
  transcription?: string;
  aiTranscription?: string;
  fromAddress?: string;
  toAddress?: string;
}

/** A session and what the provider knows about it without showing it in one place. */
export interface SessionRecord {
  info: SessionInfo;
  /** Write-only on the wire (quirk Q7). */
  parentSessionId: string | null;
  messages: ChatTranscriptMessage[];
  /** What was said on a voice call, for the transcription of its recording. */
  spoken: string[];
  faxPages: number;
  files: FileInfo[];
  aiTranscription: string | null;
  /** Null until somebody of the script picks up. */
  answeredBy: Person | null;
  /** The user who began it through the API. */
  startedByUserId: string | null;
  /** Somebody asked for a recording through the API. */
  isRecording: boolean;
  /** Somebody sent it elsewhere through the API: the script's people are out of it and can only hang up. */
  isRedirected: boolean;
  /** What will happen by itself, earliest first. */
  due: { at: number; happen(at: number): void }[];
  /** Draws that belong to this session alone. */
  random: Random;
}

export function isoDate(ms: number): string {
  return new Date(ms).toISOString();
}

/** Adds a line to the log and moves the modification date. */
export function writeLog(info: SessionInfo, at: number, message: string): void {
  info.log.push({ date: isoDate(at), message });
  info.dateLastModified = isoDate(at);
}
