/**
 * Who is in a call. Speko has no participants (Speko reference §2): the two ends that every call has, and whoever a
 * transfer rang, are told here from the call and its transfers.
 */
import type {
  Direction,
  MemberRecord,
  MemberRole,
  MemberState,
  PartyRecord,
  TransferRecord,
} from "../../model/index.js";
import { toParty, UNKNOWN_PARTY } from "../to-party.js";
import type { SpekoState } from "./speko.state.js";

export interface SpekoMemberFacts {
  state: SpekoState;
  direction: Direction;
  from: PartyRecord | null;
  to: PartyRecord | null;
  agentId: string | null;
  transfers: readonly TransferRecord[];
  defaultRegion: string;
}

/** Keys: `caller` (the vendor's word for the human, whoever dialled), `agent`, and `transfer:<id>` for each attempt. */
export function toMembers(facts: SpekoMemberFacts): MemberRecord[] {
  return [
    {
      ...toMember("caller", "CALLER", toHumanState(facts.state), toHuman(facts)),
      identity:
        facts.transfers.find((transfer) => transfer.callerParticipantIdentity !== null)
          ?.callerParticipantIdentity ?? null,
      isOriginalMember: true,
    },
    {
      ...toMember("agent", "AI_AGENT", toAgentState(facts), { ...UNKNOWN_PARTY, address: facts.agentId }),
      endpointId: facts.agentId,
      isOriginalMember: true,
    },
    ...facts.transfers.map((transfer) => ({
      ...toMember(
        `transfer:${transfer.key}`,
        "TRANSFER_TARGET",
        toTargetState(transfer, facts.state),
        toParty(transfer.transferTo, facts.defaultRegion) ?? UNKNOWN_PARTY,
      ),
      identity: transfer.recipientParticipantIdentity,
      isOriginalMember: false,
    })),
  ];
}

/** Which of the two numbers is the human's follows from the direction; without it, neither is claimed to be. */
function toHuman({ direction, from, to }: SpekoMemberFacts): PartyRecord {
  if (direction === "INBOUND") return from ?? UNKNOWN_PARTY;
  if (direction === "OUTBOUND") return to ?? UNKNOWN_PARTY;
  return UNKNOWN_PARTY;
}

function toHumanState({ phase, state }: SpekoState): MemberState {
  if (phase === "ENDED") return "LEFT";
  return state === "RINGING" ? "RINGING" : "CONNECTED";
}

/** After a completed transfer the agent may be gone or not: the API does not say. */
function toAgentState({ state, transfers }: SpekoMemberFacts): MemberState {
  if (state.phase === "ENDED") return "LEFT";
  if (transfers.some((transfer) => transfer.status === "COMPLETED")) return "UNKNOWN";
  return state.state === "IN_PROGRESS" ? "CONNECTED" : "UNKNOWN";
}

function toTargetState(transfer: TransferRecord, { phase }: SpekoState): MemberState {
  const joined = transfer.recipientParticipantIdentity !== null;
  switch (transfer.status) {
    case "REQUESTED":
      return phase === "ENDED" ? "NONE" : "RINGING";
    case "SCREENING":
    case "BRIDGING":
    case "COMPLETED":
      return phase === "ENDED" ? "LEFT" : "CONNECTED";
    case "FAILED":
    case "CANCELLED":
      return joined ? "LEFT" : "NONE";
    case "UNKNOWN":
      return phase === "ENDED" ? "LEFT" : "UNKNOWN";
  }
}

function toMember(key: string, role: MemberRole, state: MemberState, party: PartyRecord): MemberRecord {
  return {
    key,
    role,
    state,
    party,
    displayName: party.displayName,
    identity: null,
    endpointId: null,
    avatarUrl: null,
    applicationData: null,
    callSid: null,
    callState: null,
    muted: null,
    isOriginalMember: null,
  };
}
