import {
  NO_FACTS,
  type EventRecord,
  type MemberRecord,
  type SessionFacts,
  type SessionSnapshot,
  type TranscriptEntryRecord,
  type TransferRecord,
} from "../../src/model/index.js";

/** A party that is only an address. */
export function party(address: string, number: string | null = null) {
  return { address, number, displayName: null };
}

/** Facts of a live call, but for what is given. */
export function facts(given: Partial<SessionFacts> = {}): SessionFacts {
  const call = { channel: "VOICE", direction: "INBOUND", phase: "LIVE", state: "IN_PROGRESS" } as const;
  return { ...NO_FACTS, ...call, ...given };
}

/** A look at one session, but for what is given. */
export function snapshot(id: string, given: Partial<SessionSnapshot> = {}): SessionSnapshot {
  return {
    provider: "SPEKO",
    providerId: id,
    providerKey: id,
    source: "READ",
    observedAt: 1_000,
    version: null,
    facts: facts(),
    fields: {},
    sections: [],
    problems: [],
    ...given,
  };
}

/** A member, but for what is given. */
export function member(key: string, given: Partial<MemberRecord> = {}): MemberRecord {
  return {
    key,
    role: "CALLER",
    state: "CONNECTED",
    party: party(key),
    displayName: null,
    identity: null,
    endpointId: null,
    avatarUrl: null,
    applicationData: null,
    callSid: null,
    callState: null,
    muted: null,
    isOriginalMember: null,
    ...given,
  };
}

/** A transfer, but for what is given. */
export function transfer(key: string, given: Partial<TransferRecord> = {}): TransferRecord {
  return {
    key,
    providerId: key,
    kind: "BLIND",
    status: "REQUESTED",
    transferTo: null,
    fromRoomName: null,
    consultationRoomName: null,
    callerParticipantIdentity: null,
    recipientParticipantIdentity: null,
    outboundTrunkId: null,
    screeningPrompt: null,
    summary: null,
    failureCause: null,
    organizationId: null,
    metadata: null,
    createdAt: null,
    updatedAt: null,
    completedAt: null,
    ...given,
  };
}

/** An event, but for what is given. */
export function event(key: string, given: Partial<EventRecord> = {}): EventRecord {
  return {
    key,
    providerId: key,
    at: 1_000,
    type: "log",
    source: null,
    message: null,
    organizationId: null,
    createdAt: null,
    status: null,
    failureCause: null,
    sipStatusCode: null,
    sipStatus: null,
    payload: null,
    ...given,
  };
}

/** A turn, but for what is given. */
export function turn(index: number, given: Partial<TranscriptEntryRecord> = {}): TranscriptEntryRecord {
  return {
    index,
    providerId: null,
    source: "USER",
    text: "",
    startedAt: null,
    endedAt: null,
    provider: null,
    model: null,
    metadata: null,
    fields: {},
    ...given,
  };
}
