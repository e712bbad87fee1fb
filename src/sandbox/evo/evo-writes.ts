import { MESSAGE_INFO, SESSION_INFO } from "./evo-contracts.js";
import { EvoRefusal, invalidArgument } from "./evo-errors.js";
import { addFile } from "./evo-files.js";
import { assertAccount, type Operation, type OperationCall, type OperationResult } from "./evo-operations.js";
import { liveSession } from "./evo-reads.js";
import { CALL_STATES, HOLD_REASONS, QUEUE_STATES, isoDate, writeLog } from "./evo-records.js";
import type { SessionRecord } from "./evo-records.js";
import { newSession, newOutgoingSession } from "./evo-new-session.js";
import { newCallSid } from "./evo-script.js";
import { clearHold, endSession, holdSession } from "./evo-steps.js";

/** Every operation that changes a session (Evo Voice reference §5), by the name of its request type. */
export const WRITE_OPERATIONS: Readonly<Record<string, Operation>> = {
  NewSession: { roles: ["User"], run: newSession },
  NewOutgoingSession: { roles: ["Manager", "SystemAdministrator"], run: newOutgoingSession },
  PatchSession: { roles: null, run: patchSession },
  EndSession: { roles: ["User"], run: hangUp },
  DeleteSessions: { roles: ["Manager", "SystemAdministrator"], run: deleteSessions },
  HoldSession: { roles: ["User"], run: hold },
  RedirectSession: { roles: ["User"], run: redirect },
  RejectSession: { roles: null, run: reject },
  RecordSession: { roles: null, run: record },
  SendMessage: { roles: ["User"], run: sendMessage },
  InviteChatMember: { roles: ["User"], run: inviteChatMember },
  DeleteChatMember: { roles: ["User"], run: deleteChatMember },
  AddConferenceMember: { roles: null, run: addConferenceMember },
};

/** Edits the record and nothing else; only members that are sent change. */
function patchSession(call: OperationCall): OperationResult {
  const session = liveSession(call);
  const { info } = session;
  const { args } = call;
  info.consoleData = args.text("consoleData") ?? info.consoleData;
  const callState = args.oneOf("callState", CALL_STATES);
  if (callState === "Connected") clearHold(session);
  info.callState = callState ?? info.callState;
  info.queueState = args.oneOf("queueState", QUEUE_STATES) ?? info.queueState;
  info.holdReason = args.oneOf("holdReason", HOLD_REASONS) ?? info.holdReason;
  return touched(call, session);
}

function hangUp(call: OperationCall): OperationResult {
  const session = liveSession(call);
  if (!session.info.ended) end(call, session, "callee-hung-up");
  return null;
}

/** The bulk one that a blank id turns a hang-up into (quirk Q3): all three members are needed. */
function deleteSessions(call: OperationCall): OperationResult {
  const accountId = call.args.required("accountId");
  call.args.required("startDateTime");
  call.args.required("endDateTime");
  assertAccount(call, accountId);
  const start = call.args.time("startDateTime") ?? NaN;
  const end = call.args.time("endDateTime") ?? NaN;
  call.book.remove(({ info }) => {
    const created = Date.parse(info.dateCreated);
    return info.accountId === accountId && created >= start && created <= end;
  });
  return null;
}

function hold(call: OperationCall): OperationResult {
  const session = activeSession(call);
  const by = { userId: call.directory.userIdOf(call.login), name: nameOf(call) };
  holdSession(session, by, call.args.oneOf("reason", HOLD_REASONS) ?? "None", call.now);
  return touched(call, session);
}

function redirect(call: OperationCall): OperationResult {
  const destination = call.args.required("destination");
  const session = activeSession(call);
  const { info } = session;
  for (const member of info.members) {
    if (member.role === "Agent") member.callState = "None";
  }
  addMember(session, destination, "Transfer", "Ringing");
  clearHold(session);
  info.dialState = "Active";
  info.callState = "Ringing";
  writeLog(info, call.now, `Redirected to ${destination} by ${nameOf(call)}`);
  touched(call, session);
  return null;
}

