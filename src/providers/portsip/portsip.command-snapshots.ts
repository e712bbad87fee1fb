/** What an accepted command tells of its session (PortSIP reference §3.3, §3.6, §7.4). Pure. */
import type {
  EpochMs,
  JsonObject,
  SessionFacts,
  SessionSnapshot,
  TransferRecord,
} from "../../model/index.js";
import type { Command } from "../commands.js";
import { NO_FACTS } from "../no-facts.js";
import type { SessionReference } from "../provider.js";
import { toParty } from "../to-party.js";
import { toPortsipKey } from "./portsip.id.js";
import { toTransferKey } from "./portsip.transfer-key.js";

const NOTHING_KNOWN: SessionFacts = { ...NO_FACTS, channel: "VOICE" };

/**
 * A call that was just placed, as far as the input tells: the answer is an id and nothing else. The caller's phone
 * rings. Which side is outside, and who is in the call, the first read tells.
 */
export function toCreatedSnapshot(
  id: string,
  input: JsonObject,
  observedAt: EpochMs,
  defaultRegion: string,
): SessionSnapshot {
  const text = (name: string) => {
    const value = input[name];
    return typeof value === "string" ? value : null;
  };
  const facts: SessionFacts = {
    ...NOTHING_KNOWN,
    phase: "LIVE",
    state: "RINGING",
    from: toParty(text("caller"), defaultRegion, text("callerDisplayName")),
    to: toParty(text("callee"), defaultRegion),
    startedAt: observedAt,
  };
  return commandSnapshot(id, facts, observedAt, { userData: text("userData") });
}

/**
 * A call that was put on hold or taken up again. Only commands tell this: no read of a PBX shows it, so what was read
 * while the command was under way must not count as newer. `observedAt`: when the answer came.
 */
export function toHoldSnapshot(
  session: SessionReference,
  state: "ON_HOLD" | "IN_PROGRESS",
  observedAt: EpochMs,
): SessionSnapshot {
  const { direction, startedAt } = session;
  const known = { ...(direction === undefined ? {} : { direction }), startedAt };
  const facts: SessionFacts = { ...NOTHING_KNOWN, ...known, phase: "LIVE", state };
  return commandSnapshot(session.providerId, facts, observedAt, {});
}

/**
 * A transfer that PortSIP has accepted, which is not yet one that worked. How the session itself is doing, the answer
 * does not say. `observedAt`: when the answer came, as for a hold.
 */
export function toTransferSnapshot(
  { kind, session, consultation, input }: Command & { session: SessionReference },
  observedAt: EpochMs,
  defaultRegion: string,
): { snapshot: SessionSnapshot; key: string } {
  const number = String(input["extensionNumber"]);
  const to = typeof input["to"] === "string" ? input["to"].trim() : null;
  const target = to ?? (consultation === null ? null : farEnd(consultation, number));
  const key = toTransferKey(target, defaultRegion);
  const transfer: TransferRecord = {
    key,
    providerId: null,
    kind: kind === "TRANSFER_WARM" ? "WARM" : "BLIND",
    status: "REQUESTED",
    transferTo: target,
    fromRoomName: null,
    consultationRoomName: null,
    callerParticipantIdentity: farEnd(session, number),
    recipientParticipantIdentity: null,
    outboundTrunkId: null,
    screeningPrompt: null,
    summary: null,
    failureCause: null,
    organizationId: null,
    metadata: null,
    createdAt: observedAt,
    updatedAt: observedAt,
    completedAt: null,
  };
  // Whoever was held is handed on, and no read can tell that the hold is over.
  const state = session.state === "ON_HOLD" ? ({ phase: "LIVE", state: "IN_PROGRESS" } as const) : {};
  const facts = {
    ...NOTHING_KNOWN,
    direction: session.direction ?? NOTHING_KNOWN.direction,
    ...state,
  };
  const snapshot = commandSnapshot(session.providerId, facts, observedAt, {});
  return { snapshot: { ...snapshot, transfers: [transfer] }, key };
}

/** Whom an extension talks to in a session, by its stored calls; null when they do not tell, or name several. */
export function farEnd({ fields }: SessionReference, extension: string): string | null {
  const calls = Array.isArray(fields["calls"]) ? fields["calls"] : [];
  const ends = new Set<string>();
  for (const call of calls) {
    if (typeof call !== "object" || call === null || Array.isArray(call)) continue;
    const { caller, callee } = call;
    if (caller === extension && typeof callee === "string") ends.add(callee);
    if (callee === extension && typeof caller === "string") ends.add(caller);
  }
  const [only, ...others] = ends;
  return only === undefined || others.length > 0 ? null : only;
}

function commandSnapshot(
  providerId: string,
  facts: SessionFacts,
  observedAt: EpochMs,
  fields: JsonObject,
): SessionSnapshot {
  return {
    provider: "PORTSIP",
    providerId,
    providerKey: toPortsipKey(providerId),
    source: "COMMAND",
    observedAt,
    version: null,
    facts,
    fields,
    sections: [],
    problems: [],
  };
}
