import type { EndReason } from "../conversation.js";
import { addFile } from "./evo-files.js";
import { isoDate, writeLog, type SessionMemberInfo, type SessionRecord } from "./evo-records.js";

/**
 * What can happen to a session whoever brings it about, a script or a request: every state, member and log line that
 * belongs to the change moves with it, so that later reads agree with each other.
 */

/** Puts the call on hold in a queue of its own. @param ownLeg the leg of who holds, which is not held itself */
export function holdSession(
  record: SessionRecord,
  by: { userId: string | undefined; name: string; ownLeg?: SessionMemberInfo },
  reason: "None" | "Transferring",
  at: number,
): void {
  const { info } = record;
  info.callState = "Hold";
  if (info.queueState !== "None") info.queueState = "Hold";
  info.holdReason = reason;
  info.holdQueueName = `hold-${info.id}`;
  if (by.userId) info.heldByUserId = by.userId;
  for (const member of info.members) {
    const isHolder = by.ownLeg ? member === by.ownLeg : member.role === "Agent";
    if (!isHolder && member.callState === "Connected") member.callState = "Hold";
  }
  writeLog(info, at, `Held by ${by.name}`);
}

/** Takes the call off hold. @param message the line of the log */
export function resumeSession(record: SessionRecord, message: string, at: number): void {
  const { info } = record;
  releaseHold(record);
  info.callState = "Connected";
  if (info.queueState === "Hold") info.queueState = "Connected";
  writeLog(info, at, message);
}

/**
 * Sends the call somewhere else: whoever answered it here leaves, and the others hear the destination ring. It leaves the
 * queue it came through, and an attempt to transfer it that was still going on comes to nothing.
 */
export function redirectSession(
  record: SessionRecord,
  destination: SessionMemberInfo,
  by: string,
  at: number,
): void {
  const { info } = record;
  record.isRedirected = true;
  record.due = [];
  releaseHold(record);
  for (const member of info.members) {
    if (member.role === "Agent" || member.role === "Transfer") member.callState = "None";
  }
  if (info.queueState !== "None") info.queueState = "Disconnected";
  delete info.ringQueueId;
  info.dialState = "Active";
  info.callState = "Ringing";
  writeLog(info, at, `Redirected to ${destination.identity} by ${by}`);
  ring(record, destination, at, () => answeredBy(record, destination));
}

/** Somebody is dialled into the call that goes on meanwhile. */
export function dialIntoConference(record: SessionRecord, member: SessionMemberInfo, at: number): void {
  const { info } = record;
  if (member.callSid) info.mostRecentParticipantCallSid = member.callSid;
  writeLog(info, at, `${member.identity} was added to the conference`);
  ring(record, member, at);
}

/** The called party's phone rings for a call that has only begun. */
export function dialOut(record: SessionRecord, member: SessionMemberInfo, at: number): void {
  record.info.dialState = "Active";
  record.info.callState = "Ringing";
  ring(record, member, at, () => answeredBy(record, member));
}

/** The session is over, for whatever reason; nothing that was still to come happens any more. */
export function endSession(record: SessionRecord, at: number, reason: EndReason, outcome?: string): void {
  const { info } = record;
  const isUnanswered = reason === "missed" || reason === "no-answer";
  record.due = [];
  info.ended = true;
  info.dateCompleted = isoDate(at);
  info.dialState = "None";
  info.callState = "Disconnected";
  if (info.queueState !== "None") info.queueState = "Disconnected";
  info.wasMissed = reason === "missed" || (isUnanswered && info.direction === "Incoming");
  info.outcome = outcome ?? OUTCOMES[reason];
  releaseHold(record);
  delete info.ringQueueId;
  for (const member of info.members) {
    member.callState = "None";
    member.muted = false;
  }
  writeLog(info, at, `Session ended: ${info.outcome}`);
  if (record.faxPages > 0) addFile(record, info.direction === "Incoming" ? "Fax" : "FaxOutgoing", at);
  if (record.isRecording) addFile(record, "CallRecording", at);
}

export function connect(member: SessionMemberInfo | undefined): void {
  if (member) member.callState = "Connected";
}

const OUTCOMES: Readonly<Record<EndReason, string>> = {
  "caller-hung-up": "Caller hung up",
  "callee-hung-up": "Completed",
  missed: "Missed",
  "no-answer": "No answer",
  busy: "Busy",
  cancelled: "Cancelled",
  failed: "Failed",
  expired: "Timed out",
};

function releaseHold({ info }: SessionRecord): void {
  info.holdReason = "None";
  delete info.holdQueueName;
  delete info.heldByUserId;
  for (const member of info.members) if (member.callState === "Hold") connect(member);
}

/**
 * How long people who were dialled through the API let it ring. The reference cannot say; without an answer such calls
 * would ring for as long as the sandbox runs.
 */
const PICKS_UP_AFTER_MS = 8000;

function ring(record: SessionRecord, member: SessionMemberInfo, at: number, onAnswer?: () => void): void {
  member.callState = "Ringing";
  record.due.push({
    at: at + PICKS_UP_AFTER_MS,
    happen(when) {
      // Taken out of the call before it picked up.
      if (!record.info.members.includes(member)) return;
      connect(member);
      onAnswer?.();
      writeLog(record.info, when, `Answered by ${member.displayName}`);
    },
  });
  record.due.sort((one, other) => one.at - other.at);
}

function answeredBy({ info }: SessionRecord, { displayName, endpointId }: SessionMemberInfo): void {
  info.dialState = "None";
  info.callState = "Connected";
  info.answeredByName = displayName;
  if (endpointId) info.answeredById = endpointId;
  else delete info.answeredById;
}
