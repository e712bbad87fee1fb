/** Evo Voice's payloads, from its reference (§3, §4, §8), in both formats. */
import fc from "fast-check";
import { evoVoiceModule } from "../../../src/providers/evo-voice/evo-voice.module.js";
import { FILES_NAMESPACE, SESSIONS_NAMESPACE, toListXml, toXml } from "./evo-xml.js";
import type { Backstage, Reply, Surface } from "./surface.js";
import { address, isoTime, maybe, row, text, word } from "./values.js";
import { toJson, type WireRow, type WireValue } from "./wire-text.js";

/** ISO 8601 or the serializer's own spelling (Q16). */
const date = fc.oneof(
  { weight: 4, arbitrary: isoTime() },
  fc.integer({ min: 0, max: 2e12 }).map((ms) => `/Date(${ms})/`),
  fc.integer({ min: 0, max: 2e12 }).map((ms) => `/Date(${ms}-0000)/`),
  fc.constantFrom("/Date(-62135596800000-0000)/", "0001-01-01", "0001-01-01T00:00:00.0000000Z"),
);

const name = maybe(text());
const flag = fc.constantFrom<WireValue>(true, false);
const sid = fc.uuid().map((id) => `CA${id.replaceAll("-", "")}`);

const breadcrumb = row({ id: name, name });
const line = row({ date: maybe(date), message: name });
const member = row({
  identity: maybe(address()),
  endpointId: name,
  displayName: name,
  isOriginalMember: flag,
  avatarUrl: name,
  applicationData: fc.oneof(
    fc.constant(null),
    fc.dictionary(fc.constantFrom("crm", "k 2", "<x>"), text(), { maxKeys: 2 }),
  ),
  callState: maybe(word("None", "Ringing", "Connected", "Hold")),
  role: maybe(word("None", "Caller", "Agent", "Transfer")),
  callSid: maybe(sid),
  muted: flag,
});

const list = (item: fc.Arbitrary<WireRow>) => fc.oneof(fc.constant(null), fc.array(item, { maxLength: 3 }));

const entity = {
  dateCreated: maybe(date),
  dateLastModified: maybe(date),
  createdBy: name,
  lastModifiedBy: name,
};
const owner = {
  accountId: name,
  accountName: name,
  customerId: name,
  customerName: name,
  customerBreadcrumb: list(breadcrumb),
};

const session = row({
  ...entity,
  ...owner,
  dialState: maybe(word("None", "Active")),
  callState: maybe(word("Disconnected", "Ringing", "Connected", "Hold", "Passive")),
  queueState: maybe(word("None", "Queued", "Ringing", "Connected", "Hold", "Disconnected")),
  endpointId: name,
  endpointName: name,
  dateCompleted: maybe(date),
  destination: maybe(address()),
  toAddress: maybe(address()),
  fromAddress: maybe(address()),
  fromName: name,
  answeredByName: name,
  answeredById: name,
  queueMemberId: name,
  channel: maybe(word("Voice", "Chat", "Fax")),
  ended: flag,
  outcome: name,
  callSid: maybe(sid),
  consoleData: name,
  holdQueueName: name,
  heldByUserId: name,
  holdReason: maybe(word("None", "Transferring")),
  conferenceSid: name,
  displayName: name,
  log: list(line),
  members: list(member),
  callbackNumber: maybe(address()),
  direction: maybe(word("Incoming", "Outgoing")),
  fromPhoneNumber: maybe(address()),
  mostRecentParticipantCallSid: maybe(sid),
  wasMissed: flag,
  ringQueueId: name,
});

const file = row({
  ...entity,
  ...owner,
  id: maybe(fc.uuid()),
  type: maybe(word("Upload", "VoiceMessage", "CallRecording", "Fax", "Attachment", "FaxOutgoing")),
  userId: name,
  userName: name,
  fileName: maybe(fc.constantFrom("call.wav", "a.b.mp3", "noextension")),
  uri: maybe(fc.constant("https://files.example.com/1")),
  contentType: maybe(fc.constantFrom("audio/mpeg", "audio/x-wav", "application/pdf")),
  contentLength: fc.nat(2 ** 31 - 1).map((bytes) => bytes * 1000),
  recordingSid: name,
  recordingDuration: fc.nat(100_000),
  recordingFrom: name,
  transcription: name,
  aiTranscription: name,
  fromAddress: maybe(address()),
  toAddress: maybe(address()),
});

