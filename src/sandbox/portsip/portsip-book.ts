import type { Conversation, EndReason, Step } from "../conversation.js";
import { createAlarm } from "../kit/alarm.js";
import type { Random } from "../kit/random.js";
import type { CreateInput } from "./portsip-bodies.js";
import { createControl, type Control } from "./portsip-control.js";
import { createDialling, type Dialling } from "./portsip-dialling.js";
import type { PbxEvent } from "./portsip-events.js";
import { createExchange, type Exchange } from "./portsip-exchange.js";
import { originate } from "./portsip-originate.js";
import { currentLeg, type Session } from "./portsip-records.js";
import { recordingsOf, sessionOfConversation } from "./portsip-sessions.js";
import type { SipRequest } from "./portsip-sip.js";

/** Everything the PBX has stored. */
export interface PortsipBook {
  /** Newest first. */
  sessions(): Session[];
  /** Those that are going on. */
  live(): Session[];
  /** The same, as listeners may ask while something is happening: nothing else happens because of it. */
  ongoing(): Session[];
  find(id: string): Session | undefined;
  create(input: CreateInput): Session;
  readonly control: Control;
  readonly dialling: Dialling;
  readonly sip: readonly SipRequest[];
  listen(listener: (event: PbxEvent) => void): () => void;
  begin(conversation: Conversation): void;
  apply(conversation: Conversation, step: Step, at: number): void;
  /** A call is up no longer, and nothing was written down of it. */
  lose(id: string): void;
  /** Nothing happens by itself afterwards. */
  stop(): void;
}

/** REST spells a session id in base64 of its digits, or in digits (reference Q1). Null for anything else. */
export function decimalId(id: string): string | null {
  if (/^\d{1,20}$/.test(id)) return id;
  const text = Buffer.from(id, "base64").toString("latin1");
  return /^[\w+/=-]+$/.test(id) && /^\d{1,20}$/.test(text) ? text : null;
}

export function createPortsipBook(random: Random, now: () => number): PortsipBook {
  const sessions = new Map<string, Session>();
  const byConversation = new Map<string, Session>();
  const agenda = createAlarm(now);
  const dialling = createDialling(agenda, now);
  const listeners = new Set<(event: PbxEvent) => void>();
  const exchange = createExchange({
    ...{ agenda, random, dialling, sip: [], now },
    store: (session) => void sessions.set(session.id, session),
    emit: (event) => {
      for (const listener of listeners) listener(event);
    },
  });
  const all = () => {
    agenda.settle(now());
    return [...sessions.values()].sort((a, b) => (b.legs[0]?.startedAt ?? 0) - (a.legs[0]?.startedAt ?? 0));
  };
  const ongoing = () => [...sessions.values()].filter((session) => session.endedAt === null);
  const live = () => all().filter((session) => session.endedAt === null);

  return {
    sessions: all,
    live,
    ongoing,
    dialling,
    sip: exchange.sip,
    control: createControl(exchange, live, (id) => decimalId(id) ?? ""),
    find(id) {
      agenda.settle(now());
      return sessions.get(id);
    },
    create: (input) => originate(exchange, input),
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    begin(conversation) {
      const session = sessionOfConversation(conversation, random.fork(conversation.id));
      byConversation.set(conversation.id, session);
      exchange.add(session, conversation.startedAt);
      exchange.target(session, currentLeg(session).destination, conversation.startedAt);
    },
    apply(conversation, step, at) {
      agenda.settle(at);
      const session = byConversation.get(conversation.id);
      if (!session) throw new Error(`Conversation ${conversation.id} was never begun`);
      const salt = () => random.fork(`${conversation.id}/recordings`);
      if (step.do === "recording" && step.outcome === "ready")
        session.recordings = recordingsOf(session, salt());
      // Whoever hung up from outside has taken it out of the conversation's hands.
      if (session.endedAt === null) applyStep(exchange, session, step, at);
    },
    lose: (id) => void sessions.delete(decimalId(id) ?? ""),
    stop: agenda.stop,
  };
}

function applyStep(exchange: Exchange, session: Session, step: Step, at: number): void {
  switch (step.do) {
    case "queue":
      return exchange.enqueue(session, at);
    case "ring":
      return exchange.ring(session, at);
    case "answer":
      return exchange.answer(session, step.by, at);
    case "transfer": {
      for (const { to, outcome, afterMs } of step.transfer.destinations) {
        if (outcome !== "answered") continue;
        const { caller, callerName, trunk } = currentLeg(session);
        const callee = to.extension ?? to.number ?? "anonymous";
        const reason =
          step.transfer.kind === "blind" ? "BLIND_TRANSFER_COMPLETED" : "CONSULT_TRANSFER_COMPLETED";
        const leg = exchange.handOn(
          session,
          reason,
          { caller, callerName, callee, calleeName: to.name, trunk },
          at,
        );
        exchange.agenda.at(at + afterMs, (time) => {
          if (leg.answeredAt === null && leg.endedAt === null) exchange.answer(session, undefined, time);
        });
      }
      return;
    }
    case "end": {
      const [reason, code] = END_REASONS[step.reason];
      return exchange.end(session, reason, at, code);
    }
    case "say":
    case "hold":
    case "resume":
    case "mute":
    case "unmute":
    case "fax-page":
    case "hangup":
    case "recording":
    case "report":
      // Hold and what is said leave no trace in the REST API of 22.x (reference §6.3).
      return;
  }
}

const END_REASONS: Readonly<Record<EndReason, readonly [reason: string, statusCode: number]>> = {
  "caller-hung-up": ["CALLER_DISCONNECTED", 0],
  "callee-hung-up": ["CALLEE_DISCONNECTED", 0],
  missed: ["", 480],
  "no-answer": ["", 480],
  busy: ["", 486],
  cancelled: ["CANCELLED", 487],
  failed: ["", 503],
  expired: ["", 408],
};
