/**
 * The data contracts: which members a type has, in the order the classes declare them, and what XML needs beyond that.
 * JSON writes the derived class first and the base class after it; XML the other way round and alphabetically (Evo
 * Voice reference §1, §7). Both serializers read these tables, so neither can know a member the other does not.
 */

export type MemberKind = "value" | "strings" | "dictionary" | { list: Contract } | { object: Contract };

export interface Contract {
  /** Element name in XML. */
  name: string;
  namespace: string;
  /** By JSON name, in declaration order. */
  members: Readonly<Record<string, MemberKind>>;
  /** Has the five members of `EntityInfo` as well. */
  isEntity?: boolean;
  /** XML keeps the declaration order: a framework type that numbers its members. */
  isOrdered?: boolean;
}

const ROOT = "http://schemas.datacontract.org/2004/07/Voice.Api";
export const ENTITY_NAMESPACE = ROOT;
export const ARRAYS_NAMESPACE = "http://schemas.microsoft.com/2003/10/Serialization/Arrays";
export const INSTANCE_NAMESPACE = "http://www.w3.org/2001/XMLSchema-instance";
const FRAMEWORK_NAMESPACE = "http://schemas.servicestack.net/types";

/** Members of the base class, in JSON's order. */
export const ENTITY_MEMBERS = [
  "id",
  "dateCreated",
  "dateLastModified",
  "createdBy",
  "lastModifiedBy",
] as const;

const CUSTOMER_BREADCRUMB = contract("CustomerBreadcrumb", `${ROOT}.Customers`, values("id", "name"));
const SESSION_LOG_INFO = contract("SessionLogInfo", `${ROOT}.Sessions`, values("date", "message"));
const SESSION_MEMBER_INFO = contract("SessionMemberInfo", `${ROOT}.Sessions`, {
  ...values("identity", "endpointId", "displayName", "isOriginalMember", "avatarUrl"),
  applicationData: "dictionary",
  ...values("callState", "role", "callSid", "muted"),
});

export const SESSION_INFO: Contract = {
  ...contract("SessionInfo", `${ROOT}.Sessions`, {
    ...values(
      "dialState",
      "callState",
      "queueState",
      "accountId",
      "accountName",
      "customerId",
      "customerName",
    ),
    customerBreadcrumb: { list: CUSTOMER_BREADCRUMB },
    ...values("endpointId", "endpointName", "dateCompleted", "destination", "toAddress", "fromAddress"),
    ...values("fromName", "answeredByName", "answeredById", "queueMemberId", "channel", "ended", "outcome"),
    ...values("callSid", "consoleData", "holdQueueName", "heldByUserId", "holdReason", "conferenceSid"),
    displayName: "value",
    log: { list: SESSION_LOG_INFO },
    members: { list: SESSION_MEMBER_INFO },
    ...values("callbackNumber", "direction", "fromPhoneNumber", "mostRecentParticipantCallSid", "wasMissed"),
    ringQueueId: "value",
  }),
  isEntity: true,
};

export const FILE_INFO: Contract = {
  ...contract("FileInfo", `${ROOT}.Files`, {
    ...values("type", "accountId", "accountName", "customerId", "customerName"),
    customerBreadcrumb: { list: CUSTOMER_BREADCRUMB },
    ...values("userId", "userName", "fileName", "uri", "contentType", "contentLength", "recordingSid"),
    ...values("recordingDuration", "recordingFrom", "transcription", "aiTranscription"),
    ...values("fromAddress", "toAddress"),
  }),
  isEntity: true,
};

export const ACCOUNT_INFO: Contract = {
  ...contract("AccountInfo", `${ROOT}.Accounts`, {
    ...values("name", "parentAccountId", "twilioAccountSid"),
    ancestorIds: "strings",
    ...values("maxPhoneNumbers", "isBYOA", "trustHubProfileSid", "logoId", "logoUri"),
    billingSettings: {
      object: contract("BillingSettings", `${ROOT}.Accounts`, {
        base: { object: billingItem() },
        inboundVoiceCalls: { object: billingItem() },
        outboundVoiceCalls: { object: billingItem() },
      }),
    },
  }),
  isEntity: true,
};

