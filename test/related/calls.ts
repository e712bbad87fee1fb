/** Calls as providers tell them, for the rules of `related`. Times are in seconds after `T`. */
import type { InteractionRecord, SessionFacts, SessionSnapshot } from "../../src/model/index.js";
import { facts, party, snapshot, transfer } from "../support/snapshots.js";

export const T = Date.UTC(2026, 2, 1, 12);
export const SECOND = 1000;
export const CUSTOMER = "+12025550177";
export const OWN = "+13125550100";
export const DID = "+13125550101";
export const VIRTUAL = "+12125550103";

let next = 0;
/** A call that is over; times in seconds after T. */
export function call(
  connection: "plivo" | "evo" | "speko" | "portsip",
  from: string | null,
  to: string | null,
  [start, end]: readonly [number, number],
  given: Partial<SessionSnapshot> & { facts?: Partial<SessionFacts> } = {},
): { connection: string; snapshot: SessionSnapshot; id: string } {
  const provider = ({ plivo: "PLIVO", evo: "EVO_VOICE", speko: "SPEKO", portsip: "PORTSIP" } as const)[
    connection
  ];
  const end_ = (address: string | null) =>
    address === null ? null : party(address, address.startsWith("+") ? address : null);
  next += 1;
  const id =
    given.providerId ?? (connection === "portsip" ? `70055190977314${8000 + next}` : `${connection}-${next}`);
  const { facts: more, ...rest } = given;
  const own = facts({
    phase: "ENDED",
    state: "COMPLETED",
    from: end_(from),
    to: end_(to),
    startedAt: T + start * SECOND,
    endedAt: T + end * SECOND,
    ...more,
  });
  return { connection, id, snapshot: snapshot(id, { provider, ...rest, facts: own }) };
}

export function maskedCall(at: number): InteractionRecord {
  return {
    ...{
      key: String(at),
      index: 0,
      type: "call",
      startedAt: T + at * SECOND,
      endedAt: null,
      durationSeconds: 30,
    },
    ...{ billedSeconds: null, cost: null, callCount: 2, legs: [], recordingKey: null, fields: {} },
  };
}

export const mapping = (first: string, second: string, at: number) =>
  call("plivo", first, second, [at - 600, at + 3000], {
    fields: { virtualNumber: VIRTUAL },
    addresses: [VIRTUAL],
    interactions: [maskedCall(at)],
  });
export const handedOver = (from: string | null, to: string | null, at: number, target = DID) =>
  call("speko", from, to, [at - 60, at + 90], {
    transfers: [transfer(`t${at}`, { transferTo: target, createdAt: T + at * SECOND })],
    addresses: [target],
  });
export const pbx = (
  from: string,
  [start, end]: readonly [number, number],
  given: Partial<SessionSnapshot> = {},
) => call("portsip", from, "1003", [start, end], { addresses: [DID], ...given });
