/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
/** What can be done through a connection. Asking for anything else answers `NOT_SUPPORTED`. */
export type Capability =
  /** Many sessions can be read in one request to the provider. */
  | 'BATCH_READ'
  /** Sessions can be created. */
  | 'CREATE'
  /** Sessions can be ended: hung up, expired or closed. */
  | 'END'
  /** Sessions that ended can still be read from the provider. */
  | 'HISTORY'
  /** Sessions can be put on hold. */
  | 'HOLD'
  /** Its sessions can be listed. */
  | 'LIST'
  /** What is going on is noticed by asking the provider again and again. */
  | 'LIVE_POLL'
  /** The provider sends what is going on by itself. */
  | 'LIVE_PUSH'
  /** Sessions can have recordings. */
  | 'RECORDING'
  /** The provider writes reports on sessions. */
  | 'REPORT'
  /** Held sessions can be taken up again. */
  | 'RESUME'
  /** Sessions can have a transcript. */
  | 'TRANSCRIPT'
  /** Sessions can be handed over without asking the recipient first. */
  | 'TRANSFER_BLIND'
  /** Sessions can be handed over after the recipient has been asked. */
  | 'TRANSFER_WARM'
  /** Sessions can be changed. */
  | 'UPDATE'
  /** The provider can call back over HTTP. */
  | 'WEBHOOK';

/** How a connection is doing. */
export type ConnectionHealth =
  /** Its provider answers some requests, or slowly, or says less than it should. */
  | 'DEGRADED'
  /** Its provider does not answer, or refuses the credentials. */
  | 'DOWN'
  /** It has not been tried yet. */
  | 'UNKNOWN'
  /** Its provider answers. */
  | 'UP';

/** How an answer came to be here. */
export type FreshnessSource =
  /** It was read from the provider earlier and kept. */
  | 'CACHE'
  /** It was read from the provider for this very request. */
  | 'PROVIDER'
  /** The provider sent it by itself, over a stream or a webhook. */
  | 'PUSH';

/** The part that somebody plays in a session. */
export type MemberRole =
  /** A person who works for the account. */
  | 'AGENT'
  /** A machine that talks. */
  | 'AI_AGENT'
  /** Whoever was called. */
  | 'CALLEE'
  /** Whoever called. */
  | 'CALLER'
  /** The provider gives this member no part. */
  | 'NONE'
  /** Somebody the session was handed to. */
  | 'TRANSFER_TARGET'
  /** The provider's word for it is not known here. */
  | 'UNKNOWN';

/** The telephony products that sessions come from. */
export type Provider =
  /** Evo Voice: hosted calls, chats and faxes. */
  | 'EVO_VOICE'
  /** Plivo number masking: two people talk through a virtual number without seeing each other's. */
  | 'PLIVO'
  /** PortSIP PBX: calls of a telephone system. */
  | 'PORTSIP'
  /** Speko: calls held by voice-AI agents. */
  | 'SPEKO';

/** What a session is doing, or how it ended. Each provider's own words are beside it on its session type. */
export type SessionState =
  /** The called side was busy. Phase ENDED. */
  | 'BUSY'
  /** It was given up before it was answered. Phase ENDED. */
  | 'CANCELLED'
  /** It was answered and ended normally. Phase ENDED. */
  | 'COMPLETED'
  /** Its time ran out, or it was closed ahead of time. Phase ENDED. */
  | 'EXPIRED'
  /** It could not be set up, or broke down. Phase ENDED. */
  | 'FAILED'
  /** It was answered and goes on. Phase LIVE. */
  | 'IN_PROGRESS'
  /** It came in and nobody took it. Phase ENDED. */
  | 'MISSED'
  /** It went out and was not answered. Phase ENDED. */
  | 'NO_ANSWER'
  /** It was answered and one side is on hold. Phase LIVE. */
  | 'ON_HOLD'
  /** It exists and can take calls; none is up. Phase OPEN. */
  | 'OPEN'
  /** A caller waits in a queue. Phase LIVE. */
  | 'QUEUED'
  /** Somebody is being called and has not answered. Phase LIVE. */
  | 'RINGING'
  /** The provider's word for it is not known here. */
  | 'UNKNOWN';

/** How a session is handed to somebody else. */
export type TransferKind =
  /** The recipient is called and connected without being asked first. */
  | 'BLIND'
  /** The provider's word for it is not known here. */
  | 'UNKNOWN'
  /** The recipient is asked first, and connected once they agree. */
  | 'WARM';

/** How far a transfer has come. */
export type TransferStatus =
  /** The recipient agreed and is being connected. */
  | 'BRIDGING'
  /** It was given up. Final. */
  | 'CANCELLED'
  /** The recipient has the session. Final. */
  | 'COMPLETED'
  /** It did not work. Final. */
  | 'FAILED'
  /** The recipient is being called. */
  | 'REQUESTED'
  /** The recipient is on the line and being asked. */
  | 'SCREENING'
  /** The provider's word for it is not known here. */
  | 'UNKNOWN';

export type LatestSessionsQueryVariables = Exact<{
  first: number;
}>;


