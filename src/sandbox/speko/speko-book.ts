import type { Conversation, Step } from "../conversation.js";
import { createAgenda, type Agenda } from "../kit/agenda.js";
import type { Random } from "../kit/random.js";
import { makeCallback } from "./speko-callbacks.js";
import { addEvent, addTurn, newCall } from "./speko-calls.js";
import { createDialling, type Dialling, type SpekoAnswer } from "./speko-dialling.js";
import { endCall, makeLeftovers, setRecording } from "./speko-ending.js";
import { SPEKO_AGENTS } from "./speko-organization.js";
import { isTerminal, type Call, type Callback } from "./speko-records.js";
import { finishReport, makeReport } from "./speko-reports.js";
import { meet, startHunt, type TransferScene } from "./speko-transfers.js";

/** Everything this organization has stored. */
export interface SpekoBook {
  /** Newest first. */
  calls(): Call[];
  find(id: string): Call | undefined;
  callbacks(): readonly Callback[];
  readonly agenda: Agenda;
  readonly random: Random;
  readonly dialling: Dialling;
  now(): number;
  /** Where what was asked for over HTTP happens. */
  scene(call: Call): TransferScene;
  /** From now on `to` does this, and so does whoever is being rung or screened there. */
  answers(to: string, behaviour: SpekoAnswer): void;
  begin(conversation: Conversation): Call;
  /** Answers the call that it happened in. */
  apply(conversation: Conversation, step: Step, at: number): Call;
}

export function createSpekoBook(random: Random, now: () => number): SpekoBook {
  const calls = new Map<string, Call>();
  const byConversation = new Map<string, Call>();
  const callbacks: Callback[] = [];
  const agenda = createAgenda();
  const dialling = createDialling();
  const settle = () => agenda.settle(now());
  const sceneOf = (call: Call, chance: Random): TransferScene => {
    const scene: TransferScene = {
      ...{ call, agenda, random: chance, dialling },
      endCall(at) {
        call.isEnding = true;
        endCall(scene, null, "callee-hung-up", at, 0);
        makeLeftovers(scene, at);
      },
    };
    return scene;
  };
  const scene = (call: Call) => sceneOf(call, random);

  return {
    agenda,
    random,
    dialling,
    now,
    scene,
    callbacks() {
      settle();
      return callbacks;
    },
    calls() {
      settle();
      return [...calls.values()].sort((a, b) => b.createdAt - a.createdAt || b.sequence - a.sequence);
    },
    find(id) {
      settle();
      return calls.get(id);
    },
    answers(to, behaviour) {
      settle();
      dialling.script(to, behaviour);
      for (const call of calls.values()) {
        for (const transfer of [...call.transfers]) {
          if (transfer.to === to && !transfer.hunt.isTold && !isTerminal(transfer))
            meet(scene(call), transfer, behaviour, now());
        }
      }
    },
    begin(conversation) {
      const call = newCall(conversation, calls.size, random.fork(conversation.id), SPEKO_AGENTS);
      calls.set(call.id, call);
      byConversation.set(conversation.id, call);
      return call;
    },
    apply(conversation, step, at) {
      agenda.settle(at);
      const call = byConversation.get(conversation.id);
      if (!call) throw new Error(`Conversation ${conversation.id} was never begun`);
      // Whoever ended it from outside has taken it out of the conversation's hands.
      if (!call.isEnding)
        applyStep(sceneOf(call, random.fork(`${call.id}/${at}`)), conversation, callbacks, step, at);
      return call;
    },
  };
}

function applyStep(
  scene: TransferScene,
  conversation: Conversation,
  callbacks: Callback[],
  step: Step,
  at: number,
): void {
  const { call, random } = scene;
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
      addTurn(call, random, step, at);
      return;
    case "transfer":
      startHunt(scene, step.transfer, at);
      return;
    case "end":
      endCall(scene, conversation, step.reason, at);
      if (conversation.traits.callback)
        callbacks.push(makeCallback(call, conversation.traits.callback, at, random));
      return;
    case "recording":
      setRecording(call, random, step.outcome, at);
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