const message = row({
  date: maybe(date),
  from: maybe(address()),
  body: name,
  mediaUri: name,
  mediaContentType: name,
});

const STATUS = JSON.stringify({ isAuthenticated: true, roles: ["Manager", "User"], accountIds: ["acc-1"] });

function backstage(format: "json" | "xml"): Backstage {
  return {
    module: evoVoiceModule,
    config: (baseUrl) => ({ username: "gateway@example.com", password: "secret", format, baseUrl }),
    reply: ({ path }): Reply => {
      if (path === "/auth/status") return { headers: { "content-type": "application/json" }, body: STATUS };
      if (path === "/auth/credentials")
        return {
          headers: {
            "content-type": "application/json",
            "set-cookie": ["ss-id=1; path=/", "ss-pid=2; path=/"],
          },
          body: "{}",
        };
      return { status: 404, body: "" };
    },
  };
}

const shared = (format: "json" | "xml") => ({
  ...backstage(format),
  id: fc.string({ unit: fc.constantFrom(..."0123456789abcdef"), minLength: 24, maxLength: 24 }),
  idKey: "id",
  contentType: format === "json" ? "application/json" : "application/xml; charset=utf-8",
  isSingle: false,
});

function toList(rows: readonly WireValue[], style: number): string {
  const paging = { totalCount: rows.length, totalPages: 1, hasMorePages: false };
  return toJson(style % 2 === 0 ? { items: [...rows], ...paging } : { ...paging, items: [...rows] });
}

function sessions(format: "json" | "xml") {
  return {
    ...shared(format),
    row: session,
    phases: {
      live: fc.record({ ended: fc.constant(false), dateCompleted: fc.constantFrom(null, undefined) }),
      ended: fc.record({ ended: fc.constant(true), dateCompleted: isoTime() }),
    },
    toBody:
      format === "json"
        ? toList
        : (rows: readonly WireValue[], style: number) =>
            toListXml("SessionInfo", SESSIONS_NAMESPACE, rows, style),
    serves: ({ path }: { path: string }) => path === "/sessions",
  };
}

const ALWAYS = { since: -8e15, until: 8e15 };

export const evoList: Surface = {
  ...sessions("json"),
  name: "Evo Voice's list",
  read: { by: "list", pages: (connection) => connection.listSessions(ALWAYS) },
};
export const evoListXml: Surface = { ...evoList, ...sessions("xml"), name: "Evo Voice's list in XML" };
export const evoRead: Surface = { ...sessions("json"), name: "an Evo Voice session", read: { by: "id" } };
export const evoReadXml: Surface = {
  ...sessions("xml"),
  name: "an Evo Voice session in XML",
  read: { by: "id" },
};

export const evoFiles: Surface = {
  ...shared("json"),
  name: "an Evo Voice session's files",
  row: file,
  toBody: toList,
  serves: ({ path }) => path === "/files",
  read: { by: "section", section: "recordings" },
};
export const evoFilesXml: Surface = {
  ...evoFiles,
  ...shared("xml"),
  name: "an Evo Voice session's files in XML",
  toBody: (rows, style) => toListXml("FileInfo", FILES_NAMESPACE, rows, style),
};

export const evoChat: Surface = {
  ...shared("json"),
  name: "an Evo Voice chat",
  row: message,
  toBody: (rows) => toJson({ messages: [...rows] }),
  serves: ({ path }) => path.endsWith("/transcript"),
  read: { by: "section", section: "transcript" },
};
export const evoChatXml: Surface = {
  ...evoChat,
  ...shared("xml"),
  name: "an Evo Voice chat in XML",
  toBody: (rows, style) =>
    toXml("GetChatTranscriptResponse", SESSIONS_NAMESPACE, { messages: [...rows] }, style),
};
