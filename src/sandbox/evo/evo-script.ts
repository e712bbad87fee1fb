import type { Conversation, Person } from "../conversation.js";
import type { Random } from "../kit/random.js";
import type { Directory, Tenant } from "./evo-directory.js";
import { isoDate, writeLog, type SessionMemberInfo, type SessionRecord } from "./evo-records.js";

/** The id of a conversation's session, known before the session exists so that a child can name its parent. */
export function sessionIdOf(conversationId: string, random: Random): string {
  return random.fork(`session/${conversationId}`).hex(24);
}

/** The account a conversation happens in. */
export function tenantOf(conversation: Conversation, directory: Directory): Tenant {
  const tenant = directory.tenants[(conversation.traits.accountIndex ?? 0) % directory.tenants.length];
  if (!tenant) throw new Error("The world has no accounts");
  return tenant;
}

/**
 * A session as it is when it begins: nothing has rung, so every state has its zero value, which for `callState` is the
 * same word as for a finished call (Evo Voice reference §3.3).
 */
export function toScriptedSession(
  conversation: Conversation,
  directory: Directory,
  random: Random,
  own: Random,
): SessionRecord {
  const { from, to, direction, channel, startedAt, links } = conversation;
  const tenant = tenantOf(conversation, directory);
  const isIncoming = direction === "inbound" || direction === "transit";
  const isVoice = channel === "voice";
  const inside = isIncoming ? to : from;
  const breadcrumb = own.chance(0.75) ? [...own.pick(tenant.breadcrumbs)] : [];
  const customer = breadcrumb.at(-1);
  const virtualNumber = links.find(({ by }) => by === "virtual-number")?.value;
  const parent = links.find(({ by }) => by === "transfer-target");
  const callSid = links.find(({ by }) => by === "call-id")?.value ?? newCallSid(own);
  const endpointId = directory.endpointIdOf(inside);

  const record: SessionRecord = {
    info: {
      id: sessionIdOf(conversation.id, random),
      dateCreated: isoDate(startedAt),
      dateLastModified: isoDate(startedAt),
      ...(endpointId
        ? { createdBy: inside.email ?? endpointId, lastModifiedBy: inside.email ?? endpointId }
        : {}),
      dialState: "None",
      callState: "Disconnected",
      queueState: "None",
      accountId: tenant.id,
      accountName: tenant.name,
      ...(customer ? { customerId: customer.id, customerName: customer.name } : {}),
      customerBreadcrumb: breadcrumb,
      ...(endpointId ? { endpointId, endpointName: inside.name } : {}),
      // What the person typed, which is not always how the number is written.
      ...(isIncoming
        ? {}
        : { destination: (to.extension ?? to.number ?? to.email ?? to.name).replace(/^\+1/, "") }),
      toAddress: !isIncoming && virtualNumber ? virtualNumber : addressOf(to, directory),
      fromAddress: isIncoming && virtualNumber ? virtualNumber : addressOf(from, directory),
      fromName: from.name,
      channel: channel === "voice" ? "Voice" : channel === "chat" ? "Chat" : "Fax",
      ended: false,
      ...(isVoice ? { callSid } : {}),
      ...(own.chance(0.15) ? { consoleData: JSON.stringify({ pinned: true, tab: own.int(1, 4) }) } : {}),
      holdReason: "None",
      displayName: isIncoming ? from.name : to.name,
      log: [],
      members: [],
      ...(direction === "internal" && from.number ? { callbackNumber: from.number } : {}),
      direction: isIncoming ? "Incoming" : "Outgoing",
      ...(channel === "chat" || !isIncoming
        ? { fromPhoneNumber: isIncoming ? (from.number ?? "") : tenant.number }
        : {}),
      wasMissed: false,
    },
    parentSessionId: parent ? sessionIdOf(parent.conversationId, random) : null,
    messages: [],
    spoken: [],
    faxPages: 0,
    files: [],
    aiTranscription: null,
    answeredBy: null,
    startedByUserId: null,
    isRecording: false,
    isRedirected: false,
    due: [],
    random: own,
  };
  const first = toMember(from, isIncoming ? "Caller" : "Agent", directory, isVoice ? callSid : undefined);
  const userData = links.find(({ by }) => by === "user-data")?.value;
  if (userData !== undefined) first.applicationData = { userData };
  else if (channel === "chat")
    first.applicationData = { platform: own.pick(["web", "sms"]), locale: "en-US" };
  record.info.members.push({ ...first, isOriginalMember: true });
  writeLog(record.info, startedAt, "Start");
  return record;
}

/** A participant who has not answered yet. */
export function toMember(
  person: Person,
  role: SessionMemberInfo["role"],
  directory: Directory,
  callSid: string | undefined,
): SessionMemberInfo {
  const endpointId = directory.endpointIdOf(person);
  return {
    identity: person.email ?? person.number ?? person.extension ?? person.name,
    ...(endpointId ? { endpointId } : {}),
    displayName: person.name,
    isOriginalMember: false,
    ...(endpointId ? { avatarUrl: `https://media.example.com/avatars/${endpointId}.png` } : {}),
    callState: "None",
    role,
    ...(callSid ? { callSid } : {}),
    muted: false,
  };
}

export function newCallSid(random: Random): string {
  return `CA${random.hex(32)}`;
}

/** A number where there is one, else the `user:` form of an endpoint, else a mail address or name. */
function addressOf(person: Person, directory: Directory): string {
  const endpointId = directory.endpointIdOf(person);
  return (
    person.number ?? (endpointId ? `user:${endpointId}` : (person.email ?? person.extension ?? person.name))
  );
}