export type LatestSessionsQuery = { sessions: { nodes: Array<
      | { __typename: 'EvoVoiceSession', id: string, provider: Provider, providerId: string, state: SessionState, startedAt: string | null, members: Array<{ id: string, role: MemberRole, displayName: string | null }>, transfers: Array<{ id: string, kind: TransferKind, status: TransferStatus, transferTo: string | null }>, report: { summary: string | null, outcome: string | null } | null }
      | { __typename: 'PlivoSession', id: string, provider: Provider, providerId: string, state: SessionState, startedAt: string | null, members: Array<{ id: string, role: MemberRole, displayName: string | null }>, transfers: Array<{ id: string, kind: TransferKind, status: TransferStatus, transferTo: string | null }>, report: { summary: string | null, outcome: string | null } | null }
      | { __typename: 'PortsipSession', id: string, provider: Provider, providerId: string, state: SessionState, startedAt: string | null, members: Array<{ id: string, role: MemberRole, displayName: string | null }>, transfers: Array<{ id: string, kind: TransferKind, status: TransferStatus, transferTo: string | null }>, report: { summary: string | null, outcome: string | null } | null }
      | { __typename: 'SpekoSession', id: string, provider: Provider, providerId: string, state: SessionState, startedAt: string | null, members: Array<{ id: string, role: MemberRole, displayName: string | null }>, transfers: Array<{ id: string, kind: TransferKind, status: TransferStatus, transferTo: string | null }>, report: { summary: string | null, outcome: string | null } | null }
    >, sources: Array<{ ok: boolean, stale: boolean, connection: { name: string } }> } };

export type OneSessionQueryVariables = Exact<{
  id: string | number;
  maxAge?: number | null | undefined;
}>;


export type OneSessionQuery = { session:
    | { id: string, state: SessionState, freshness: { stale: boolean, source: FreshnessSource, error: { code: string } | null }, transcript: { entryCount: number, entries: { nodes: Array<{ index: number, text: string }> } } | null }
    | { id: string, state: SessionState, freshness: { stale: boolean, source: FreshnessSource, error: { code: string } | null }, transcript: { entryCount: number, entries: { nodes: Array<{ index: number, text: string }> } } | null }
    | { id: string, state: SessionState, freshness: { stale: boolean, source: FreshnessSource, error: { code: string } | null }, transcript: { entryCount: number, entries: { nodes: Array<{ index: number, text: string }> } } | null }
    | { id: string, state: SessionState, freshness: { stale: boolean, source: FreshnessSource, error: { code: string } | null }, transcript: { entryCount: number, entries: { nodes: Array<{ index: number, text: string }> } } | null }
   | null };

export type ConnectionsQueryVariables = Exact<{ [key: string]: never; }>;


export type ConnectionsQuery = { connections: Array<{ name: string, provider: Provider, health: ConnectionHealth, capabilities: Array<Capability>, sessionCount: number }>, viewer: { name: string, scopes: Array<string>, connections: Array<string> } };


export const LatestSessionsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"LatestSessions"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"sessions"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"provider"}},{"kind":"Field","name":{"kind":"Name","value":"providerId"}},{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"startedAt"}},{"kind":"Field","name":{"kind":"Name","value":"members"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"role"}},{"kind":"Field","name":{"kind":"Name","value":"displayName"}}]}},{"kind":"Field","name":{"kind":"Name","value":"transfers"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"transferTo"}}]}},{"kind":"Field","name":{"kind":"Name","value":"report"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"summary"}},{"kind":"Field","name":{"kind":"Name","value":"outcome"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"sources"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"ok"}},{"kind":"Field","name":{"kind":"Name","value":"stale"}},{"kind":"Field","name":{"kind":"Name","value":"connection"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]}}]}}]} as unknown as DocumentNode<LatestSessionsQuery, LatestSessionsQueryVariables>;
export const OneSessionDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"OneSession"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"maxAge"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Float"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"session"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}},{"kind":"Argument","name":{"kind":"Name","value":"maxAge"},"value":{"kind":"Variable","name":{"kind":"Name","value":"maxAge"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"freshness"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"stale"}},{"kind":"Field","name":{"kind":"Name","value":"source"}},{"kind":"Field","name":{"kind":"Name","value":"error"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"transcript"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"entryCount"}},{"kind":"Field","name":{"kind":"Name","value":"entries"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"5"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"index"}},{"kind":"Field","name":{"kind":"Name","value":"text"}}]}}]}}]}}]}}]}}]} as unknown as DocumentNode<OneSessionQuery, OneSessionQueryVariables>;
export const ConnectionsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Connections"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"connections"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"provider"}},{"kind":"Field","name":{"kind":"Name","value":"health"}},{"kind":"Field","name":{"kind":"Name","value":"capabilities"}},{"kind":"Field","name":{"kind":"Name","value":"sessionCount"}}]}},{"kind":"Field","name":{"kind":"Name","value":"viewer"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"scopes"}},{"kind":"Field","name":{"kind":"Name","value":"connections"}}]}}]}}]} as unknown as DocumentNode<ConnectionsQuery, ConnectionsQueryVariables>;