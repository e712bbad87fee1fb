import { MESSAGE_INFO } from "./evo-contracts.js";
import { EvoRefusal, invalidArgument } from "./evo-errors.js";
import { beginSession } from "./evo-new-session.js";
import { assertAccount, type OperationCall, type OperationResult } from "./evo-operations.js";
import { isoDate, writeLog, type SessionRecord } from "./evo-records.js";
import { activeSession, addMember, touched } from "./evo-write-parts.js";

/** Sends into a session, or from an endpoint to an address; the answer does not say which session it went to. */
export function sendMessage(call: OperationCall): OperationResult {
  const { args, login } = call;
  const body = args.required("body");
  const session = args.text("sessionId") === undefined ? conversationWith(call) : activeSession(call);
  const { info } = session;
  session.messages.push({ date: isoDate(call.now), from: login.userName, body });
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
      sender: login.userName,
      text: body,
      direction: "Outgoing",
      isUnread: false,
    },
  };
}

/** Who is in the chat already is not invited twice. `callerId` is the number the invitation comes from: nothing of it stays. */
export function inviteChatMember(call: OperationCall): OperationResult {
  const invited = call.args.required("memberToAdd");
  const session = activeSession(call);
  const { info } = session;
  if (!info.members.some(({ identity }) => identity === invited)) {
    addMember(call, session, invited, "Agent").callState = "Connected";
    writeLog(info, call.now, `${invited} was invited`);
  }
  return touched(call, session);
}

/** The path says `memberId`, the operation binds `memberToRemove` (quirk Q6): without the second nobody is removed. */
export function deleteChatMember(call: OperationCall): OperationResult {
  const removed = call.args.required("memberToRemove");
  const session = activeSession(call);
  const index = session.info.members.findIndex(({ identity }) => identity === removed);
  if (index < 0) throw new EvoRefusal(404, "NotFound", "Member does not exist");
  session.info.members.splice(index, 1);
  writeLog(session.info, call.now, `${removed} was removed`);
  return touched(call, session);
}

/** The chat that goes on between an endpoint and an address, or a new one. */
function conversationWith(call: OperationCall): SessionRecord {
  const endpointId = call.args.required("endpointId");
  const address = call.args.required("toAddress");
  const user = call.directory.userAt(endpointId);
  if (!user) throw invalidArgument("EndpointId", "Endpoint does not exist");
  assertAccount(call, user.tenant.id);
  const open = call.book.sessions(false).find(({ info }) => {
    const isBetween = info.endpointId === endpointId && [info.fromAddress, info.toAddress].includes(address);
    return isBetween && info.channel === "Chat" && !info.ended;
  });
  if (open) return open;

  const { tenant, name, email } = user;
  const session = beginSession(call, {
    accountId: tenant.id,
    accountName: tenant.name,
    customerBreadcrumb: [],
  });
  const { info } = session;
  Object.assign(info, {
    channel: "Chat",
    callState: "Connected",
    endpointId,
    endpointName: name,
    displayName: address,
    fromAddress: email,
    fromName: name,
    toAddress: address,
    fromPhoneNumber: tenant.number,
  });
  for (const [identity, role] of [[email, "Agent"] as const, [address, "None"] as const]) {
    const member = addMember(call, session, identity, role);
    member.isOriginalMember = true;
    member.callState = "Connected";
  }
  call.book.add(session);
  return session;
}
