/** Exact decimals without a trip through floating point (contract, "Money"). */

const DECIMAL = /^([+-]?)(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/;
const LEADING_POINT = /^([+-]?)\.(\d+)(.*)$/;

/** Longest text that is read as a number. Amounts of 30 digits have been met; thousands of them are no amount. */
const MAX_LENGTH = 1_000;

/**
 * Brings a number as it stood in the text ("0.0250", "1e-3", "-.5", "007") to plain form: no exponent, no leading or
 * trailing zeros, no "-0". Answers null for anything else, infinity and NaN included, and beyond 1000 characters.
 */
export function normalizeDecimal(text: string): string | null {
  if (text.length > MAX_LENGTH) return null;
  const trimmed = text.trim().replace(LEADING_POINT, "$10.$2$3");
  const match = DECIMAL.exec(trimmed);
  if (match === null) return null;
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = match;
  const shift = Number(exponent);
  let digits = whole + fraction;
  let point = whole.length + shift;
  if (point < 0) {
    digits = "0".repeat(-point) + digits;
    point = 0;
  }
  if (point > digits.length) digits = digits.padEnd(point, "0");
  const integer = digits.slice(0, point).replace(/^0+(?=\d)/, "") || "0";
  const rest = digits.slice(point).replace(/0+$/, "");
  const value = rest === "" ? integer : `${integer}.${rest}`;
  return sign === "-" && /[1-9]/.test(value) ? `-${value}` : value;
}

/** Millionths of a unit, as an integer string of any length, to units: "1250000" is "1.25". Null when not an integer. */
export function fromMicroUnits(micro: string): string | null {
  if (!/^-?\d+$/.test(micro.trim())) return null;
  return normalizeDecimal(`${micro.trim()}e-6`);
}

/** Sum of exact decimals, exact. Terms that are not decimals are an error of the caller. Throws `RangeError`. */
export function addDecimals(terms: readonly string[]): string {
  const parsed = terms.map((term) => {
    const plain = normalizeDecimal(term);
    if (plain === null) throw new RangeError(`expected a decimal, got ${JSON.stringify(term)}`);
    return plain;
  });
  const scale = Math.max(0, ...parsed.map((term) => term.split(".")[1]?.length ?? 0));
  const total = parsed.reduce((sum, term) => {
    const [whole = "0", fraction = ""] = term.split(".");
    return sum + BigInt(whole + fraction.padEnd(scale, "0"));
  }, 0n);
  return normalizeDecimal(`${total}e-${scale}`) ?? "0";
}
