import {
  ACCOUNT_INFO,
  CALLS_RESPONSE,
  FILE_INFO,
  FILE_LIST,
  SESSIONS_RESPONSE,
  SESSION_INFO,
  SESSION_LIST,
  TRANSCRIPT_RESPONSE,
} from "./evo-contracts.js";
import { EvoRefusal, invalidArgument, sessionNotFound } from "./evo-errors.js";
import { accountsOf, assertAccount, type Operation, type OperationCall } from "./evo-operations.js";
import { sortRecords, toPage } from "./evo-paging.js";
import type { FileInfo, SessionRecord } from "./evo-records.js";

const DAY_MS = 86_400_000;
const FILE_TYPES = ["Upload", "VoiceMessage", "CallRecording", "Fax", "Attachment", "FaxOutgoing"] as const;
const FILE_ROLES = ["SystemAdministrator", "Manager", "Customer"] as const;

/** Every operation that changes nothing (Evo Voice reference §4, §8), by the name of its request type. */
export const READ_OPERATIONS: Readonly<Record<string, Operation>> = {
  ListSessions: { roles: null, run: listSessions },
  GetSession: {
    roles: null,
    run: (call) => ({ contract: SESSION_INFO, value: { ...liveSession(call).info, log: [] } }),
  },
  GetMySessions: { roles: ["User"], run: activeSessions },
  GetActiveSessions: { roles: ["User"], run: activeSessions },
  GetActiveCalls: { roles: ["SystemAdministrator", "Manager", "CallCenterDashboard"], run: activeCalls },
  GetChatTranscript: {
    roles: ["User"],
    run: (call) => ({ contract: TRANSCRIPT_RESPONSE, value: { messages: liveSession(call).messages } }),
  },
  ListFiles: { roles: FILE_ROLES, run: listFiles },
  GetFile: { roles: FILE_ROLES, run: getFile },
  GetAccount: { roles: null, run: getAccount },
};

/** The live session a request names. @throws EvoRefusal 404 when unknown or archived, 403 in another's account */
export function liveSession(call: OperationCall): SessionRecord {
  const record = call.book.find(call.args.required("sessionId"));
  if (!record) throw sessionNotFound();
  assertAccount(call, record.info.accountId);
  return record;
}

function listSessions(call: OperationCall): { contract: typeof SESSION_LIST; value: unknown } {
  const { args, book } = call;
  const accounts = accountsOf(call);
  const ids = args.list("specificIds");
  const customers = args.list("customerIds");
  const endpoints = args.list("endpointIds");
  const parent = args.text("parentSessionId");
  const start = args.time("startDate") ?? -Infinity;
  // The last day counts in full.
  const end = (args.time("endDate") ?? Infinity) + DAY_MS;
  const found = book.sessions(args.flag("searchArchive")).filter(({ info, parentSessionId }) => {
    const created = Date.parse(info.dateCreated);
    return (
      accounts.has(info.accountId) &&
      created >= start &&
      created < end &&
      (ids === undefined || ids.includes(info.id)) &&
      (customers === undefined || info.customerBreadcrumb.some(({ id }) => customers.includes(id))) &&
      (endpoints === undefined || endpoints.includes(info.endpointId ?? "")) &&
      (parent === undefined || parentSessionId === parent) &&
      contains(info.fromAddress, args.text("from")) &&
      contains(info.toAddress, args.text("to")) &&
      (args.text("log") === undefined || info.log.some(({ message }) => contains(message, args.text("log"))))
    );
  });
  const sorted = sortRecords(
    found.map(({ info }) => info),
    args,
  );
  return { contract: SESSION_LIST, value: toPage(sorted, args) };
}

/** The caller's own: begun by this user, or answered on this user's phone. */
function activeSessions(call: OperationCall): { contract: typeof SESSIONS_RESPONSE; value: unknown } {
  const { login, directory, book } = call;
  const userId = directory.userIdOf(login);
  const endpointId = directory.endpointIdOf({ email: login.userName });
  const sessions = book
    .sessions(false)
    .filter(({ info, startedByUserId }) => {
      const isMember = info.members.some((member) => member.endpointId === endpointId);
      return !info.ended && (startedByUserId === userId || isMember);
    })
    .map(({ info }) => info);
  return { contract: SESSIONS_RESPONSE, value: { sessions } };
}

