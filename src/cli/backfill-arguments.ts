/** The arguments of `switchboard backfill`. Pure. */
import { parseArgs } from "node:util";

export interface BackfillArguments {
  help: boolean;
  /** Empty: all of them. */
  connections: readonly string[];
  /** Epoch milliseconds. */
  since: number;
  /** Epoch milliseconds. @default now */
  until: number;
}

const UNITS_MS = { h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000, y: 365 * 86_400_000 } as const;
const DATE = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2}))?$/;

/** Reads the arguments. Throws `RangeError` with a sentence for people. */
export function readBackfillArguments(argv: readonly string[], now: number): BackfillArguments {
  const { values } = parse(argv);
  const connections = values.connection ?? [];
  if (values.help === true) return { help: true, connections, since: now, until: now };
  if (values.since === undefined)
    throw new RangeError("--since is missing: how far back, as 90d or as a date");
  const since = readMoment("--since", values.since, now);
  const until = values.until === undefined ? now : Math.min(readMoment("--until", values.until, now), now);
  if (since >= until) throw new RangeError("--since must lie before --until, and in the past");
  return { help: false, connections, since, until };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        connection: { type: "string", multiple: true },
        since: { type: "string" },
        until: { type: "string" },
        help: { type: "boolean" },
      },
    });
  } catch (error) {
    throw new RangeError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function readMoment(name: string, text: string, now: number): number {
  const [, amount, unit] = /^(\d{1,5})([hdwy])$/.exec(text) ?? [];
  if (amount !== undefined) return now - Number(amount) * UNITS_MS[unit as keyof typeof UNITS_MS];
  // A date that does not exist, such as 30 February, is another date to the parser.
  const at = DATE.test(text) ? Date.parse(text) : NaN;
  if (Number.isNaN(at) || !new Date(at).toISOString().startsWith(text.length === 10 ? text : "")) {
    throw new RangeError(
      `${name}: expected 12h, 90d, 4w or 1y, a date (2026-01-31) or a date and time with its zone (2026-01-31T08:00Z), got ${JSON.stringify(text)}`,
    );
  }
  return at;
}
