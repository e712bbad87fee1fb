import type { Conversation, EndReason, Person, Step } from "../conversation.js";
import { createAgenda } from "../kit/agenda.js";
import type { Random } from "../kit/random.js";
import { currentLeg, type Leg, type Recording, type Session } from "./portsip-records.js";

/** Something that push channels tell. */
export interface PbxEvent {
  type:
    | "call_start"
    | "call_update_info"
    | "cdr_target_add"
    | "cdr_target_ringing"
    | "cdr_target_answer"
    | "cdr_target_noanswer"
    | "cdr_target_end"
    | "call_cdr";
  session: Session;
  at: number;
}

/** Everything the PBX has stored. */
export interface PortsipBook {
  /** Newest first. */
  sessions(): Session[];
  find(id: string): Session | undefined;
  create(
    caller: string,
    callee: string,
    given: { name: string | null; trunk: string | null; userData: string | null },
  ): Session;
  end(session: Session, reason: string, at: number): void;
  transfer(session: Session, to: string, at: number): void;
  listen(listener: (event: PbxEvent) => void): () => void;
  begin(conversation: Conversation): void;
  apply(conversation: Conversation, step: Step, at: number): void;
}

const DIRECTIONS = {
  inbound: "INBOUND_CALL",
  outbound: "OUTBOUND_CALL",
  internal: "EXTENSION_CALL",
  transit: "INBOUND_OUTBOUND_CALL",
} as const;

/** Snowflake epoch of the PBX's ids: the time is in the upper bits (reference Q3). */
const EPOCH_MS = Date.UTC(2018, 0, 1);

export const TENANT_ID = "700551909773148160";

