import { GraphQLError, GraphQLScalarType, Kind } from "graphql";

const RFC3339 =
  /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(\.\d+)?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)$/;

/** RFC 3339 with a zone to milliseconds since the epoch; null for anything else, dates that do not exist included. */
function toEpochMs(text: string): number | null {
  const match = RFC3339.exec(text);
  if (match === null) return null;
  const [, year, month, day, hour, minute, second] = match.map(Number);
  const leapSecond = second === 60;
  if (hour === undefined || hour > 23 || minute === undefined || minute > 59) return null;
  if (second === undefined || second > 60) return null;
  // Date.UTC rolls over silently (February 30 becomes March 2): the last day of the month is asked for instead.
  if (year === undefined || month === undefined || month < 1 || month > 12) return null;
  if (day === undefined || day < 1 || day > new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate())
    return null;
  // Date.parse knows no leap second: the last millisecond before it is the nearest it can name.
  const readable = leapSecond ? text.replace(/:60(\.\d+)?/, ":59.999") : text;
  const ms = Date.parse(readable.toUpperCase());
  return Number.isNaN(ms) ? null : ms;
}

function parse(value: unknown): number {
  const ms = typeof value === "string" ? toEpochMs(value) : null;
  if (ms !== null) return ms;
  throw new GraphQLError(
    `DateTime expected an RFC 3339 time with a zone, such as "2026-03-01T10:15:00.000Z", and got ${show(value)}.`,
  );
}

function show(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value.slice(0, 60)) : `a ${typeof value}`;
}

/**
 * Milliseconds since the epoch inside, RFC 3339 at the edge. Sources may be a number, a `Date`, or RFC 3339 text;
 * arguments arrive in resolvers as a number.
 */
export const DateTimeScalar = new GraphQLScalarType<number, string>({
  name: "DateTime",
  description:
    "A moment in RFC 3339. Answers are always in UTC with milliseconds, such as `2026-03-01T10:15:00.000Z`. " +
    "Arguments may have any offset and any number of fractional digits, but must name a zone.",
  specifiedByURL: "https://scalars.graphql.org/andimarek/date-time.html",
  serialize(value) {
    const ms = value instanceof Date ? value.getTime() : typeof value === "string" ? toEpochMs(value) : value;
    // 8.64e15 is the last moment a Date can name.
    if (typeof ms === "number" && Math.abs(ms) <= 8.64e15) return new Date(ms).toISOString();
    throw new GraphQLError(
      `DateTime expected milliseconds, a Date or RFC 3339 text, and got ${show(value)}.`,
    );
  },
  parseValue: parse,
  parseLiteral(node) {
    if (node.kind === Kind.STRING) return parse(node.value);
    throw new GraphQLError(
      `DateTime expected a string in RFC 3339, such as "2026-03-01T10:15:00.000Z", and got a literal of kind ${node.kind}.`,
      { nodes: node },
    );
  },
});
