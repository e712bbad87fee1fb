import type { Conversation } from "../conversation.js";
import type { Random } from "../kit/random.js";
import type { Agent, Call, CallEvent } from "./speko-records.js";

/** A call at the moment it begins. */
export function newCall(
  conversation: Conversation,
  sequence: number,
  random: Random,
  agents: readonly Agent[],
): Call {
  const { traits, direction, from, to, startedAt } = conversation;
  const outbound = direction === "outbound";
  const human = outbound ? to : from;
  const index = traits.agentIndex === undefined ? 0 : traits.agentIndex;
  const agent = index === null ? null : (agents[index % agents.length] ?? null);
  const roomName = `speko_${random.hex(12)}`;
  const call: Call = {
    id: random.uuid(),
    sequence,
    agent,
    status: outbound ? (traits.status ?? "initiating") : (traits.status ?? "active"),
    kind: random.chance(0.8) ? "phone" : "cascade",
    direction: outbound ? "outbound" : "inbound",
    roomName,
    language: traits.language ?? agent?.language ?? "en-US",
    metadata: {
      ...(from.number === null ? {} : { from: from.number }),
      ...(to.number === null ? {} : { to: to.number }),
      direction: outbound ? "outbound" : "inbound",
      ...traits.metadata,
    },
    createdAt: startedAt,
    updatedAt: startedAt,
    answeredAt: null,
    endedAt: null,
    isEnding: false,
    recordingStatus: null,
    recordingDurationMs: null,
    turns: [],
    events: [],
    transfers: [],
    report: null,
    callerIdentity: `sip_${(human.number ?? random.digits(10)).replace("+", "")}`,
    humanNumber: human.number,
    phoneCall: { callControlId: `v3:${random.hex(32)}`, phoneNumberId: agent?.phoneNumberId ?? null },
    isRecent: sequence % 3 !== 0,
    writesNulls: sequence % 2 === 0,
  };
  addEvent(call, random, startedAt, {
    provider: "livekit",
    eventType: "room_started",
    payload: { room: roomName },
  });
  return call;
}

/** Writes an event down; it is stored a moment after it happened. */
export function addEvent(
  call: Call,
  random: Random,
  at: number,
  event: Partial<CallEvent> & Pick<CallEvent, "provider" | "eventType">,
): void {
  call.events.push({
    id: `evt_${random.hex(20)}`,
    hasSession: true,
    status: null,
    failureCause: null,
    sipStatusCode: null,
    sipStatus: null,
    occurredAt: at,
    createdAt: at + random.int(5, 120),
    payload: {},
    isLegacy: call.sequence % 10 === 9,
    ...event,
  });
}

/** Somebody speaks; the turn stays open for as long as it lasts. */
export function addTurn(
  call: Call,
  random: Random,
  { who, text, lastsMs }: { who: "user" | "agent" | "system"; text: string; lastsMs: number },
  at: number,
): void {
  if (call.turns.length === 0 && who === "agent") {
    addEvent(call, random, at, { provider: "speko", eventType: "worker.first_agent_audio" });
  }
  call.turns.push({
    id: random.uuid(),
    index: call.turns.length,
    source: who,
    text,
    draft: text.replace(/[.!?]$/, "").toLowerCase(),
    startedAt: at,
    endsAt: at + lastsMs,
    wasInterrupted: random.chance(0.05),
    metadata: who === "system" ? {} : { confidence: Number((0.85 + random.next() * 0.14).toFixed(2)) },
    latency:
      who === "agent"
        ? { eouMs: random.int(180, 420), llmTtftMs: random.int(220, 700), ttsTtfbMs: random.int(90, 260) }
        : null,
  });
}
