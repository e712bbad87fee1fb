/** Participants of a session, and the transfers that can be seen among them. */
import type {
  MemberRecord,
  MemberRole,
  MemberState,
  TransferRecord,
  TransferStatus,
} from "../../model/index.js";
import { toParty, UNKNOWN_PARTY } from "../to-party.js";
import type { SESSION_MEMBER_INFO } from "./evo-voice.wire.js";
import type { Values } from "./evo-voice.values.js";

export type MemberValues = Values<typeof SESSION_MEMBER_INFO>;

/**
 * Members have no id on the wire. Their Twilio call id names them best, then their identity, then the name they show
 * with their place (§3.2). Two that would share a key are told apart by a number in the order they came.
 */
export function toMembers(members: readonly MemberValues[], defaultRegion: string): MemberRecord[] {
  const uses = new Map<string, number>();
  return members.map((member, index) => {
    const base = member.callSid ?? member.identity ?? `${member.displayName ?? ""}@${index}`;
    const use = (uses.get(base) ?? 0) + 1;
    uses.set(base, use);
    return {
      key: use === 1 ? base : `${base}#${use}`,
      role: toRole(member.role),
      state: toState(member.callState),
      party: toParty(member.identity, defaultRegion, member.displayName) ?? {
        ...UNKNOWN_PARTY,
        displayName: member.displayName,
      },
      displayName: member.displayName,
      identity: member.identity,
      endpointId: member.endpointId,
      avatarUrl: member.avatarUrl,
      applicationData: member.applicationData,
      callSid: member.callSid,
      callState: member.callState,
      muted: member.muted,
      isOriginalMember: member.isOriginalMember,
    };
  });
}

/**
 * Evo Voice has no transfer resource; a member in the role Transfer is the one trace of it in a session. Whether it
 * was blind or warm, and when, is not told. Keys follow the member's, so a second read finds the same transfer.
 */
export function toTransfers(members: readonly MemberRecord[], holdReason: string | null): TransferRecord[] {
  const caller = members.find((member) => member.role === "CALLER");
  return members
    .filter((member) => member.role === "TRANSFER_TARGET")
    .map((target) => ({
      key: `member:${target.key}`,
      providerId: null,
      kind: "UNKNOWN",
      status: toTransferStatus(target.state, holdReason),
      transferTo: target.identity ?? target.displayName,
      fromRoomName: null,
      consultationRoomName: null,
      callerParticipantIdentity: caller?.identity ?? null,
      recipientParticipantIdentity: target.identity,
      outboundTrunkId: null,
      screeningPrompt: null,
      summary: null,
      failureCause: null,
      organizationId: null,
      metadata: null,
      createdAt: null,
      updatedAt: null,
      completedAt: null,
    }));
}

/** While the caller is held for the transfer, a target who has answered is still being consulted. */
function toTransferStatus(target: MemberState, holdReason: string | null): TransferStatus {
  if (target === "RINGING") return "REQUESTED";
  if (target !== "CONNECTED" && target !== "ON_HOLD") return "UNKNOWN";
  return holdReason === "Transferring" ? "BRIDGING" : "COMPLETED";
}

function toRole(word: string | null): MemberRole {
  switch (word) {
    case "None":
      return "NONE";
    case "Caller":
      return "CALLER";
    case "Agent":
      return "AGENT";
    case "Transfer":
      return "TRANSFER_TARGET";
    default:
      return "UNKNOWN";
  }
}

function toState(word: string | null): MemberState {
  switch (word) {
    case "None":
      return "NONE";
    case "Ringing":
      return "RINGING";
    case "Connected":
      return "CONNECTED";
    case "Hold":
      return "ON_HOLD";
    default:
      return "UNKNOWN";
  }
}
