/**
 * A Plivo session to our records. Pure.
 *
 * A session is a mapping of two numbers, not a call: it is OPEN while it can take calls and ENDED, EXPIRED, when the
 * mapping is gone, however the calls inside it went. `duration` on the wire is the mapping's length; the unified
 * duration is what people talked: the sum over its calls.
 */
import {
  addDecimals, type EpochMs, type FieldProblem, type InteractionRecord, type JsonObject, type JsonValue,
  type LegRecord, type MemberRecord, type MemberRole, type MoneyRecord, type RecordingRecord, type Section,
  type SessionFacts, type SessionSnapshot,
} from "../../model/index.js"; // prettier-ignore
import { toDerivedReport } from "../derived-report.js";
import { toParty, UNKNOWN_PARTY } from "../to-party.js";
import { toCamelCase } from "../wire/index.js";
import type { PlivoInteractionWire, PlivoSessionWire } from "./plivo.wire.js";

/** List rows carry everything (Plivo reference §3), so one look covers all sections there are. */
export const PLIVO_SECTIONS: readonly Section[] = [
  "members", "interactions", "transfers", "transcript", "report", "recordings", "events", "detail",
]; // prettier-ignore

/** What a mapping depends on besides the session. */
export interface PlivoContext {
  observedAt: EpochMs;
  defaultRegion: string;
  currency: string;
  source: SessionSnapshot["source"];
  problems: readonly FieldProblem[];
}

/** The snapshot of one session. */
export function toSnapshot(wire: PlivoSessionWire, raw: JsonValue, context: PlivoContext): SessionSnapshot {
  const interactions = toInteractions(wire, context);
  const facts = toFacts(wire, interactions, context);
  return {
    provider: "PLIVO",
    providerId: wire.session_uuid,
    providerKey: wire.session_uuid.toLowerCase(),
    source: context.source,
    observedAt: context.observedAt,
    // `modified_time` has been met hours ahead of its time zone (§16 Q10), so nothing is ordered by it.
    version: null,
    facts,
    fields: toFields(wire),
    raw,
    members: toMembers(wire, context),
    interactions,
    transfers: [],
    report: toDerivedReport(facts, { outcome: wire.status }),
    recordings: toRecordings(wire),
    events: [],
    addresses: [wire.virtual_number, toNumber(wire.virtual_number, context)].filter((text) => text !== null),
    sections: PLIVO_SECTIONS,
    problems: context.problems,
  };
}

function toFacts(
  wire: PlivoSessionWire,
  interactions: readonly InteractionRecord[],
  context: PlivoContext,
): SessionFacts {
  const talk = interactions.map((call) => call.durationSeconds).filter((seconds) => seconds !== null);
  const { phase, state } = toState(wire.status);
  return {
    channel: "VOICE",
    // Either party may call; only a session that rings the first party by itself has a direction.
    direction: wire.initiate_call_to_first_party === true ? "OUTBOUND" : "UNKNOWN",
    phase,
    state,
    title: null,
    from: toParty(wire.first_party, context.defaultRegion),
    to: toParty(wire.second_party, context.defaultRegion),
    startedAt: wire.created_time,
    answeredAt: null,
    // The expiry of a session that is still open lies ahead and may move.
    endedAt: phase === "ENDED" ? wire.expiry_time : null,
    updatedAt: wire.modified_time,
    durationSeconds: talk.length === 0 ? null : talk.reduce((sum, seconds) => sum + seconds, 0),
    cost: toCost(wire, context),
  };
}

function toState(status: string | null): Pick<SessionFacts, "phase" | "state"> {
  switch (status?.toLowerCase()) {
    case "active":
      return { phase: "OPEN", state: "OPEN" };
    case "in-progress":
      return { phase: "LIVE", state: "IN_PROGRESS" };
    case "expired":
      return { phase: "ENDED", state: "EXPIRED" };
    default:
      return { phase: "UNKNOWN", state: "UNKNOWN" };
  }
}

/** Creation and calls; where the total is missing, the sum of what is there. */
function toCost(wire: PlivoSessionWire, { currency }: PlivoContext): MoneyRecord | null {
  const parts = [wire.amount, wire.total_call_amount].filter((amount) => amount !== null);
  const amount = wire.total_session_amount ?? (parts.length === 0 ? null : addDecimals(parts));
  return amount === null ? null : { amount, currency };
}

