import type { Conversation, Step } from "../conversation.js";
import { createAgenda, type Agenda } from "../kit/agenda.js";
import type { Random } from "../kit/random.js";
import { addEvent, newCall } from "./speko-calls.js";
import { SPEKO_AGENTS } from "./speko-organization.js";
import type { Call, Callback } from "./speko-records.js";
import { finishReport, makeReport } from "./speko-reports.js";
import { startHunt } from "./speko-transfers.js";

/** Everything this organization has stored. */
export interface SpekoBook {
  /** Newest first. */
  calls(): Call[];
  find(id: string): Call | undefined;
  readonly callbacks: readonly Callback[];
  readonly agenda: Agenda;
  readonly random: Random;
  now(): number;
  begin(conversation: Conversation): void;
  apply(conversation: Conversation, step: Step, at: number): void;
}

/** How long after the end of a call its room is torn down, milliseconds. */
export const TEARDOWN_MS = 400;

export function createSpekoBook(random: Random, now: () => number): SpekoBook {
  const calls = new Map<string, Call>();
  const byConversation = new Map<string, Call>();
  const callbacks: Callback[] = [];
  const agenda = createAgenda();
  const settle = () => agenda.settle(now());

  return {
    agenda,
    random,
    now,
    callbacks,
    calls() {
      settle();
      return [...calls.values()].sort((a, b) => b.createdAt - a.createdAt || b.sequence - a.sequence);
    },
    find(id) {
      settle();
      return calls.get(id);
    },
    begin(conversation) {
      const call = newCall(conversation, calls.size, random.fork(conversation.id), SPEKO_AGENTS);
      calls.set(call.id, call);
      byConversation.set(conversation.id, call);
    },
    apply(conversation, step, at) {
      agenda.settle(at);
      const call = byConversation.get(conversation.id);
      if (!call) throw new Error(`Conversation ${conversation.id} was never begun`);
      applyStep({ call, conversation, agenda, random: random.fork(`${call.id}/${at}`), callbacks }, step, at);
    },
  };
}

interface Scene {
  call: Call;
  conversation: Conversation;
  agenda: Agenda;
  random: Random;
  callbacks: Callback[];
}

function applyStep({ call, conversation, agenda, random, callbacks }: Scene, step: Step, at: number): void {
  call.updatedAt = Math.max(call.updatedAt, at);
  switch (step.do) {
    case "ring":
      if (call.direction === "outbound") call.status = conversation.traits.status ?? "dialing";
      addEvent(call, random, at, { provider: "telnyx", eventType: "sip.dial_started" });
      return;
    case "answer":
      call.answeredAt ??= at;
      if (call.status !== "failed") call.status = "active";
      addEvent(call, random, at, {
        provider: "livekit",
        eventType: "participant_joined",
        payload: { identity: call.callerIdentity },
      });
      if (call.recordingStatus === null)
        addEvent(call, random, at, { provider: "livekit", eventType: "egress_started" });
      return;
    case "say":
      sayTurn(call, step, at, random);
      return;
    case "transfer":
      startHunt({ call, agenda, random }, step.transfer, at);
      return;
    case "end":
      endCall(call, conversation, step.reason, at, random);
      if (conversation.traits.callback)
        callbacks.push(promiseCallback(call, conversation.traits.callback, at, random));
      return;
    case "recording":
      call.recordingStatus = step.outcome;
      if (step.outcome === "ready") {
        call.recordingDurationMs = Math.max(1, (call.endedAt ?? at) - (call.answeredAt ?? call.createdAt));
        addEvent(call, random, at, { provider: "livekit", eventType: "egress_ended", status: "complete" });
      }
      return;
    case "report":
      call.report = call.report ? finishReport(call.report, step, at) : makeReport(call, step, at, random);
      return;
    case "queue":
    case "hold":
    case "resume":
    case "mute":
    case "unmute":
    case "fax-page":
    case "hangup":
      // Nothing that this provider has a word for.
      return;
  }
}

function sayTurn(call: Call, step: Extract<Step, { do: "say" }>, at: number, random: Random): void {
  if (call.turns.length === 0 && step.who === "agent") {
    addEvent(call, random, at, { provider: "speko", eventType: "worker.first_agent_audio" });
  }
  call.turns.push({
    id: random.uuid(),
    index: call.turns.length,
    source: step.who,
    text: step.text,
    draft: step.text.replace(/[.!?]$/, "").toLowerCase(),
    startedAt: at,
    endsAt: at + step.lastsMs,
    wasInterrupted: random.chance(0.05),
    metadata: step.who === "system" ? {} : { confidence: Number((0.85 + random.next() * 0.14).toFixed(2)) },
    latency:
      step.who === "agent"
        ? { eouMs: random.int(180, 420), llmTtftMs: random.int(220, 700), ttsTtfbMs: random.int(90, 260) }
        : null,
  });
}

const END_STATUS: Readonly<Record<string, string>> = {
  "no-answer": "no_answer",
  busy: "busy",
  cancelled: "cancelled",
  failed: "failed",
};

/** Tears the room down. A status that lies keeps lying. */
export function endCall(
  call: Call,
  conversation: Conversation | null,
  reason: string,
  at: number,
  random: Random,
): void {
  if (call.endedAt !== null) return;
  call.endedAt = at + TEARDOWN_MS;
  call.updatedAt = call.endedAt;
  call.isEnding = false;
  call.status = conversation?.traits.status ?? END_STATUS[reason] ?? "ended";
  const busy = reason === "busy";
  if (reason === "failed" || busy || reason === "no-answer") {
    addEvent(call, random, at, {
      provider: "telnyx",
      eventType: reason === "failed" ? "sip.dial_failed" : "call.hangup",
      status: "failed",
      failureCause: reason.replace("-", "_"),
      sipStatusCode: busy ? 486 : reason === "no-answer" ? 480 : 503,
      sipStatus: busy
        ? "Busy Here"
        : reason === "no-answer"
          ? "Temporarily Unavailable"
          : "Service Unavailable",
    });
  } else if (reason === "callee-hung-up") {
    addEvent(call, random, at, { provider: "speko", eventType: "call.end_tool.completed" });
  }
  addEvent(call, random, call.endedAt, {
    provider: "livekit",
    eventType: "room_finished",
    status: "finished",
  });
}

function promiseCallback(
  call: Call,
  { afterMs, reason }: { afterMs: number; reason: string },
  at: number,
  random: Random,
): Callback {
  const scheduled = {
    id: `cb_${random.hex(20)}`,
    source: call,
    createdSessionId: null,
    toNumber: call.humanNumber ?? "+12025550100",
    scheduledAt: at + afterMs,
    status: "scheduled" as const,
    reason,
    instructions: null,
    summary: null,
    failureCause: null,
    attemptedAt: null,
    dispatchedAt: null,
    cancelledAt: null,
    createdAt: at,
    updatedAt: at,
  };
  return scheduled;
}
