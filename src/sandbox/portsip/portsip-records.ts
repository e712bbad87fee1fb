/** What the PBX keeps, with times in epoch ms; how it is written on the wire is `portsip-serialize.ts`. */

/** One call inside a session: a routing step. */
export interface Leg {
  caller: string;
  callerName: string | null;
  callee: string;
  calleeName: string | null;
  trunk: string | null;
  startedAt: number;
  rangAt: number | null;
  answeredAt: number | null;
  endedAt: number | null;
  endReason: string;
  rerouteReason: string;
  statusCode: number;
  destination: string;
  serviceNumber: string | null;
  /** Whose phone rings at present. */
  ringing: string | null;
}

/** A session from its first leg on; it is in the live list until it has ended. */
export interface Session {
  /** 18 decimal digits. */
  id: string;
  cdrId: string;
  direction: "EXTENSION_CALL" | "INBOUND_CALL" | "OUTBOUND_CALL" | "INBOUND_OUTBOUND_CALL";
  legs: Leg[];
  did: string | null;
  outboundCallerId: string | null;
  userData: string | null;
  callId: string;
  endedAt: number | null;
  /** Waits in a queue since then. */
  waitingSince: number | null;
  recordings: Recording[];
}

export interface Recording {
  id: string;
  session: Session;
  caller: string;
  callee: string;
  startedAt: number;
  endedAt: number;
  fileName: string;
  digest: string;
}

/** The leg that a party of the call is on now. */
export function currentLeg(session: Session): Leg {
  return session.legs.at(-1) as Leg;
}

export function talkSeconds(leg: Leg, now: number): number {
  return leg.answeredAt === null
    ? 0
    : Math.max(0, Math.floor(((leg.endedAt ?? now) - leg.answeredAt) / 1000));
}
