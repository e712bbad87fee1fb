/** The provider's call to our snapshot. Pure: the same call gives the same snapshot, and nothing is asked of anybody. */
import type {
  Direction, EpochMs, FieldProblem, MemberRecord, Provider, Section, SessionFacts, SessionSnapshot, SessionState,
  SnapshotSource,
} from "../../model/index.js"; // prettier-ignore
import { toParty } from "../to-party.js";
import type { ExampleCall } from "./example.wire.js";

/** Sections that any answer with a call in it covers. */
export const EXAMPLE_SECTIONS: readonly Section[] = ["members", "recordings"];

/** How the call was learned of. */
export interface Look {
  provider: Provider;
  source: SnapshotSource;
  /** When the request was sent. */
  observedAt: EpochMs;
  /** ISO 3166 alpha-2, for numbers without a country code. */
  region: string;
  problems: readonly FieldProblem[];
}

/** One call as a snapshot. */
export function toSnapshot(call: ExampleCall, look: Look): SessionSnapshot {
  const state = toState(call.status);
  const facts: SessionFacts = {
    channel: "VOICE",
    direction: toDirection(call.direction),
    phase: toPhase(state),
    state,
    title: call.title,
    from: toParty(call.from, look.region),
    to: toParty(call.to, look.region),
    startedAt: call.startedAt,
    answeredAt: call.answeredAt,
    endedAt: call.endedAt,
    // No modification time: the provider has none that could order its news.
    updatedAt: null,
    durationSeconds:
      call.answeredAt === null || call.endedAt === null ? null : (call.endedAt - call.answeredAt) / 1000,
    cost: call.price === null ? null : { amount: call.price, currency: "USD" },
  };
  return {
    provider: look.provider,
    providerId: call.id,
    providerKey: call.id,
    source: look.source,
    observedAt: look.observedAt,
    version: null,
    facts,
    // What only this provider has, under the camelCase of its wire name: these become fields of its GraphQL type.
    fields: { status: call.status, queueName: call.queueName },
    raw: call.source,
    members: [
      member(call.from, "CALLER", facts, look.region),
      member(call.to, "CALLEE", facts, look.region),
    ].flatMap((each) => each ?? []),
    recordings:
      call.hasRecording === true
        ? [
            {
              key: "recording",
              status: "ready",
              format: null,
              durationSeconds: null,
              locator: {},
              fields: {},
            },
          ]
        : [],
    sections: EXAMPLE_SECTIONS,
    problems: look.problems,
  };
}

/** Every word the provider has for a state, in one place. One that is new reads as UNKNOWN and fails nothing. */
function toState(status: string | null): SessionState {
  switch (status?.toLowerCase()) {
    case "ringing":
      return "RINGING";
    case "talking":
      return "IN_PROGRESS";
    case "ended":
      return "COMPLETED";
    case "failed":
      return "FAILED";
    default:
      return "UNKNOWN";
  }
}

function toPhase(state: SessionState): SessionFacts["phase"] {
  if (state === "UNKNOWN") return "UNKNOWN";
  return state === "RINGING" || state === "IN_PROGRESS" ? "LIVE" : "ENDED";
}

function toDirection(direction: string | null): Direction {
  if (direction === "in") return "INBOUND";
  return direction === "out" ? "OUTBOUND" : "UNKNOWN";
}

function member(
  address: string | null,
  role: MemberRecord["role"],
  { phase, state }: SessionFacts,
  region: string,
): MemberRecord | null {
  const party = toParty(address, region);
  if (party === null || address === null) return null;
  return {
    // What a second read of the same member is matched by.
    key: role,
    role,
    state: phase === "ENDED" ? "LEFT" : state === "RINGING" && role === "CALLEE" ? "RINGING" : "CONNECTED",
    party,
    displayName: party.displayName,
    identity: address,
    endpointId: null,
    avatarUrl: null,
    applicationData: null,
    callSid: null,
    callState: null,
    muted: null,
    isOriginalMember: null,
  };
}