function reject(call: OperationCall): OperationResult {
  end(call, activeSession(call), "missed", "Rejected");
  return null;
}

function record(call: OperationCall): OperationResult {
  const session = activeSession(call);
  session.isRecording = true;
  writeLog(session.info, call.now, `Recording started by ${nameOf(call)}`);
  touched(call, session);
  return null;
}

function sendMessage(call: OperationCall): OperationResult {
  const body = call.args.required("body");
  const session = activeSession(call);
  const { info } = session;
  session.messages.push({ date: isoDate(call.now), from: call.login.userName, body });
  touched(call, session);
  return {
    contract: MESSAGE_INFO,
    value: {
      id: call.random.hex(24),
      accountId: info.accountId,
      customerId: info.customerId,
      endpointId: info.endpointId,
      endpointDisplayName: info.endpointName,
      date: isoDate(call.now),
      otherAddress: info.direction === "Incoming" ? info.fromAddress : info.toAddress,
      sender: call.login.userName,
      text: body,
      direction: "Outgoing",
      isUnread: false,
    },
  };
}

function inviteChatMember(call: OperationCall): OperationResult {
  const invited = call.args.required("memberToAdd");
  const session = activeSession(call);
  addMember(session, invited, "Agent", "Connected");
  writeLog(session.info, call.now, `${invited} was invited`);
  return touched(call, session);
}

/** The path says `memberId`, the operation binds `memberToRemove` (quirk Q6): without the second nothing is found. */
function deleteChatMember(call: OperationCall): OperationResult {
  const removed = call.args.required("memberToRemove");
  const session = activeSession(call);
  const index = session.info.members.findIndex(({ identity }) => identity === removed);
  if (index < 0) throw new EvoRefusal(404, "NotFound", "Member does not exist");
  session.info.members.splice(index, 1);
  writeLog(session.info, call.now, `${removed} was removed`);
  return touched(call, session);
}

function addConferenceMember(call: OperationCall): OperationResult {
  const destination = call.args.required("destination");
  const session = activeSession(call);
  const { info } = session;
  info.conferenceSid ??= `CF${call.random.hex(32)}`;
  const member = addMember(session, destination, "Transfer", "Ringing");
  info.mostRecentParticipantCallSid = member.callSid;
  writeLog(info, call.now, `${destination} was added to the conference`);
  return touched(call, session);
}

/** @throws EvoRefusal 400 when the session has ended: nothing can be done with a call that is over */
function activeSession(call: OperationCall): SessionRecord {
  const session = liveSession(call);
  if (session.info.ended) throw invalidArgument("SessionId", "Session has already ended");
  return session;
}

function addMember(
  session: SessionRecord,
  identity: string,
  role: "Agent" | "Transfer",
  callState: "Ringing" | "Connected",
): SessionRecord["info"]["members"][number] {
  const member = {
    identity,
    displayName: identity,
    isOriginalMember: false,
    callState,
    role,
    ...(session.info.channel === "Voice" ? { callSid: newCallSid(session.random) } : {}),
    muted: false,
  };
  session.info.members.push(member);
  return member;
}

function end(
  call: OperationCall,
  session: SessionRecord,
  reason: "missed" | "callee-hung-up",
  outcome?: string,
): void {
  endSession(session, call.now, reason, outcome);
  if (session.isRecording) addFile(session, "CallRecording", call.now);
  touched(call, session);
}

function touched(call: OperationCall, session: SessionRecord): OperationResult {
  session.info.dateLastModified = isoDate(call.now);
  session.info.lastModifiedBy = call.login.userName;
  return { contract: SESSION_INFO, value: { ...session.info, log: [] } };
}

function nameOf({ login }: OperationCall): string {
  return `${login.firstName} ${login.lastName}`;
}
