/** A PortSIP call, live or logged, to our records. Pure. */
import type {
  Direction,
  EpochMs,
  FieldProblem,
  JsonObject,
  JsonValue,
  Section,
  SessionSnapshot,
} from "../../model/index.js";
import { toDerivedReport } from "../derived-report.js";
import { toParty } from "../to-party.js";
import { toPortsipKey } from "./portsip.id.js";
import { fromCall, fromLog, toInteractions, toMembers } from "./portsip.parts.js";
import { toLiveState, toLoggedState, wasAnswered, type Presence } from "./portsip.state.js";
import { toTransfers } from "./portsip.transfers.js";
import { toCallLogFields, type PortsipCallLog, type PortsipSession } from "./portsip.wire.js";
import { isNone, toDirection, unwrapUserData } from "./portsip.words.js";

/** What both a live call and a call log tell. A PBX has no transcripts and no events of its own over REST. */
export const PORTSIP_SECTIONS: readonly Section[] = [
  "members", "interactions", "transfers", "transcript", "report", "events",
]; // prettier-ignore

/** What a mapping depends on besides the call. */
export interface PortsipContext {
  observedAt: EpochMs;
  defaultRegion: string;
  source: SessionSnapshot["source"];
  problems: readonly FieldProblem[];
}

/** A call that is up. */
export function toLiveSnapshot(
  session: PortsipSession,
  raw: JsonValue,
  context: PortsipContext,
): SessionSnapshot {
  const steps = session.calls.map((call) => fromCall(call, context.defaultRegion));
  const starts = steps.map((step) => step.startedAt).filter((at) => at !== null);
  const longestTalk = Math.max(0, ...steps.map((step) => step.talkSeconds ?? 0));
  return {
    ...base(session.id, raw, context),
    facts: {
      channel: "VOICE",
      direction: liveDirection(session),
      ...toLiveState(session.calls),
      title: null,
      from: steps[0]?.caller ?? null,
      to: steps[0]?.callee ?? null,
      startedAt: starts.length === 0 ? null : Math.min(...starts),
      // The PBX tells how long somebody has talked, not since when: right to a second or two.
      answeredAt: longestTalk > 0 ? context.observedAt - longestTalk * 1000 : null,
      endedAt: null,
      updatedAt: null,
      durationSeconds: null,
      cost: null,
    },
    fields: { calls: session.calls.map((call): JsonObject => ({ ...call, trunk: call.trunk ?? null })) },
    members: toMembers(steps),
    interactions: toInteractions(steps),
    sections: PORTSIP_SECTIONS,
  };
}

/** No trunk on any leg means that both ends are extensions; a trunk does not say which side is outside. */
function liveDirection({ calls }: PortsipSession): Direction {
  return calls.length > 0 && calls.every((call) => call.trunk === null) ? "INTERNAL" : "UNKNOWN";
}

/** A session by its call logs, oldest first and at least one. `presence`: what else is known of its being up. */
export function toLoggedSnapshot(
  logs: readonly PortsipCallLog[],
  rows: readonly JsonValue[],
  presence: Presence,
  context: PortsipContext,
): SessionSnapshot {
  const [first] = logs;
  const steps = logs.map((log) => fromLog(log, context.defaultRegion));
  const talk = logs.filter(wasAnswered).map((log) => log.duration ?? 0);
  const state = toLoggedState(logs, presence);
  const { userData, serviceNumber } = unwrapUserData(latest(logs, (log) => log.userData));
  const facts: SessionSnapshot["facts"] = {
    channel: "VOICE",
    direction: toDirection(latest(logs, (log) => log.direction)),
    ...state,
    title: null,
    from: steps[0]?.caller ?? null,
    to: steps[0]?.callee ?? null,
    startedAt: least(logs.map((log) => log.startedAt)),
    answeredAt: least(logs.map((log) => log.answeredAt)),
    endedAt: state.phase === "ENDED" ? greatest(logs.map((log) => log.endedAt)) : null,
    updatedAt: null,
    durationSeconds:
      talk.length === 0 ? (state.phase === "ENDED" ? 0 : null) : talk.reduce((a, b) => a + b, 0),
    cost: null,
  };
  const last = logs.at(-1);
  return {
    ...base(first?.sessionId ?? "", rows.length === 1 ? (rows[0] ?? null) : { items: [...rows] }, context),
    facts,
    fields: {
      userData,
      serviceNumber: serviceNumber ?? latest(logs, (log) => log.serviceNumber),
      callLog: last === undefined ? null : toCallLogFields(last),
    },
    members: toMembers(steps),
    interactions: toInteractions(steps),
    transfers: toTransfers(logs, state.phase === "ENDED", context.defaultRegion),
    report: toDerivedReport(facts, { outcome: isNone(last?.endReason) ? null : (last?.endReason ?? null) }),
    addresses: furtherAddresses(logs, context.defaultRegion),
    sections: [...PORTSIP_SECTIONS, "detail"],
  };
}

/** Numbers dialled and shown, as the PBX writes them and in E.164. */
function furtherAddresses(logs: readonly PortsipCallLog[], region: string): string[] {
  const texts = logs
    .flatMap((log) => [log.didCid, log.outboundCallerId, log.serviceNumber, log.destination])
    .flatMap((text) => [text, toParty(text, region)?.number ?? null]);
  return [...new Set(texts)].filter((text) => text !== null);
}

function base(providerId: string, raw: JsonValue, { observedAt, source, problems }: PortsipContext) {
  const providerKey = toPortsipKey(providerId);
  return {
    provider: "PORTSIP" as const,
    providerId,
    providerKey,
    source,
    observedAt,
    version: null,
    raw,
    problems,
    // A held call looks to the PBX's API like any other (§6.3): what a command told of it stands.
    isBlindToHold: true,
  };
}

function latest<T>(logs: readonly PortsipCallLog[], read: (log: PortsipCallLog) => T | null): T | null {
  return logs.map(read).findLast((value) => value !== null) ?? null;
}

function least(times: readonly (number | null)[]): number | null {
  const known = times.filter((time) => time !== null);
  return known.length === 0 ? null : Math.min(...known);
}

function greatest(times: readonly (number | null)[]): number | null {
  const known = times.filter((time) => time !== null);
  return known.length === 0 ? null : Math.max(...known);
}
