/** Amounts by arithmetic on integers, apart from the code under test: an amount is digits and a number of places. */

interface Scaled {
  digits: bigint;
  places: number;
}

function toScaled(text: string): Scaled {
  const [whole = "0", fraction = ""] = text.split(".");
  return { digits: BigInt(whole + fraction), places: fraction.length };
}

/** Plain form: no zeros that mean nothing. */
function write({ digits, places }: Scaled): string {
  const unit = 10n ** BigInt(places);
  const fraction = String(digits % unit)
    .padStart(places, "0")
    .slice(0, places);
  const kept = [...fraction].reduceRight(
    (end, digit) => (end === "" && digit === "0" ? "" : digit + end),
    "",
  );
  return kept === "" ? String(digits / unit) : `${digits / unit}.${kept}`;
}

/** An amount of the wire, as it has to come out. */
export function exactly(text: string): string {
  return write(toScaled(text));
}

/** A sum. */
export function sum(...texts: readonly string[]): string {
  const terms = texts.map(toScaled);
  const places = Math.max(0, ...terms.map((term) => term.places));
  const digits = terms.reduce((all, term) => all + term.digits * 10n ** BigInt(places - term.places), 0n);
  return write({ digits, places });
}

/** Millionths in units. */
export function millionths(text: string): string {
  return write({ digits: BigInt(text), places: 6 });
}