const PARTIES = [
  { slot: "first_party", role: "CALLER" },
  { slot: "second_party", role: "CALLEE" },
] as const satisfies { slot: keyof PlivoSessionWire; role: MemberRole }[];

/** Exactly two fixed slots, of which one may be empty (§18). */
function toMembers(wire: PlivoSessionWire, { defaultRegion }: PlivoContext): MemberRecord[] {
  return PARTIES.filter(({ slot }) => wire[slot] !== null).map(({ slot, role }) => ({
    key: slot,
    role,
    state: "NONE",
    party: toParty(wire[slot], defaultRegion) ?? UNKNOWN_PARTY,
    displayName: null,
    identity: wire[slot],
    endpointId: null,
    avatarUrl: null,
    applicationData: null,
    callSid: null,
    callState: null,
    muted: null,
    isOriginalMember: null,
  }));
}

function toInteractions(wire: PlivoSessionWire, context: PlivoContext): InteractionRecord[] {
  const calls = [...wire.interactions].sort((a, b) => (a.start_time ?? 0) - (b.start_time ?? 0));
  const starts = new Set<EpochMs>();
  return calls.map((call, index) => ({
    key: interactionKey(call, index, starts),
    index,
    type: call.type,
    startedAt: call.start_time,
    endedAt: call.end_time,
    durationSeconds: call.duration,
    billedSeconds: call.call_billed_duration,
    cost:
      call.total_call_amount === null ? null : { amount: call.total_call_amount, currency: context.currency },
    callCount: call.total_call_count,
    legs: toLegs(wire, call, context),
    recordingKey: recordingId(call),
    fields: toFields(call),
  }));
}

/**
 * Calls have no id: their start names them. The ids of their legs only tell apart calls of the same second, because a
 * leg's address appears when that leg is started (§3), and a key must be the same before and after.
 */
function interactionKey(call: PlivoInteractionWire, index: number, starts: Set<EpochMs>): string {
  if (call.start_time === null) return `#${index}`;
  if (!starts.has(call.start_time)) {
    starts.add(call.start_time);
    return String(call.start_time);
  }
  const leg = lastSegment(call.first_party_resource_url ?? call.second_party_resource_url);
  return `${call.start_time}-${leg ?? index}`;
}

/** A leg is there when its party was called. */
function toLegs(
  wire: PlivoSessionWire,
  call: PlivoInteractionWire,
  { defaultRegion }: PlivoContext,
): LegRecord[] {
  return PARTIES.flatMap(({ slot, role }): LegRecord[] => {
    const resourceUrl = call[`${slot}_resource_url`];
    const status = call[`${slot}_status`];
    if (resourceUrl === null && status === null) return [];
    const times = { startedAt: null, answeredAt: null, endedAt: null, talkSeconds: null };
    return [{ role, party: toParty(wire[slot], defaultRegion), status, trunk: null, resourceUrl, ...times }];
  });
}

function toRecordings(wire: PlivoSessionWire): RecordingRecord[] {
  return wire.interactions.flatMap((call): RecordingRecord[] => {
    const key = recordingId(call);
    if (key === null) return [];
    const fields = { providerId: key, recordingResourceUrl: call.recording_resource_url };
    return [
      {
        key,
        status: null,
        format: wire.record_file_format,
        durationSeconds: null,
        locator: { id: key },
        fields,
      },
    ];
  });
}

function recordingId(call: PlivoInteractionWire): string | null {
  return lastSegment(call.recording_resource_url);
}

/** The id at the end of a resource's address, with or without a slash behind it. */
function lastSegment(url: string | null): string | null {
  // The look behind keeps a long text that is no address from being tried from each of its letters to its end.
  return url === null ? null : (/(?<![A-Za-z0-9_-])[A-Za-z0-9_-]+(?=\/?$)/.exec(url)?.[0] ?? null);
}

function toNumber(address: string | null, { defaultRegion }: PlivoContext): string | null {
  return toParty(address, defaultRegion)?.number ?? null;
}

/** Wire names to the graph's, values as they were read. The id and the calls have places of their own. */
function toFields(wire: PlivoSessionWire | PlivoInteractionWire): JsonObject {
  const entries = Object.entries(wire).filter(([name]) => name !== "session_uuid" && name !== "interactions");
  return Object.fromEntries(entries.map(([name, value]) => [toCamelCase(name), value as JsonValue]));
}
