/** Telephone numbers: any common spelling in, E.164 out. */
import { parsePhoneNumberFromString, type CountryCode } from "libphonenumber-js/max";

/** E.164 and country of a number. */
export interface ParsedNumber {
  /** `+` and digits. */
  e164: string;
  /** ISO 3166 alpha-2, null for numbers that belong to no country (satellite, freephone). */
  country: string | null;
}

interface Reading extends ParsedNumber {
  /** False for what has the length of a number and stands in no numbering plan. */
  isValid: boolean;
}

const memory = new Map<string, Reading | null>();
const MEMORY_SIZE = 20_000;

/** Longest text that is looked at. SIP addresses with all their parameters stay below; what is longer is no number. */
const MAX_LENGTH = 512;

/**
 * Reads a number as people and providers write it: "+1 202-555-0134", "(202) 555-0134", "12025550134",
 * "0044 20 7946 0000", "tel:+12025550134", "Ada <sip:+12025550134@pbx>". Without a country code the default region is
 * assumed. Answers null for extensions, SIP users, e-mail addresses and everything else that is not a telephone number.
 * Remembers the last 20,000 spellings.
 */
export function parsePhoneNumber(text: string, defaultRegion = "US"): ParsedNumber | null {
  const reading = read(text, defaultRegion);
  return reading === null ? null : { e164: reading.e164, country: reading.country };
}

/**
 * What a number may mean to somebody whose accounts are in several regions: each E.164 number once, in the order of the
 * regions. A reading that stands in a numbering plan makes those that merely have the right length go.
 */
export function readingsOf(text: string, regions: readonly string[]): ParsedNumber[] {
  const readings = new Map<string, Reading>();
  for (const region of regions) {
    const reading = read(text, region);
    if (reading !== null && !readings.has(reading.e164)) readings.set(reading.e164, reading);
  }
  const all = [...readings.values()];
  const valid = all.filter((reading) => reading.isValid);
  return (valid.length > 0 ? valid : all).map(({ e164, country }) => ({ e164, country }));
}

function read(text: string, defaultRegion: string): Reading | null {
  if (text.length > MAX_LENGTH) return null;
  const key = `${defaultRegion} ${text}`;
  const known = memory.get(key);
  if (known !== undefined) return known;
  const reading = readUncached(text, defaultRegion);
  if (memory.size >= MEMORY_SIZE) memory.clear();
  memory.set(key, reading);
  return reading;
}

function readUncached(text: string, defaultRegion: string): Reading | null {
  const bare = toBare(text);
  if (!/^\+?[\d\s().\-/]{7,30}$/.test(bare)) return null;
  const digits = bare.replace(/\D/g, "");
  const readings = spellingsOf(bare, digits).flatMap((spelling): Reading[] => {
    const parsed = parsePhoneNumberFromString(spelling, defaultRegion as CountryCode);
    if (!parsed?.isPossible()) return [];
    return [{ e164: parsed.number, country: parsed.country ?? null, isValid: parsed.isValid() }];
  });
  return readings.find((reading) => reading.isValid) ?? readings[0] ?? null;
}

/** The number alone, with the signs that keyboards have. */
function toBare(text: string): string {
  const plain = text
    .normalize("NFKC")
    .replace(/\p{Pd}/gu, "-")
    .replace(/\p{Zs}/gu, " ")
    .trim();
  return (
    (/<([^<>]+)>/.exec(plain)?.[1] ?? plain)
      .trim()
      // Behind `user:` stands an id, which may be digits, too; only a plus makes a number of it.
      .replace(/^(?:tel|callto|sips?|user(?=:\+)):/i, "")
      .replace(/[@;?].*$/, "")
      .replace(/\s*(?:ext\.?|extension|x|#)\s*\d{1,6}$/i, "")
      .replace(/\(0\)/, "")
  );
}

function spellingsOf(bare: string, digits: string): string[] {
  if (bare.startsWith("+")) return [bare];
  // What is dialled before a country code, in most of the world and in North America.
  if (/^00[1-9]/.test(digits)) return [`+${digits.slice(2)}`];
  if (/^011[1-9]\d{9}/.test(digits)) return [`+${digits.slice(3)}`, bare];
  // Plivo and SIP write E.164 without its plus: longer than a national number means the country code is there.
  return digits.length >= 11 ? [`+${digits}`, bare] : [bare];
}
