import { GraphQLError, GraphQLScalarType, Kind } from "graphql";

const DECIMAL = /^([+-]?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?$/;

/** Any decimal notation to plain form ("2.50e-2" is "0.025"); null for what is not a decimal. Exact: text to text. */
function toPlainDecimal(text: string): string | null {
  const match = DECIMAL.exec(text.trim());
  if (match === null) return null;
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = match;
  const digits = whole + fraction;
  const point = whole.length + Number(exponent);
  const padded = point < 0 ? digits.padStart(digits.length - point, "0") : digits.padEnd(point, "0");
  const split = Math.max(point, 0);
  const integer = padded.slice(0, split).replace(/^0+(?=\d)/, "") || "0";
  const rest = padded.slice(split).replace(/0+$/, "");
  const plain = rest === "" ? integer : `${integer}.${rest}`;
  return sign === "-" && plain !== "0" ? `-${plain}` : plain;
}

function parse(value: unknown): string {
  const text = typeof value === "number" || typeof value === "bigint" ? String(value) : value;
  const plain = typeof text === "string" ? toPlainDecimal(text) : null;
  if (plain !== null) return plain;
  throw new GraphQLError(
    `Decimal expected a number as a string, such as "0.025", and got ${
      typeof value === "string" ? JSON.stringify(value.slice(0, 60)) : `a ${typeof value}`
    }.`,
  );
}

/**
 * A decimal in plain notation, as text on both sides. A JSON number is taken too, as the shortest text that names it:
 * whoever needs more digits than a double has sends a string. Number literals in a document are read from their text.
 */
export const DecimalScalar = new GraphQLScalarType<string, string>({
  name: "Decimal",
  description:
    'An exact decimal number as a string in plain notation, such as "0.025": no exponent, no needless zeros, no ' +
    "rounding. Arguments may be strings or numbers.",
  serialize: parse,
  parseValue: parse,
  parseLiteral(node) {
    if (node.kind === Kind.STRING || node.kind === Kind.INT || node.kind === Kind.FLOAT)
      return parse(node.value);
    throw new GraphQLError(
      `Decimal expected a string or a number, such as "0.025", and got a literal of kind ${node.kind}.`,
      { nodes: node },
    );
  },
});
