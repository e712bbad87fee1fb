/** Telephone numbers as the graph shows them, and as people write them. */
import type { Principal } from "../context/principal.js";
import { BadUserInputError } from "../errors/index.js";
import { parsePhoneNumber, readingsOf, type ParsedNumber } from "../model/index.js";

/** Source of `PhoneNumber`. */
export interface PhoneNumberNode {
  e164: string;
  country: string | null;
}

/** A stored E.164 number as a source object. */
export function toPhoneNumberNode(e164: string): PhoneNumberNode {
  return { e164, country: parsePhoneNumber(e164)?.country ?? null };
}

/** Where numbers without a country code may be at home. */
export interface Regions {
  /** ISO 3166 alpha-2, for who has no connection. */
  defaultRegion: string;
  /** By the name of the connection. */
  connectionRegions: ReadonlyMap<string, string>;
}

/** The regions of the connections that a principal may know of, in their order, each once. */
export function regionsOf(
  { connections }: Principal,
  { defaultRegion, connectionRegions }: Regions,
): string[] {
  const own = connections.map((name) => connectionRegions.get(name) ?? defaultRegion);
  return own.length === 0 ? [defaultRegion] : [...new Set(own)];
}

/**
 * Reads a number as a person writes it. Throws `BadUserInputError` when it is none, and when it is a different one in
 * each of several regions.
 */
export function readPhoneNumber(number: string, regions: readonly string[]): PhoneNumberNode {
  const found = readUnambiguous(number, regions, "number", ["number"]);
  if (found === null) {
    throw new BadUserInputError(
      "number: expected a telephone number, such as +1 202 555 0134. Extensions, e-mail and SIP addresses are found by `filter.address`.",
      ["number"],
    );
  }
  return found;
}

/** The one number that a text means; null when it is none. Throws `BadUserInputError` that names them when it may be several. */
export function readUnambiguous(
  text: string,
  regions: readonly string[],
  argument: string,
  path: string[],
): ParsedNumber | null {
  const readings = readingsOf(text, regions);
  if (readings.length > 1) {
    const names = readings.map(({ e164, country }) => (country === null ? e164 : `${e164} (${country})`));
    throw new BadUserInputError(
      `${argument}: without a country code this may be ${names.join(" or ")}. Write it with one.`,
      path,
    );
  }
  return readings[0] ?? null;
}
