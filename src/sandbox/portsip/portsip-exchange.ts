/** The switching part of the PBX: legs ring, are answered, are handed on and end, and everybody who listens hears of it. */
import type { Person } from "../conversation.js";
import type { Agenda } from "../kit/agenda.js";
import type { Random } from "../kit/random.js";
import { PBX_QUEUES } from "../world/companies.js";
import type { Dialling } from "./portsip-dialling.js";
import type { PbxEvent } from "./portsip-events.js";
import { currentLeg, type Leg, type Session } from "./portsip-records.js";
import { sipAddress, transferredLeg } from "./portsip-sessions.js";
import type { SipRequest } from "./portsip-sip.js";

export interface Exchange {
  readonly agenda: Agenda;
  readonly random: Random;
  readonly dialling: Dialling;
  /** Everything said to the phones, in order. */
  readonly sip: SipRequest[];
  now(): number;
  /** Takes a session in; it has started. */
  add(session: Session, at: number): void;
  /** A phone is being reached. */
  target(session: Session, destination: string, at: number): void;
  ring(session: Session, at: number): void;
  answer(session: Session, by: Person | undefined, at: number): void;
  enqueue(session: Session, at: number): void;
  end(session: Session, reason: string, at: number, statusCode?: number): void;
  /** The leg ends in a transfer and the next one begins, ringing. */
  handOn(
    session: Session,
    reason: "BLIND_TRANSFER_COMPLETED" | "CONSULT_TRANSFER_COMPLETED",
    next: Parameters<typeof transferredLeg>[1],
    at: number,
  ): Leg;
  /** Rings whoever the current leg is for, and ends the session when nobody takes it. */
  connect(session: Session, number: string, at: number): void;
  emit(event: PbxEvent): void;
}

/** Statuses of calls that merely were not taken; every other one is a failure. */
const NOT_TAKEN = new Set([0, 408, 480, 487]);

export function createExchange(
  parts: Pick<Exchange, "agenda" | "random" | "dialling" | "sip" | "now" | "emit"> & {
    store(session: Session): void;
  },
): Exchange {
  const { dialling, store, emit } = parts;
  const tell = (type: PbxEvent["type"], session: Session, at: number, leg = currentLeg(session)) =>
    emit({ type, session, leg, at });
  const leaveQueue = (session: Session, reason: "agent_answered" | "hangup", at: number) => {
    if (session.waitingSince === null) return;
    emit({ type: "queue_caller_status", session, leg: currentLeg(session), at, reason });
    session.waitingSince = null;
  };

  const exchange: Exchange = {
    ...parts,
    add(session, at) {
      store(session);
      tell("call_start", session, at);
    },
    target(session, destination, at) {
      currentLeg(session).destination = destination;
      tell("cdr_target_add", session, at);
    },
    ring(session, at) {
      const leg = currentLeg(session);
      leg.rangAt ??= at;
      leg.ringing ??= leg.callee;
      tell("cdr_target_ringing", session, at);
    },
    answer(session, by, at) {
      const leg = currentLeg(session);
      if (by !== undefined) {
        leg.calleeName = by.name;
        leg.destination = sipAddress(by.extension ?? by.number ?? "anonymous");
      }
      leg.rangAt ??= at;
      leg.answeredAt ??= at;
      leg.ringing = null;
      tell("cdr_target_answer", session, at);
      leaveQueue(session, "agent_answered", at);
      tell("call_update_info", session, at);
    },
    enqueue(session, at) {
      const { serviceNumber } = currentLeg(session);
      if (!PBX_QUEUES.some(({ kind, number }) => kind === "queue" && number === serviceNumber)) return;
      session.waitingSince = at;
      emit({ type: "queue_caller_status", session, leg: currentLeg(session), at, reason: "enqueue" });
    },
    end(session, reason, at, statusCode = 0) {
      if (session.endedAt !== null) return;
      const leg = currentLeg(session);
      leg.endedAt = at;
      leg.endReason = reason;
      leg.statusCode = statusCode;
      leg.ringing = null;
      leaveQueue(session, "hangup", at);
      session.endedAt = at;
      const isTalk = leg.answeredAt !== null;
      tell(
        isTalk ? "cdr_target_end" : NOT_TAKEN.has(statusCode) ? "cdr_target_noanswer" : "cdr_target_fail",
        session,
        at,
      );
      tell("call_cdr", session, at);
    },
    handOn(session, reason, next, at) {
      const leg = currentLeg(session);
      leg.endedAt = at;
      leg.endReason = reason;
      leg.ringing = null;
      const following = transferredLeg(leg, next, at);
      session.legs.push(following);
      tell("cdr_target_end", session, at, leg);
      tell("cdr_target_add", session, at);
      return following;
    },
    connect(session, number, at) {
      const leg = currentLeg(session);
      exchange.ring(session, at);
      dialling.ring(number, at, (statusCode, time) => {
        if (session.endedAt !== null || currentLeg(session) !== leg) return;
        if (statusCode === null) exchange.answer(session, undefined, time);
        else exchange.end(session, "", time, statusCode);
      });
    },
  };
  return exchange;
}
