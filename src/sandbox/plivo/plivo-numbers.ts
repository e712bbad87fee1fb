import type { MaskingSession } from "./plivo-records.js";

/** What a session to be needs from the pool. */
export interface NumberWish {
  /** Digits of the known parties. */
  parties: readonly string[];
  /** Epoch ms. */
  from: number;
  until: number;
  pool: readonly string[];
  /** Country that must match, as the digits of a party; null takes any (`geomatch: false`). */
  sameCountryAs: string | null;
}

/** Which virtual number carries which pair when. */
export interface NumberLedger {
  /** A number of the pool on which none of the parties has another session at that time, or null. */
  allocate(wish: NumberWish): string | null;
  /** Has to be called for every session, and again when it gets another party, so that they are known to be taken. */
  enter(session: MaskingSession): void;
}

/**
 * A party may be in many sessions at once as long as each has another virtual number: a call from it could not be
 * routed otherwise. This is what the inventory rule of Plivo reference §5.3 (2N − 1) implies. A cool-off period keeps a
 * number from the same parties only: from everybody would contradict that a number serves many sessions at a time.
 */
export function createNumberLedger(): NumberLedger {
  const byParty = new Map<string, Set<MaskingSession>>();
  let turn = 0;

  return {
    allocate({ parties, from, until, pool, sameCountryAs }) {
      const taken = new Set(
        parties
          .flatMap((party) => [...(byParty.get(party) ?? [])])
          .filter((session) => session.createdAt < until && restedAt(session) > from)
          .map((session) => session.virtualNumber),
      );
      const fitting = pool.filter(
        (number) => sameCountryAs === null || callingCode(number) === callingCode(sameCountryAs),
      );
      // Taking turns spreads the sessions over the pool, as a load balancer would.
      turn += 1;
      const order = fitting.map((_, index) => fitting[(index + turn) % fitting.length]);
      return order.find((number) => number !== undefined && !taken.has(number)) ?? null;
    },
    enter(session) {
      for (const party of [session.firstParty, session.secondParty]) {
        if (party === "") continue;
        const sessions = byParty.get(party) ?? new Set();
        sessions.add(session);
        byParty.set(party, sessions);
      }
    },
  };
}

/** When the session's number may be given to its parties again, epoch ms. */
function restedAt({ expiresAt, settings }: MaskingSession): number {
  return expiresAt + settings.virtual_number_cooloff_period * 1000;
}

/** Country calling codes of the numbers in this world; every other number has a country without virtual numbers. */
const CALLING_CODES = ["1", "33", "44", "49"];

function callingCode(digits: string): string {
  return CALLING_CODES.find((code) => digits.startsWith(code)) ?? digits.slice(0, 3);
}
