/** Telephone numbers as the graph shows them. */
import { BadUserInputError } from "../errors/index.js";
import { parsePhoneNumber } from "../model/index.js";

/** Source of `PhoneNumber`. */
export interface PhoneNumberNode {
  e164: string;
  country: string | null;
}

/** A stored E.164 number as a source object. */
export function toPhoneNumberNode(e164: string): PhoneNumberNode {
  return { e164, country: parsePhoneNumber(e164)?.country ?? null };
}

/** Reads a number as a person writes it. Throws `BadUserInputError` when it is none. */
export function readPhoneNumber(number: string, defaultRegion: string): PhoneNumberNode {
  const parsed = parsePhoneNumber(number, defaultRegion);
  if (parsed === null) {
    throw new BadUserInputError("number: expected a telephone number, such as +1 202 555 0134.", ["number"]);
  }
  return parsed;
}
