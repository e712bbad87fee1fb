/** One person's number or address however it is written: what to look for in texts, and how to find it there. Pure. */
import { parsePhoneNumberFromString, type CountryCode } from "libphonenumber-js/max";
import { parsePhoneNumber } from "./phone-number.js";

/** What is looked for. */
export interface AddressSpelling {
  kind: "NUMBER" | "TEXT";
  /** E.164 of a number, the lower-case text of anything else. */
  canonical: string;
  /** Digits of a number in every usual way of dialling it; the text alone of anything else. */
  spellings: readonly string[];
  /** What every spelling contains, once separators are gone: what a database can be asked for. */
  core: string;
}

/** Digits from which a national number is taken for one without its country: shorter ones are found in any text. */
const MIN_NATIONAL_DIGITS = 7;
const MIN_DIGITS = 7;
const MAX_DIGITS = 20;

/** What people and providers put between the digits of a number. */
export const NUMBER_SEPARATORS = [" ", "\u00a0", "(", ")", ".", "-", "/"] as const;
const SEPARATORS = NUMBER_SEPARATORS.map((separator) => `\\${separator}`).join("");
const RUNS = new RegExp(`\\d+(?:[${SEPARATORS}]{1,3}\\d+)*`, "g");

/** Around and inside an address that is no number. */
const PUNCTUATION = /[\s"'<>,;()=?&[\]{}|]+/;

/** Reads what an operator typed. Answers null for an empty text. `defaultRegion` as for `parsePhoneNumber`. */
export function spellAddress(typed: string, defaultRegion: string): AddressSpelling | null {
  const text = bare(typed.trim().toLowerCase());
  if (text === "") return null;
  const e164 = parsePhoneNumber(text, defaultRegion)?.e164;
  if (e164 === undefined) return { kind: "TEXT", canonical: text, spellings: [text], core: text };
  const number = parsePhoneNumberFromString(e164, defaultRegion as CountryCode);
  const country = number?.countryCallingCode ?? "";
  const national = number?.nationalNumber ?? e164.slice(1);
  const full = `${country}${national}`;
  const spellings = [full, `00${full}`, `011${full}`, `${country}0${national}`, `00${country}0${national}`];
  const isLong = national.length >= MIN_NATIONAL_DIGITS;
  if (isLong) spellings.push(national, `0${national}`);
  return { kind: "NUMBER", canonical: e164, spellings, core: isLong ? national : full };
}

/** Every run of digits in a text that may be a number: groups between separators alone and joined to their neighbours. */
export function* digitRuns(text: string): Generator<string> {
  for (const [run] of text.matchAll(RUNS)) {
    const groups = run.split(/\D+/);
    for (let first = 0; first < groups.length; first += 1) {
      let digits = "";
      for (let last = first; last < groups.length && digits.length <= MAX_DIGITS; last += 1) {
        digits += groups[last];
        if (digits.length >= MIN_DIGITS && digits.length <= MAX_DIGITS) yield digits;
      }
    }
  }
}

/** Every part of a text that may be an address, in lower case and without its scheme; the whole text first. */
export function* addressTokens(text: string): Generator<string> {
  const lower = text.toLowerCase();
  yield bare(lower);
  for (const token of lower.split(PUNCTUATION)) if (token !== "") yield bare(token);
}

/** True when the text has the address in it, in any spelling. */
export function mentions(text: string, { kind, spellings }: AddressSpelling): boolean {
  const candidates = kind === "NUMBER" ? digitRuns(text) : addressTokens(text);
  for (const candidate of candidates) if (spellings.includes(candidate)) return true;
  return false;
}

function bare(text: string): string {
  return text.replace(/^(?:sips?|tel|mailto):/, "").replace(/[.:]+$/, "");
}
