import { SESSION_INFO } from "./evo-contracts.js";
import { invalidArgument } from "./evo-errors.js";
import type { OperationCall, OperationResult } from "./evo-operations.js";
import { liveSession } from "./evo-reads.js";
import { isoDate, type SessionMemberInfo, type SessionRecord } from "./evo-records.js";
import { newCallSid } from "./evo-script.js";

/** @throws EvoRefusal 400 when the session has ended: nothing can be done with a call that is over */
export function activeSession(call: OperationCall): SessionRecord {
  const session = liveSession(call);
  if (session.info.ended) throw invalidArgument("SessionId", "Session has already ended");
  return session;
}

/**
 * The leg that `callSid` names, which in a request is the caller's own (quirk Q19); undefined when the request does not
 * say. What a sid of another call does is not documented; the telephony company would not know which call is meant.
 * @throws EvoRefusal 400 when it is no leg of the session
 */
export function ownLeg(call: OperationCall, { info }: SessionRecord): SessionMemberInfo | undefined {
  const callSid = call.args.text("callSid");
  if (callSid === undefined) return undefined;
  const leg = info.members.find((member) => member.callSid === callSid);
  if (!leg && callSid !== info.callSid) {
    throw invalidArgument("CallSid", "Call is not a leg of the session");
  }
  return leg;
}

/** Adds a participant by what was typed: a number, a mail address, `user:` and an endpoint, or anything else. */
export function addMember(
  call: OperationCall,
  { info, random }: SessionRecord,
  identity: string,
  role: SessionMemberInfo["role"],
): SessionMemberInfo {
  const user = call.directory.userAt(identity.replace(/^user:/, ""));
  const member: SessionMemberInfo = {
    identity,
    ...(user ? { endpointId: user.endpointId } : {}),
    displayName: user?.name ?? identity,
    isOriginalMember: false,
    callState: "None",
    role,
    ...(info.channel === "Voice" ? { callSid: newCallSid(random) } : {}),
    muted: false,
  };
  info.members.push(member);
  return member;
}

/** Notes who changed the session and answers it as the single-session route does, its log emptied (quirk Q1). */
export function touched(call: OperationCall, { info }: SessionRecord): OperationResult {
  info.dateLastModified = isoDate(call.now);
  info.lastModifiedBy = call.login.userName;
  return { contract: SESSION_INFO, value: { ...info, log: [] } };
}

/** The name of who is signed in. */
export function nameOf({ login }: OperationCall): string {
  return `${login.firstName} ${login.lastName}`;
}
