import { parsePhoneNumber, type PartyRecord } from "../model/index.js";

/** A party from the address a provider wrote; `number` is set when it is a telephone number. Null for no address. */
export function toParty(
  address: string | null,
  defaultRegion: string,
  displayName: string | null = null,
): PartyRecord | null {
  if (address === null) return null;
  return { address, number: parsePhoneNumber(address, defaultRegion)?.e164 ?? null, displayName };
}

/** An end of a call of which nothing is known but that it is there. */
export const UNKNOWN_PARTY: PartyRecord = { address: null, number: null, displayName: null };