/** The telephony company's view: one call per leg, in its words. */
function activeCalls(call: OperationCall): { contract: typeof CALLS_RESPONSE; value: unknown } {
  const accountId = call.args.required("accountId");
  assertAccount(call, accountId);
  const calls = call.book
    .sessions(false)
    .filter(({ info }) => info.accountId === accountId && !info.ended && info.channel === "Voice")
    .flatMap(({ info }) =>
      info.members
        .filter((member) => member.callSid !== undefined)
        .map((member, index) => ({
          sid: member.callSid,
          accountSid: `AC${accountId.padEnd(32, "0")}`,
          ...(index === 0 ? {} : { parentCallSid: info.callSid }),
          from: info.fromAddress,
          fromFormatted: info.fromAddress,
          to: index === 0 ? info.toAddress : member.identity,
          toFormatted: index === 0 ? info.toAddress : member.identity,
          callerName: info.fromName,
          direction: info.direction === "Incoming" && index === 0 ? "inbound" : "outbound-dial",
          status: member.callState === "Ringing" ? "ringing" : "in-progress",
          dateCreated: info.dateCreated,
          dateUpdated: info.dateLastModified,
          startTime: info.dateCreated,
          priceUnit: "USD",
          uri: `/2010-04-01/Accounts/AC${accountId.padEnd(32, "0")}/Calls/${member.callSid}.json`,
          duration: Math.max(0, Math.floor((call.now - Date.parse(info.dateCreated)) / 1000)),
        })),
    );
  return { contract: CALLS_RESPONSE, value: { calls } };
}

function listFiles(call: OperationCall): { contract: typeof FILE_LIST; value: unknown } {
  const { args, book } = call;
  const accounts = accountsOf(call);
  const sessionId = args.text("sessionId");
  const customers = args.list("customerIds");
  const type = args.oneOf("type", FILE_TYPES);
  const start = args.time("dateCreatedStart") ?? -Infinity;
  const end = args.time("dateCreatedEnd") ?? Infinity;
  const ids = args.list("specificIds");
  const found = (sessionId === undefined ? book.files() : book.filesOf(sessionId)).filter(
    (file) =>
      accounts.has(file.accountId) &&
      (type === undefined || file.type === type) &&
      (ids === undefined || ids.includes(file.id)) &&
      (customers === undefined || file.customerBreadcrumb.some(({ id }) => customers.includes(id))) &&
      Date.parse(file.dateCreated) >= start &&
      Date.parse(file.dateCreated) <= end &&
      (args.text("userId") === undefined || file.userId === args.text("userId")) &&
      contains(file.fileName, args.text("fileName")) &&
      contains(file.contentType, args.text("contentType")) &&
      contains(file.transcription, args.text("transcriptionContains")),
  );
  const page = toPage(sortRecords(found, args), args);
  return {
    contract: FILE_LIST,
    value: { ...page, items: page.items.map((file) => atOrigin(file, call.origin)) },
  };
}

function getFile(call: OperationCall): { contract: typeof FILE_INFO; value: unknown } {
  const id = call.args.required("fileId");
  const file = call.book.files().find((candidate) => candidate.id === id);
  if (!file) throw new EvoRefusal(404, "NotFound", "File does not exist");
  assertAccount(call, file.accountId);
  return { contract: FILE_INFO, value: atOrigin(file, call.origin) };
}

function getAccount(call: OperationCall): { contract: typeof ACCOUNT_INFO; value: unknown } {
  const id = call.args.required("id");
  assertAccount(call, id);
  const tenant = call.directory.tenantById(id);
  if (!tenant) throw invalidArgument("Id", "Account does not exist");
  const rate = (unitCost: number) => ({ baseCost: 0, rawUnitMultiplier: 1, unitCost, allowance: 100 });
  return {
    contract: ACCOUNT_INFO,
    value: {
      id,
      dateCreated: "2024-01-15T09:00:00.000Z",
      dateLastModified: "2025-06-01T12:00:00.000Z",
      name: tenant.name,
      twilioAccountSid: `AC${id.padEnd(32, "0")}`,
      ancestorIds: [],
      maxPhoneNumbers: 25,
      isBYOA: false,
      billingSettings: { base: rate(49), inboundVoiceCalls: rate(0.02), outboundVoiceCalls: rate(0.03) },
    },
  };
}

/** A file with its address completed. */
export function atOrigin(file: FileInfo, origin: string): FileInfo {
  return { ...file, uri: `${origin}${file.uri}` };
}

function contains(text: string | undefined, wanted: string | undefined): boolean {
  return wanted === undefined || (text ?? "").toLowerCase().includes(wanted.toLowerCase());
}