const CALL_INFO = contract(
  "CallInfo",
  `${ROOT}.Calls`,
  values(
    ...["sid", "accountSid", "parentCallSid", "phoneNumberSid", "from", "fromFormatted", "to", "toFormatted"],
    ...["callerName", "forwardedFrom", "direction", "status", "answeredBy", "dateCreated", "dateUpdated"],
    ...["startTime", "endTime", "priceUnit", "uri", "duration", "price"],
  ),
);

const CHAT_TRANSCRIPT_MESSAGE = contract(
  "ChatTranscriptMessage",
  `${ROOT}.Sessions`,
  values("date", "from", "body", "mediaUri", "mediaContentType"),
);

export const MESSAGE_INFO = contract(
  "MessageInfo",
  `${ROOT}.Messages`,
  values(
    ...[
      "id",
      "accountId",
      "customerId",
      "endpointId",
      "endpointDisplayName",
      "date",
      "otherAddress",
      "sender",
    ],
    ...["text", "direction", "isUnread"],
  ),
);

/** The suffix is a digest of the item's namespace: readable by nobody, so only the beginning can be matched. */
export const SESSION_LIST = listResponse(SESSION_INFO, "m2rN4Y_Pd");
export const FILE_LIST = listResponse(FILE_INFO, "0kVwTq3Lx");

export const SESSIONS_RESPONSE = contract("GetActiveSessionsResponse", `${ROOT}.Sessions`, {
  sessions: { list: SESSION_INFO },
});
export const CALLS_RESPONSE = contract("GetActiveCallsResponse", `${ROOT}.Calls`, {
  calls: { list: CALL_INFO },
});
export const TRANSCRIPT_RESPONSE = contract("GetChatTranscriptResponse", `${ROOT}.Sessions`, {
  messages: { list: CHAT_TRANSCRIPT_MESSAGE },
});

export const USER_INFO = contract("UserInfo", `${ROOT}.Authentication`, {
  ...values("id", "isAuthenticated", "firstName", "lastName", "name", "avatarUrl", "emailAddress"),
  roles: "strings",
  accountIds: "strings",
  accountNames: "strings",
  managerAccess: "value",
  dashboardPermissions: "strings",
});

export const AUTHENTICATE_RESPONSE: Contract = {
  ...contract("AuthenticateResponse", FRAMEWORK_NAMESPACE, {
    ...values("userId", "sessionId", "userName", "displayName"),
    roles: "strings",
    permissions: "strings",
    authProvider: "value",
  }),
  isOrdered: true,
};

const RESPONSE_ERROR: Contract = {
  ...contract("ResponseError", FRAMEWORK_NAMESPACE, values("errorCode", "fieldName", "message", "meta")),
  isOrdered: true,
};
const RESPONSE_STATUS: Contract = {
  ...contract("ResponseStatus", FRAMEWORK_NAMESPACE, {
    ...values("errorCode", "message", "stackTrace"),
    errors: { list: RESPONSE_ERROR },
    meta: "value",
  }),
  isOrdered: true,
};
export const ERROR_RESPONSE = contract("ErrorResponse", FRAMEWORK_NAMESPACE, {
  responseStatus: { object: RESPONSE_STATUS },
});

/** `aiTranscription` is `AITranscription` in the class, which JSON's casing rule hides. */
export function elementName(member: string): string {
  if (member.startsWith("ai") && /^ai[A-Z]/.test(member)) return `AI${member.slice(2)}`;
  return member.charAt(0).toUpperCase() + member.slice(1);
}

function contract(name: string, namespace: string, members: Contract["members"]): Contract {
  return { name, namespace, members };
}

function values(...names: string[]): Record<string, MemberKind> {
  return Object.fromEntries(names.map((name) => [name, "value"]));
}

function listResponse(item: Contract, digest: string): Contract {
  return contract(`ListResponseOf${item.name}${digest}`, ROOT, {
    items: { list: item },
    ...values("totalCount", "totalPages", "hasMorePages"),
  });
}

function billingItem(): Contract {
  return contract(
    "BillingItem",
    `${ROOT}.Accounts`,
    values("baseCost", "rawUnitMultiplier", "unitCost", "allowance"),
  );
}
