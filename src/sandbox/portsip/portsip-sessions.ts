/** New sessions and legs. */
import type { Conversation, Person } from "../conversation.js";
import type { Random } from "../kit/random.js";
import { PBX_LOGIN } from "./portsip-logins.js";
import type { Leg, Recording, Session } from "./portsip-records.js";

/** Snowflake epoch of the PBX's ids: the time is in the upper bits (reference Q3). */
const EPOCH_MS = Date.UTC(2018, 0, 1);

export const TENANT_ID = "700551909773148160";

export function idAt(at: number, salt: Random): string {
  return (
    (BigInt(Math.max(0, Math.trunc(at) - EPOCH_MS)) << 22n) |
    BigInt(salt.int(1, 4_000_000))
  ).toString();
}

export function sipAddress(number: string): string {
  return `sip:${number}@${PBX_LOGIN.domain}`;
}

export interface NewSession {
  at: number;
  caller: string;
  callee: string;
  trunk: string | null;
}

export function newSession({ at, caller, callee, trunk }: NewSession, random: Random): Session {
  const id = idAt(at, random);
  return {
    id,
    cdrId: (BigInt(id) + 1n).toString(),
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
        destination: sipAddress(callee),
        serviceNumber: null,
        ringing: null,
      },
    ],
    did: null,
    outboundCallerId: null,
    userData: null,
    callId: `${random.hex(24)}@pbx.example.test`,
    endedAt: null,
    waitingSince: null,
    recordings: [],
  };
}

const DIRECTIONS = {
  inbound: "INBOUND_CALL",
  outbound: "OUTBOUND_CALL",
  internal: "EXTENSION_CALL",
  transit: "INBOUND_OUTBOUND_CALL",
} as const;

/** The session that a conversation is told as. */
export function sessionOfConversation(conversation: Conversation, random: Random): Session {
  const { from, to, direction, traits, startedAt, links } = conversation;
  const session = newSession(
    {
      at: startedAt,
      caller: addressOf(from, direction === "outbound" || direction === "internal"),
      callee: traits.serviceNumber ?? addressOf(to, direction === "inbound" || direction === "internal"),
      trunk: direction === "internal" ? null : (traits.trunk ?? "CarrierA"),
    },
    random,
  );
  const [leg] = session.legs as [Leg];
  leg.callerName = from.name;
  leg.calleeName = to.name;
  leg.serviceNumber = traits.serviceNumber ?? null;
  return Object.assign(session, {
    direction: DIRECTIONS[direction],
    callId: links.find(({ by }) => by === "call-id")?.value ?? session.callId,
    did: direction === "inbound" || direction === "transit" ? to.number : null,
    outboundCallerId: direction === "outbound" ? from.number : null,
    userData: wrapUserData(traits.userData ?? null, traits.serviceNumber ?? null),
  });
}

/** A call to a queue or ring group wraps what its creator attached (reference Q12). */
export function wrapUserData(data: string | null, serviceNumber: string | null): string | null {
  return data !== null && serviceNumber !== null ? `user-data=${data};service-number=${serviceNumber}` : data;
}

/** The leg that follows another because of a transfer. */
export function transferredLeg(
  leg: Leg,
  next: Pick<Leg, "caller" | "callerName" | "callee" | "calleeName" | "trunk">,
  at: number,
): Leg {
  return {
    ...leg,
    ...next,
    startedAt: at,
    rangAt: at,
    answeredAt: null,
    endedAt: null,
    endReason: "",
    rerouteReason: "TRANSFER",
    statusCode: 0,
    destination: sipAddress(next.callee),
    ringing: next.callee,
  };
}

/** A recording of each leg that was talked on. */
export function recordingsOf(session: Session, salt: Random): Recording[] {
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

function addressOf(person: Person, inside: boolean): string {
  return (inside ? person.extension : person.number) ?? person.number ?? person.extension ?? "anonymous";
}
