/** Telephone numbers: any common spelling in, E.164 out. */
import { parsePhoneNumberFromString, type CountryCode } from "libphonenumber-js/max";

/** E.164 and country of a number. */
export interface ParsedNumber {
  /** `+` and digits. */
  e164: string;
  /** ISO 3166 alpha-2, null for numbers that belong to no country (satellite, freephone). */
  country: string | null;
}

const memory = new Map<string, ParsedNumber | null>();
const MEMORY_SIZE = 20_000;

/** Longest text that is looked at. SIP addresses with all their parameters stay below; what is longer is no number. */
const MAX_LENGTH = 512;

/**
 * Reads a number as people and providers write it: "+1 202-555-0134", "12025550134", "tel:+12025550134",
 * "sip:+12025550134@pbx". Without a country code the default region is assumed. Answers null for extensions, SIP users,
 * e-mail addresses and everything else that is not a telephone number. Remembers the last 20,000 spellings.
 */
export function parsePhoneNumber(text: string, defaultRegion = "US"): ParsedNumber | null {
  if (text.length > MAX_LENGTH) return null;
  const key = `${defaultRegion} ${text}`;
  const known = memory.get(key);
  if (known !== undefined) return known;
  const parsed = parseUncached(text, defaultRegion);
  if (memory.size >= MEMORY_SIZE) memory.clear();
  memory.set(key, parsed);
  return parsed;
}

function parseUncached(text: string, defaultRegion: string): ParsedNumber | null {
  const bare = text
    .trim()
    .replace(/^(?:tel|sips?):/i, "")
    .replace(/[@;].*$/, "");
  if (!/^\+?[\d\s().\-/]{7,30}$/.test(bare)) return null;
  const digits = bare.replace(/\D/g, "");
  // Plivo and SIP write E.164 without its plus: longer than a national number means the country code is there.
  const spellings = bare.startsWith("+") ? [bare] : digits.length >= 11 ? [`+${digits}`, bare] : [bare];
  for (const spelling of spellings) {
    const parsed = parsePhoneNumberFromString(spelling, defaultRegion as CountryCode);
    if (parsed?.isPossible()) return { e164: parsed.number, country: parsed.country ?? null };
  }
  return null;
}