export function createPortsipBook(random: Random, now: () => number): PortsipBook {
  const sessions = new Map<string, Session>();
  const byConversation = new Map<string, Session>();
  const agenda = createAgenda();
  const listeners = new Set<(event: PbxEvent) => void>();

  const emit = (type: PbxEvent["type"], session: Session, at: number) => {
    for (const listener of listeners) listener({ type, session, at });
  };
  const idAt = (at: number, salt: Random) =>
    ((BigInt(Math.max(0, Math.trunc(at) - EPOCH_MS)) << 22n) | BigInt(salt.int(1, 4_000_000))).toString();

  function add(session: Session, at: number): Session {
    sessions.set(session.id, session);
    emit("call_start", session, at);
    emit("cdr_target_add", session, at);
    return session;
  }

  function ring(session: Session, at: number): void {
    currentLeg(session).rangAt ??= at;
    emit("cdr_target_ringing", session, at);
  }

  function answer(session: Session, by: Person | undefined, at: number): void {
    const leg = currentLeg(session);
    if (by !== undefined) {
      leg.calleeName = by.name;
      leg.destination = `sip:${by.extension ?? by.number ?? "anonymous"}@parcels.example.test`;
    }
    leg.rangAt ??= at;
    leg.answeredAt ??= at;
    emit("cdr_target_answer", session, at);
    emit("call_update_info", session, at);
  }

  function end(session: Session, reason: string, at: number, statusCode = 0): void {
    if (session.endedAt !== null) return;
    const leg = currentLeg(session);
    leg.endedAt = at;
    leg.endReason = reason;
    leg.statusCode = statusCode;
    session.endedAt = at;
    emit(leg.answeredAt === null ? "cdr_target_noanswer" : "cdr_target_end", session, at);
    emit("call_cdr", session, at);
  }

  /** The leg ends in a transfer and the next one begins, ringing. */
  function transfer(
    session: Session,
    to: string,
    name: string | null,
    kind: "blind" | "warm",
    at: number,
  ): Leg {
    const leg = currentLeg(session);
    leg.endedAt = at;
    leg.endReason = kind === "blind" ? "BLIND_TRANSFER_COMPLETED" : "CONSULT_TRANSFER_COMPLETED";
    const next: Leg = {
      ...leg,
      callee: to,
      calleeName: name,
      trunk: leg.trunk,
      startedAt: at,
      rangAt: at,
      answeredAt: null,
      endedAt: null,
      endReason: "",
      rerouteReason: "TRANSFER",
      statusCode: 0,
      destination: `sip:${to}@parcels.example.test`,
    };
    session.legs.push(next);
    emit("cdr_target_add", session, at);
    return next;
  }

  function record(session: Session, salt: Random): Recording[] {
    return session.legs.flatMap((leg): Recording[] => {
      if (leg.answeredAt === null || leg.endedAt === null) return [];
      const stamp = new Date(leg.answeredAt).toISOString().replace(/\D/g, "").slice(0, 14);
      return [
        {
          id: idAt(leg.endedAt, salt),
          session,
          caller: leg.caller,
          callee: leg.callee,
          startedAt: leg.answeredAt,
          endedAt: leg.endedAt,
          fileName: `${TENANT_ID}_${session.cdrId}_${leg.callee.replace(/\D/g, "")}_${stamp}.wav`,
          digest: salt.hex(40),
        },
      ];
    });
  }

  return {
    sessions() {
      agenda.settle(now());
      return [...sessions.values()].sort((a, b) => (b.legs[0]?.startedAt ?? 0) - (a.legs[0]?.startedAt ?? 0));
    },
    find(id) {
      agenda.settle(now());
      return sessions.get(id);
    },
    create(caller, callee, { name, trunk, userData }) {
      const at = now();
      const id = idAt(at, random);
      const session = newSession({
        id,
        cdrId: (BigInt(id) + 1n).toString(),
        at,
        caller,
        callee,
        trunk,
        random,
      });
      session.userData = userData;
      currentLeg(session).callerName = name;
      // The PBX rings the caller first; whoever is in the book picks up by and by.
      agenda.at(at + 4_000, (time) => answer(session, undefined, time));
      return add(session, at);
    },
    end: (session, reason, at) => end(session, reason, at),
    transfer(session, to, at) {
      const leg = transfer(session, to, null, "blind", at);
      agenda.at(at + 3_000, (time) => (leg.answeredAt ??= time));
    },
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    begin(conversation) {
      const { from, to, direction, traits, startedAt, links } = conversation;
      const salt = random.fork(conversation.id);
      const id = idAt(startedAt, salt);
      const session = newSession({
        id,
        cdrId: (BigInt(id) + 1n).toString(),
        at: startedAt,
        caller: addressOf(from, direction === "outbound" || direction === "internal"),
        callee: traits.serviceNumber ?? addressOf(to, direction === "inbound" || direction === "internal"),
        trunk: direction === "internal" ? null : (traits.trunk ?? "CarrierA"),
        random: salt,
      });
      session.direction = DIRECTIONS[direction];
      session.callId = links.find(({ by }) => by === "call-id")?.value ?? session.callId;
      const leg = currentLeg(session);
      leg.callerName = from.name;
      leg.calleeName = to.name;
      leg.serviceNumber = traits.serviceNumber ?? null;
      session.did = direction === "inbound" || direction === "transit" ? to.number : null;
      session.outboundCallerId = direction === "outbound" ? from.number : null;
      const data = traits.userData ?? null;
      // A call to a queue wraps what its creator attached (reference Q12).
      session.userData =
        data !== null && traits.serviceNumber
          ? `user-data=${data};service-number=${traits.serviceNumber}`
          : data;
      byConversation.set(conversation.id, session);
      add(session, startedAt);
    },
    apply(conversation, step, at) {
      agenda.settle(at);
      const session = byConversation.get(conversation.id);
      if (!session) throw new Error(`Conversation ${conversation.id} was never begun`);
      switch (step.do) {
        case "ring":
          return ring(session, at);
        case "answer":
          return answer(session, step.by, at);
        case "transfer": {
          for (const { to, outcome, afterMs } of step.transfer.destinations) {
            if (outcome !== "answered") continue;
            const leg = transfer(
              session,
              to.extension ?? to.number ?? "anonymous",
              to.name,
              step.transfer.kind,
              at,
            );
            agenda.at(at + afterMs, (time) => {
              leg.answeredAt ??= leg.endedAt === null || leg.endedAt > time ? time : null;
            });
          }
          return;
        }
        case "end": {
          const [reason, code] = END_REASONS[step.reason];
          return end(session, reason, at, code);
        }
        case "recording":
          if (step.outcome === "ready")
            session.recordings = record(session, random.fork(`${conversation.id}/recordings`));
          return;
        case "queue":
        case "say":
        case "hold":
        case "resume":
        case "mute":
        case "unmute":
        case "fax-page":
        case "hangup":
        case "report":
          // Hold and what is said leave no trace in the REST API of 22.x (reference §6.3).
          return;
      }
    },
  };
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

function addressOf(person: Person, inside: boolean): string {
  return (inside ? person.extension : person.number) ?? person.number ?? person.extension ?? "anonymous";
}

function newSession(given: {
  id: string;
  cdrId: string;
  at: number;
  caller: string;
  callee: string;
  trunk: string | null;
  random: Random;
}): Session {
  const { id, cdrId, at, caller, callee, trunk, random } = given;
  return {
    id,
    cdrId,
    direction: trunk === null ? "EXTENSION_CALL" : "OUTBOUND_CALL",
    legs: [
      {
        caller,
        callerName: null,
        callee,
        calleeName: null,
        trunk,
        startedAt: at,
        rangAt: null,
        answeredAt: null,
        endedAt: null,
        endReason: "",
        rerouteReason: "",
        statusCode: 0,
        destination: `sip:${callee}@parcels.example.test`,
        serviceNumber: null,
      },
    ],
    did: null,
    outboundCallerId: null,
    userData: null,
    callId: `${random.hex(24)}@pbx.example.test`,
    endedAt: null,
    recordings: [],
  };
}
