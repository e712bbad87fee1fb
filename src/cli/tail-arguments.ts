/** The arguments of `switchboard tail`. Pure. */
import { parseArgs } from "node:util";
import { CHANNELS, DIRECTIONS, PROVIDERS, SESSION_PHASES, SESSION_STATES } from "../model/vocabulary.js";

export interface TailArguments {
  help: boolean;
  /** `ws://…/graphql` */
  url: string;
  /** An API key or a JWT; null for a gateway in open mode. */
  key: string | null;
  /** `SessionFilter` as the graph has it; empty for everything. */
  filter: Readonly<Record<string, unknown>>;
  /** The cursor to go on from; null: from now. */
  after: string | null;
  /** First the sessions as they are. */
  snapshot: boolean;
  json: boolean;
}

/** Option, and the member of `SessionFilter` that its values become. */
const LISTS = {
  connection: ["connections", null],
  provider: ["providers", PROVIDERS],
  phase: ["phases", SESSION_PHASES],
  state: ["states", SESSION_STATES],
  channel: ["channels", CHANNELS],
  direction: ["directions", DIRECTIONS],
  id: ["ids", null],
} as const;

/** Names of values as people type them: `in-progress`, `live`. Throws `RangeError` for a name that is none of them. */
function toEnum(option: string, known: readonly string[], typed: string): string {
  const value = typed.toUpperCase().replaceAll("-", "_");
  if (known.includes(value)) return value;
  const names = known.map((name) => name.toLowerCase().replaceAll("_", "-")).join(", ");
  throw new RangeError(`--${option}: expected one of ${names}; got ${JSON.stringify(typed)}`);
}

/**
 * Reads the arguments; `environment` gives the address (HOST, PORT) and the key (SWITCHBOARD_API_KEY) where they do not.
 * Throws `RangeError` with a sentence for people.
 */
export function readTailArguments(
  argv: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): TailArguments {
  const values = parse(argv);
  const filter: Record<string, unknown> = {};
  for (const [option, [member, known]] of Object.entries(LISTS)) {
    const given = values[option as keyof typeof LISTS]?.flatMap((text) => text.split(","));
    if (given === undefined) continue;
    filter[member] = known === null ? given : given.map((typed) => toEnum(option, known, typed));
  }
  if (values.address !== undefined) filter["address"] = values.address;
  if (values.text !== undefined) filter["text"] = values.text;
  return {
    help: values.help === true,
    url: readUrl(values.url, environment),
    key: values.key ?? environment["SWITCHBOARD_API_KEY"] ?? null,
    filter,
    after: values.after ?? null,
    snapshot: values["no-snapshot"] !== true,
    json: values.json === true,
  };
}

function readUrl(
  given: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): string {
  const { HOST = "127.0.0.1", PORT = "4000" } = environment;
  const text = given ?? `http://${HOST.includes(":") ? `[${HOST}]` : HOST}:${PORT}`;
  const url = URL.parse(text);
  if (url === null || !/^(http|ws)s?:$/.test(url.protocol))
    throw new RangeError(
      `--url: expected an address such as http://127.0.0.1:4000, got ${JSON.stringify(text)}`,
    );
  url.protocol = url.protocol.replace("http", "ws");
  if (url.pathname === "/") url.pathname = "/graphql";
  return url.href;
}

function parse(argv: readonly string[]) {
  const list = { type: "string", multiple: true } as const;
  try {
    return parseArgs({
      args: [...argv],
      options: {
        url: { type: "string" },
        key: { type: "string" },
        connection: list,
        provider: list,
        phase: list,
        state: list,
        channel: list,
        direction: list,
        id: list,
        address: { type: "string" },
        text: { type: "string" },
        after: { type: "string" },
        "no-snapshot": { type: "boolean" },
        json: { type: "boolean" },
        help: { type: "boolean" },
      },
    }).values;
  } catch (error) {
    throw new RangeError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
