/** Members and interactions of a PortSIP session, from its live calls or from its call logs. Pure. */
import type {
  InteractionRecord,
  LegRecord,
  MemberRecord,
  MemberState,
  PartyRecord,
} from "../../model/index.js";
import { toParty, UNKNOWN_PARTY } from "../to-party.js";
import { wasAnswered } from "./portsip.state.js";
import { isTransferStep } from "./portsip.transfers.js";
import type { PortsipCall, PortsipCallLog } from "./portsip.wire.js";

/** One call inside a session, however it was learned of. */
export interface PortsipStep {
  caller: PartyRecord | null;
  callee: PartyRecord | null;
  trunk: string | null;
  startedAt: number | null;
  answeredAt: number | null;
  endedAt: number | null;
  talkSeconds: number | null;
  status: string | null;
  /** Both sides are there, one is being rung, or it is over. */
  state: MemberState;
  isTransferred: boolean;
  /** SIP's; live calls have none. */
  callId: string | null;
}

/** A live call. It tells how long somebody has talked, and nothing else of its state. */
export function fromCall(call: PortsipCall, region: string): PortsipStep {
  return {
    caller: toParty(call.caller, region, call.callerDisplayName),
    callee: toParty(call.callee, region),
    trunk: call.trunk ?? null,
    startedAt: call.startedAt,
    answeredAt: null,
    endedAt: null,
    talkSeconds: call.talkingTime,
    status: null,
    state: (call.talkingTime ?? 0) > 0 ? "CONNECTED" : "RINGING",
    isTransferred: false,
    callId: null,
  };
}

/** A call log: one routing step. */
export function fromLog(log: PortsipCallLog, region: string): PortsipStep {
  return {
    caller: toParty(log.caller, region, log.callerDisplayName),
    callee: toParty(log.callee, region, log.calleeDisplayName),
    trunk: log.trunk,
    startedAt: log.startedAt,
    answeredAt: log.answeredAt,
    endedAt: log.endedAt,
    talkSeconds: log.duration,
    status: log.endReason,
    state: log.endedAt === null ? (wasAnswered(log) ? "CONNECTED" : "RINGING") : "LEFT",
    isTransferred: isTransferStep(log),
    callId: log.callId,
  };
}

/**
 * Everybody in any step, by address: the first caller called, the others were called. Whoever is in a step that goes on
 * has not left, whatever became of the others.
 */
export function toMembers(steps: readonly PortsipStep[]): MemberRecord[] {
  const members = new Map<string, MemberRecord>();
  for (const [index, step] of steps.entries()) {
    add(step.caller, index === 0 ? "CALLER" : "UNKNOWN", "CONNECTED", step);
    add(step.callee, step.isTransferred ? "TRANSFER_TARGET" : "CALLEE", step.state, step);
  }
  return [...members.values()];

  function add(
    party: PartyRecord | null,
    role: MemberRecord["role"],
    state: MemberState,
    step: PortsipStep,
  ): void {
    const key = party?.address ?? null;
    if (party === null || key === null) return;
    const known = members.get(key);
    members.set(key, {
      key,
      role: known === undefined || known.role === "UNKNOWN" ? role : known.role,
      state: step.state !== "LEFT" ? state : (known?.state ?? "LEFT"),
      party: known?.party.displayName ? known.party : party,
      displayName: known?.displayName ?? party.displayName,
      identity: key,
      endpointId: null,
      avatarUrl: null,
      applicationData: null,
      callSid: null,
      callState: null,
      muted: null,
      isOriginalMember: known?.isOriginalMember ?? !step.isTransferred,
    });
  }
}

/** One interaction per step. Steps have no id: their two ends name them, and their place among equals. */
export function toInteractions(steps: readonly PortsipStep[]): InteractionRecord[] {
  const counts = new Map<string, number>();
  return steps.map((step, index) => {
    const ends = `${step.caller?.address ?? ""}>${step.callee?.address ?? ""}`;
    const nth = counts.get(ends) ?? 0;
    counts.set(ends, nth + 1);
    return {
      key: nth === 0 ? ends : `${ends}#${nth}`,
      index,
      type: "call",
      startedAt: step.startedAt,
      endedAt: step.endedAt,
      durationSeconds: step.talkSeconds,
      billedSeconds: null,
      cost: null,
      callCount: 2,
      legs: toLegs(step),
      recordingKey: null,
      // Each step may have a call id of its own, and the session shows only the last one.
      fields: step.callId === null ? {} : { callId: step.callId },
    };
  });
}

function toLegs(step: PortsipStep): LegRecord[] {
  const { trunk, startedAt, answeredAt, endedAt, talkSeconds, status } = step;
  const shared = { resourceUrl: null, startedAt, answeredAt, endedAt, talkSeconds, status };
  return [
    { role: "CALLER", party: step.caller ?? UNKNOWN_PARTY, trunk: null, ...shared },
    {
      role: step.isTransferred ? "TRANSFER_TARGET" : "CALLEE",
      party: step.callee ?? UNKNOWN_PARTY,
      trunk,
      ...shared,
    },
  ];
}
