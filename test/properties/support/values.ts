/** Values that several providers write: optional members, words, numbers in quotes, times, money. */
import fc from "fast-check";
import { Verbatim, type WireRow, type WireValue } from "./wire-text.js";

/** A value, or one of the ways in which providers write "unset"; leaving the member out is `row`'s business. */
export function maybe(value: fc.Arbitrary<WireValue>): fc.Arbitrary<WireValue> {
  return fc.oneof({ weight: 6, arbitrary: value }, { weight: 1, arbitrary: fc.constantFrom(null, "") });
}

const UNKNOWN_MEMBERS: readonly string[] = ["new_in_2027", "futureMember", "x-vendor", "Δ"];

/** An object that may lack any of its members but the required ones, and may have some that nobody has documented. */
export function row(
  members: Record<string, fc.Arbitrary<WireValue>>,
  required: readonly string[] = [],
): fc.Arbitrary<WireRow> {
  const unknown = fc.dictionary(fc.constantFrom(...UNKNOWN_MEMBERS), json(), { maxKeys: 1 });
  const known = fc.record(members, { requiredKeys: [...required] });
  return fc.tuple(known, unknown).map(([one, other]) => ({ ...other, ...one }));
}

/** Free-form JSON, as `metadata` and the like hold. */
export function json(): fc.Arbitrary<WireValue> {
  return fc.jsonValue({ maxDepth: 2 }).map((value) => value as WireValue);
}

/** Text as people write it. XML cannot hold control characters, so there are none. */
export function text(): fc.Arbitrary<string> {
  return fc.oneof(
    fc.constantFrom("Ada", "O'Neil & <Sons>", "Zoë 📞", "a\nb", "]]>", "&amp;", '"quoted"', " padded "),
    fc.string({ minLength: 1, maxLength: 8 }),
  );
}

/** One of the documented words, in its documented case, or one that came later. */
export function word(...known: readonly string[]): fc.Arbitrary<string> {
  return fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...known) }, fc.constantFrom("Paused", "x_new"));
}

/** A telephone number as a provider may write it, or another kind of address. */
export function address(): fc.Arbitrary<string> {
  const digits = fc.integer({ min: 2_000_000_000, max: 9_999_999_999 }).map(String);
  return fc.oneof(
    digits.map((number) => `1${number}`),
    digits.map((number) => `+1${number}`),
    digits.map((number) => `sip:+1${number}@pbx.example.com`),
    fc.constantFrom("1001", "sip:1002@example.test", "user:42", "ada@example.com", "anonymous"),
  );
}

/** A whole number, now and then in quotes. */
export function integer(max = 100_000): fc.Arbitrary<WireValue> {
  return fc
    .tuple(fc.nat(max), fc.integer({ min: 0, max: 4 }))
    .map(([number, style]) => (style === 0 ? String(number) : number));
}

/** A boolean, now and then in quotes. */
export function boolean(): fc.Arbitrary<WireValue> {
  return fc.constantFrom<WireValue>(true, false, true, false, "true", "false");
}

const pad = (number: number, length = 2) => String(number).padStart(length, "0");

/** Date and time of day, and a fraction of 0 to `digits` digits. */
function parts(digits: number) {
  return fc
    .tuple(
      fc.integer({ min: 2015, max: 2035 }),
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 1, max: 28 }),
      fc.integer({ min: 0, max: 23 }),
      fc.integer({ min: 0, max: 59 }),
      fc.integer({ min: 0, max: 59 }),
      fc.string({ unit: fc.constantFrom(..."0123456789"), maxLength: digits }),
    ) // prettier-ignore
    .map(([year, month, day, hour, minute, second, fraction]) => ({
      date: `${year}-${pad(month)}-${pad(day)}`,
      time: `${pad(hour)}:${pad(minute)}:${pad(second)}`,
      fraction: fraction === "" ? "" : `.${fraction}`,
    }));
}

/** RFC 3339 in UTC with 0 to 9 fractional digits. */
export function isoTime(): fc.Arbitrary<string> {
  return parts(9).map(({ date, time, fraction }) => `${date}T${time}${fraction}Z`);
}

/** Go's default rendering, with every fraction and zone that the Plivo reference tells of (§15 rule 1). */
export function goTime(): fc.Arbitrary<string> {
  return fc
    .tuple(parts(9), fc.constantFrom("+0000 UTC", "+0000 +0000", "+0000", "+0530 IST", "-0700 MST"))
    .map(([{ date, time, fraction }, zone]) => `${date} ${time}${fraction} ${zone}`);
}

/** Digits of an amount: a whole part of up to 30 digits and, where it may have one, a fraction. */
export function amount(maxFraction: number): fc.Arbitrary<string> {
  const digits = (maxLength: number) => fc.string({ unit: fc.constantFrom(..."0123456789"), maxLength });
  return fc
    .tuple(digits(30), digits(maxFraction))
    .map(([whole, fraction]) => (whole.replace(/^0+/, "") || "0") + (fraction === "" ? "" : `.${fraction}`));
}

/** The same digits as a JSON number or as a JSON string. */
export function asNumberOrString(digits: fc.Arbitrary<string>): fc.Arbitrary<WireValue> {
  return fc
    .tuple(digits, fc.boolean())
    .map(([amount, quoted]) => (quoted ? amount : new Verbatim(`number ${amount}`, amount)));
}
