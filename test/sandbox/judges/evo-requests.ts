import type { IReturn } from "@servicestack/client";

/** The members of a session that the judges look at. */
export interface SessionInfo {
  id: string;
  accountId: string;
  callState: string;
  queueState: string;
  dialState: string;
  ended: boolean;
  wasMissed: boolean;
  outcome?: string;
  callSid?: string;
  conferenceSid?: string;
  consoleData?: string;
  holdReason: string;
  holdQueueName?: string;
  heldByUserId?: string;
  answeredByName?: string;
  fromPhoneNumber?: string;
  lastModifiedBy?: string;
  dateCreated: string;
  dateCompleted?: string;
  log: { date: string; message: string }[];
  members: { identity: string; role: string; callState: string; callSid?: string; endpointId?: string }[];
}

export interface ListResponse<T> {
  items: T[];
  totalCount: number;
  totalPages: number;
  hasMorePages: boolean;
}

/**
 * A request type as the framework's code generator writes them: its name is the operation's, its members the request's.
 * Members bind whatever they are, so none is declared.
 */
function requestType<TResponse>(name: string, method: string) {
  return class Request implements IReturn<TResponse> {
    constructor(members: Record<string, unknown> = {}) {
      Object.assign(this, members);
    }
    getTypeName(): string {
      return name;
    }
    getMethod(): string {
      return method;
    }
    createResponse(): TResponse {
      return {} as TResponse;
    }
  };
}

export const Authenticate = requestType<Record<string, unknown>>("Authenticate", "POST");
export const GetAuthStatus = requestType<Record<string, unknown>>("GetAuthStatus", "GET");
export const ListSessions = requestType<ListResponse<SessionInfo>>("ListSessions", "GET");
export const GetSession = requestType<SessionInfo>("GetSession", "GET");
export const GetMySessions = requestType<{ sessions: SessionInfo[] }>("GetMySessions", "GET");
export const GetActiveCalls = requestType<{ calls: unknown[] }>("GetActiveCalls", "GET");
export const GetChatTranscript = requestType<{ messages: Record<string, unknown>[] }>(
  "GetChatTranscript",
  "GET",
);
export const ListFiles = requestType<ListResponse<Record<string, unknown>>>("ListFiles", "GET");
export const NewSession = requestType<SessionInfo>("NewSession", "POST");
export const NewOutgoingSession = requestType<object>("NewOutgoingSession", "POST");
export const PatchSession = requestType<SessionInfo>("PatchSession", "PATCH");
export const EndSession = requestType<object>("EndSession", "DELETE");
export const DeleteSessions = requestType<object>("DeleteSessions", "DELETE");
export const HoldSession = requestType<SessionInfo>("HoldSession", "POST");
export const RedirectSession = requestType<object>("RedirectSession", "POST");
export const SendMessage = requestType<Record<string, unknown>>("SendMessage", "POST");
export const InviteChatMember = requestType<SessionInfo>("InviteChatMember", "POST");
export const DeleteChatMember = requestType<SessionInfo>("DeleteChatMember", "DELETE");
export const AddConferenceMember = requestType<SessionInfo>("AddConferenceMember", "POST");
