import {
  connect,
  dialIntoConference,
  endSession,
  holdSession,
  redirectSession,
  resumeSession,
} from "./evo-changes.js";
import { deleteChatMember, inviteChatMember, sendMessage } from "./evo-chat.js";
import { newSession, newOutgoingSession } from "./evo-new-session.js";
import { assertAccount, type Operation, type OperationCall, type OperationResult } from "./evo-operations.js";
import { liveSession } from "./evo-reads.js";
import { CALL_STATES, HOLD_REASONS, QUEUE_STATES, writeLog, type SessionRecord } from "./evo-records.js";
import { activeSession, addMember, nameOf, ownLeg, touched } from "./evo-write-parts.js";

/**
 * Every operation that changes a session (Evo Voice reference §5), by the name of its request type. Where no role is
 * listed being signed in is enough, and what is not known to answer anything answers nothing. Left out because the names
 * of their members are not public: appending to the log, and holding or muting one member of a conference.
 */
export const WRITE_OPERATIONS: Readonly<Record<string, Operation>> = {
  NewSession: { roles: ["User"], run: newSession },
  NewOutgoingSession: { roles: ["Manager", "SystemAdministrator"], run: newOutgoingSession },
  PatchSession: { roles: null, run: patchSession },
  EndSession: { roles: ["User"], run: hangUp },
  DeleteSessions: { roles: null, run: deleteSessions },
  HoldSession: { roles: ["User"], run: hold },
  RedirectSession: { roles: ["User"], run: redirect },
  RejectSession: { roles: null, run: reject },
  RecordSession: { roles: null, run: record },
  SendMessage: { roles: ["User"], run: sendMessage },
  InviteChatMember: { roles: ["User"], run: inviteChatMember },
  DeleteChatMember: { roles: ["User"], run: deleteChatMember },
  MakeConference: { roles: null, run: makeConference },
  AddConferenceMember: { roles: null, run: addConferenceMember },
};

/**
 * Edits the record, and only the members that are sent: `Disconnected` hangs nobody up. The one exception is `Connected`
 * on a held call, the only way back that there is (§5), which takes everybody off hold.
 */
function patchSession(call: OperationCall): OperationResult {
  const { args } = call;
  const session = liveSession(call);
  const { info } = session;
  // All of them are read before anything changes: a request that is refused leaves no trace.
  const consoleData = args.content("consoleData");
  const callState = args.oneOf("callState", CALL_STATES);
  const queueState = args.oneOf("queueState", QUEUE_STATES);
  const holdReason = args.oneOf("holdReason", HOLD_REASONS);

  const isHeld = info.callState === "Hold" || info.holdQueueName !== undefined;
  if (callState === "Connected" && isHeld && !info.ended) {
    resumeSession(session, `Resumed by ${nameOf(call)}`, call.now);
  }
  info.consoleData = consoleData ?? info.consoleData;
  info.callState = callState ?? info.callState;
  info.queueState = queueState ?? info.queueState;
  info.holdReason = holdReason ?? info.holdReason;
  return touched(call, session);
}

/** Hangs up the whole call, whichever leg is named. Hanging up twice does no harm. */
function hangUp(call: OperationCall): OperationResult {
  const session = liveSession(call);
  const leg = ownLeg(call, session);
  const { info } = session;
  if (info.ended) return null;
  const isAnswered = info.callState !== "Ringing" && info.queueState !== "Ringing";
  writeLog(info, call.now, `Hung up by ${leg?.displayName ?? nameOf(call)}`);
  endSession(session, call.now, isAnswered ? "callee-hung-up" : "cancelled");
  touched(call, session);
  return null;
}

/**
 * The bulk one that a blank id turns a hang-up into (quirk Q3). All three members are needed, and then every record of
 * that time is gone, archived ones and files included.
 */
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

/** Holds for somebody else to hear; a call that is held already is held again, by and for whom the last one says. */
function hold(call: OperationCall): OperationResult {
  const reason = call.args.oneOf("reason", HOLD_REASONS) ?? "None";
  const session = activeSession(call);
  const leg = ownLeg(call, session);
  connect(leg);
  const by = { userId: call.directory.userIdOf(call.login), name: nameOf(call) };
  holdSession(session, { ...by, ...(leg ? { ownLeg: leg } : {}) }, reason, call.now);
  return touched(call, session);
}

function redirect(call: OperationCall): OperationResult {
  const destination = call.args.required("destination");
  const session = activeSession(call);
  session.info.fromPhoneNumber = call.args.text("callerId") ?? session.info.fromPhoneNumber;
  redirectSession(session, addMember(call, session, destination, "Transfer"), nameOf(call), call.now);
  touched(call, session);
  return null;
}

function reject(call: OperationCall): OperationResult {
  const session = activeSession(call);
  endSession(session, call.now, "missed", "Rejected");
  touched(call, session);
  return null;
}

/** The file comes when the call ends. */
function record(call: OperationCall): OperationResult {
  const session = activeSession(call);
  session.isRecording = true;
  writeLog(session.info, call.now, `Recording started by ${nameOf(call)}`);
  touched(call, session);
  return null;
}

/** Members of the body are not public; none is needed to know what it does. */
function makeConference(call: OperationCall): OperationResult {
  const session = activeSession(call);
  convert(call, session);
  touched(call, session);
  return null;
}

function addConferenceMember(call: OperationCall): OperationResult {
  const destination = call.args.required("destination");
  const session = activeSession(call);
  ownLeg(call, session);
  session.info.fromPhoneNumber = call.args.text("fromNumber") ?? session.info.fromPhoneNumber;
  convert(call, session);
  dialIntoConference(session, addMember(call, session, destination, "Transfer"), call.now);
  return touched(call, session);
}

function convert(call: OperationCall, { info }: SessionRecord): void {
  if (info.conferenceSid !== undefined) return;
  info.conferenceSid = `CF${call.random.hex(32)}`;
  writeLog(info, call.now, `Conference started by ${nameOf(call)}`);
}
