import { dialOut } from "./evo-changes.js";
import { SESSION_INFO } from "./evo-contracts.js";
import { invalidArgument } from "./evo-errors.js";
import { assertAccount, type OperationCall, type OperationResult } from "./evo-operations.js";
import { CALL_STATES, CHANNELS, DIRECTIONS, isoDate, writeLog } from "./evo-records.js";
import type { CallState, MemberCallState, SessionRecord } from "./evo-records.js";
import { newCallSid } from "./evo-script.js";
import { addMember } from "./evo-write-parts.js";

/**
 * Begins a session with the members of Evo Voice reference §5.1, in the account of the customer or else the first one of
 * the login. Who is called is a participant from the start, in the state the session is said to be in.
 */
export function newSession(call: OperationCall): OperationResult {
  const { args, login, directory } = call;
  const customerId = args.text("customerId");
  const place = placeOf(call, customerId);
  assertAccount(call, place.accountId);
  const record = beginSession(call, place);
  const { info } = record;
  Object.assign(info, {
    channel: args.oneOf("channel", CHANNELS) ?? "Voice",
    direction: args.oneOf("direction", DIRECTIONS) ?? "Outgoing",
    callState: args.oneOf("callState", CALL_STATES) ?? "Connected",
    displayName: args.text("displayName") ?? args.text("toAddress") ?? args.text("destination"),
    fromAddress: args.text("fromAddress") ?? login.userName,
    fromName: args.text("fromName") ?? `${login.firstName} ${login.lastName}`,
    toAddress: args.text("toAddress") ?? args.text("withAddress") ?? args.text("destination"),
    destination: args.text("destination"),
    fromPhoneNumber: args.text("fromPhoneNumber"),
  });
  if (info.channel === "Voice") info.callSid = newCallSid(call.random);
  record.parentSessionId = args.text("parentSessionId") ?? null;
  info.members.push({
    identity: login.userName,
    endpointId: directory.endpointIdOf({ email: login.userName }),
    displayName: `${login.firstName} ${login.lastName}`,
    isOriginalMember: true,
    callState: "Connected",
    role: "Agent",
    callSid: info.callSid,
    muted: false,
  });
  if (info.toAddress !== undefined && info.toAddress !== login.userName) {
    const called = addMember(call, record, info.toAddress, "None");
    called.isOriginalMember = true;
    called.callState = MEMBER_STATES[info.callState];
  }
  if (info.callState === "Ringing") info.dialState = "Active";
  call.book.add(record);
  return { contract: SESSION_INFO, value: { ...info, log: [] } };
}

const MEMBER_STATES: Readonly<Record<CallState, MemberCallState>> = {
  Disconnected: "None",
  Passive: "None",
  Ringing: "Ringing",
  Connected: "Connected",
  Hold: "Hold",
};

/** Dials and says nothing about it, not even an id (quirk Q4): the caller has to go and find the session. */
export function newOutgoingSession(call: OperationCall): OperationResult {
  const { args } = call;
  const flowId = args.required("flowId");
  const toAddress = args.required("numberToDial");
  if (!/^\+[1-9]\d{6,14}$/.test(toAddress)) {
    throw invalidArgument("NumberToDial", "'Number To Dial' should be an E.164 number.");
  }
  const owned = call.directory.accountIdsOf(call.login).map((id) => call.directory.tenantById(id));
  const callerId = args.text("callerId") ?? call.random.pick(owned)?.number;
  const tenant = owned.find((candidate) => candidate?.number === callerId);
  if (!tenant) throw invalidArgument("CallerId", "'Caller Id' should be a number of the account.");
  const record = beginSession(call, {
    accountId: tenant.id,
    accountName: tenant.name,
    customerBreadcrumb: [],
  });
  Object.assign(record.info, {
    callSid: newCallSid(call.random),
    destination: toAddress,
    toAddress,
    fromAddress: callerId,
    fromPhoneNumber: callerId,
    displayName: toAddress,
  });
  writeLog(record.info, call.now, `Dialling for flow ${flowId}`);
  const called = addMember(call, record, toAddress, "None");
  called.isOriginalMember = true;
  // There is one leg so far, and it is the session's.
  called.callSid = record.info.callSid;
  dialOut(record, called, call.now);
  call.book.add(record);
  return null;
}

type Place = Pick<
  SessionRecord["info"],
  "accountId" | "accountName" | "customerId" | "customerName" | "customerBreadcrumb"
>;

/** The customer's account, else the first one of the login. */
function placeOf(call: OperationCall, customerId: string | undefined): Place {
  const { directory, login } = call;
  if (customerId === undefined) {
    const tenant = directory.tenantById(directory.accountIdsOf(login)[0] ?? "");
    if (!tenant) throw invalidArgument("AccountId", "The user has no account.");
    return { accountId: tenant.id, accountName: tenant.name, customerBreadcrumb: [] };
  }
  for (const tenant of directory.tenants) {
    for (const path of tenant.breadcrumbs) {
      const depth = path.findIndex(({ id }) => id === customerId);
      const customer = path[depth];
      if (!customer) continue;
      return {
        accountId: tenant.id,
        accountName: tenant.name,
        customerId,
        customerName: customer.name,
        customerBreadcrumb: path.slice(0, depth + 1),
      };
    }
  }
  throw invalidArgument("CustomerId", "Customer does not exist");
}

/** A session that has just begun, not yet in the book. */
export function beginSession(call: OperationCall, place: Place): SessionRecord {
  const { login, random, now, directory } = call;
  const id = random.hex(24);
  return {
    info: {
      id,
      dateCreated: isoDate(now),
      dateLastModified: isoDate(now),
      createdBy: login.userName,
      lastModifiedBy: login.userName,
      dialState: "None",
      callState: "Disconnected",
      queueState: "None",
      ...place,
      channel: "Voice",
      ended: false,
      holdReason: "None",
      log: [{ date: isoDate(now), message: "Start" }],
      members: [],
      direction: "Outgoing",
      wasMissed: false,
    },
    parentSessionId: null,
    messages: [],
    spoken: [],
    faxPages: 0,
    files: [],
    aiTranscription: null,
    answeredBy: null,
    startedByUserId: directory.userIdOf(login),
    isRecording: false,
    isRedirected: false,
    due: [],
    random: random.fork(`session/${id}`),
  };
}
