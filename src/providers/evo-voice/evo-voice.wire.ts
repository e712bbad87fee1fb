/**
 * What Evo Voice sends, as tables: the members of each object in the order of its JSON, and how each is typed. Nothing
 * on the wire says which members will be there, and XML says nothing of types, so both the XML decoder and the readers
 * are driven by these tables (Evo Voice reference §3, §4.2, §7, §8).
 */

/** Namespaces of data-contract XML. `null` in a table: the reference does not say which of the vendor's it is. */
export const VENDOR_NAMESPACE = "http://schemas.datacontract.org/2004/07/Voice.Api";
const SESSIONS_NAMESPACE = `${VENDOR_NAMESPACE}.Sessions`;

/**
 * How one member is written. `text`: a string, enums included (their words grow without notice). `time`: a date as
 * text. `integer`: whole, may pass 2^31. `texts`: strings. `map`: string to string. A shape: a list of such objects.
 */
export type MemberType = "text" | "time" | "boolean" | "integer" | "texts" | "map" | Shape;

/** One kind of object on the wire. */
export interface Shape {
  /** Type name: the element's name in XML, or how it begins for generic types. */
  readonly name: string;
  readonly namespace: string | null;
  readonly members: Readonly<Record<string, MemberType>>;
}

/** What every stored entity begins with (in XML) or ends with (in JSON); these live in `VENDOR_NAMESPACE` itself. */
export const ENTITY_MEMBERS = {
  id: "text",
  dateCreated: "time",
  dateLastModified: "time",
  createdBy: "text",
  lastModifiedBy: "text",
} as const;

export const CUSTOMER_BREADCRUMB = {
  name: "CustomerBreadcrumb",
  namespace: `${VENDOR_NAMESPACE}.Customers`,
  members: { id: "text", name: "text" },
} as const satisfies Shape;

export const SESSION_LOG_INFO = {
  name: "SessionLogInfo",
  namespace: SESSIONS_NAMESPACE,
  members: { date: "time", message: "text" },
} as const satisfies Shape;

export const SESSION_MEMBER_INFO = {
  name: "SessionMemberInfo",
  namespace: SESSIONS_NAMESPACE,
  members: {
    identity: "text",
    endpointId: "text",
    displayName: "text",
    isOriginalMember: "boolean",
    avatarUrl: "text",
    applicationData: "map",
    callState: "text",
    role: "text",
    callSid: "text",
    muted: "boolean",
  },
} as const satisfies Shape;

export const SESSION_INFO = {
  name: "SessionInfo",
  namespace: SESSIONS_NAMESPACE,
  members: {
    dialState: "text",
    callState: "text",
    queueState: "text",
    accountId: "text",
    accountName: "text",
    customerId: "text",
    customerName: "text",
    customerBreadcrumb: CUSTOMER_BREADCRUMB,
    endpointId: "text",
    endpointName: "text",
    dateCompleted: "time",
    destination: "text",
    toAddress: "text",
    fromAddress: "text",
    fromName: "text",
    answeredByName: "text",
    answeredById: "text",
    queueMemberId: "text",
    channel: "text",
    ended: "boolean",
    outcome: "text",
    callSid: "text",
    consoleData: "text",
    holdQueueName: "text",
    heldByUserId: "text",
    holdReason: "text",
    conferenceSid: "text",
    displayName: "text",
    log: SESSION_LOG_INFO,
    members: SESSION_MEMBER_INFO,
    callbackNumber: "text",
    direction: "text",
    fromPhoneNumber: "text",
    mostRecentParticipantCallSid: "text",
    wasMissed: "boolean",
    ringQueueId: "text",
    ...ENTITY_MEMBERS,
  },
} as const satisfies Shape;

export const FILE_INFO = {
  name: "FileInfo",
  namespace: null,
  members: {
    type: "text",
    accountId: "text",
    accountName: "text",
    customerId: "text",
    customerName: "text",
    customerBreadcrumb: CUSTOMER_BREADCRUMB,
    userId: "text",
    userName: "text",
    fileName: "text",
    uri: "text",
    contentType: "text",
    contentLength: "integer",
    recordingSid: "text",
    recordingDuration: "integer",
    recordingFrom: "text",
    transcription: "text",
    aiTranscription: "text",
    fromAddress: "text",
    toAddress: "text",
    ...ENTITY_MEMBERS,
  },
} as const satisfies Shape;

export const CHAT_TRANSCRIPT = {
  name: "GetChatTranscriptResponse",
  namespace: SESSIONS_NAMESPACE,
  members: {
    messages: {
      name: "ChatTranscriptMessage",
      namespace: SESSIONS_NAMESPACE,
      members: {
        date: "time",
        from: "text",
        body: "text",
        mediaUri: "text",
        mediaContentType: "text",
      },
    },
  },
} as const satisfies Shape;

/** Only what the gateway asks of the signed-in user; the rest of the answer is passed over. */
export const USER_INFO = {
  name: "UserInfo",
  namespace: `${VENDOR_NAMESPACE}.Authentication`,
  members: { isAuthenticated: "boolean", roles: "texts", accountIds: "texts", accountNames: "texts" },
} as const satisfies Shape;

/** Errors are not of the vendor's making but of its framework's (§7). */
const ERROR_NAMESPACE = "http://schemas.servicestack.net/types";

/** The error envelope (§6). The stack trace, which debug builds send, is deliberately not among its members. */
export const RESPONSE_STATUS = {
  name: "ResponseStatus",
  namespace: ERROR_NAMESPACE,
  members: {
    errorCode: "text",
    message: "text",
    errors: {
      name: "ResponseError",
      namespace: ERROR_NAMESPACE,
      members: { errorCode: "text", fieldName: "text", message: "text" },
    },
  },
} as const satisfies Shape;

/** The wrapper of every list operation. Its XML name ends in a hash, so only how it begins is certain (§7). */
export function listOf(item: Shape) {
  return {
    name: "ListResponse",
    namespace: VENDOR_NAMESPACE,
    members: { items: item, totalCount: "integer", totalPages: "integer", hasMorePages: "boolean" },
  } as const satisfies Shape;
}
