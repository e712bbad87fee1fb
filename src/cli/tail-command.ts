import { setTimeout as pause } from "node:timers/promises";
import { CloseCode, createClient, type Client } from "graphql-ws";
import type { Command, CommandInput } from "./commands.js";
import { readTailArguments, type TailArguments } from "./tail-arguments.js";
import { toTailLine, type TailChange } from "./tail-line.js";

const HELP = `switchboard tail [--connection NAME] [--phase live] [--state in-progress] [--json] ...

Live changes of sessions, one line each, over the gateway's public subscription. A lost connection is taken up again where
it broke off: nothing is missed, nothing comes twice.

  --url          the gateway (default: http://HOST:PORT of the environment, http://127.0.0.1:4000)
  --key          an API key or JWT (default: SWITCHBOARD_API_KEY); none for a gateway in open mode
  --connection, --provider, --phase, --state, --channel, --direction, --id
                 only sessions with one of these; several times, or with commas
  --address      only sessions of this number or address
  --text         only sessions in which these words occur
  --after        a cursor that an earlier --json line had: everything since
  --no-snapshot  not first the sessions as they are
  --json         one JSON object a line, with the cursor

Ends with Ctrl-C. Exit code: 0 ended, 1 the gateway cannot be reached or refuses, 2 bad arguments.
`;

const CHANGES = `subscription Tail($filter: SessionFilter, $after: String, $snapshot: Boolean) {
  sessionChanges(filter: $filter, after: $after, snapshot: $snapshot) {
    cursor kind at changed previousState
    session {
      id provider providerId channel direction phase state title startedAt durationSeconds
      connection { name } from { address displayName } to { address displayName }
    }
  }
}`;

/** Pauses between tries to come back, milliseconds: doubled each time. */
const FIRST_PAUSE_MS = 250;
const MAX_PAUSE_MS = 10_000;

/** Closed for what another try does not change: this client, or its rights. */
const FATAL: ReadonlySet<number> = new Set([
  CloseCode.BadRequest,
  CloseCode.BadResponse,
  CloseCode.Unauthorized,
  CloseCode.Forbidden,
  CloseCode.SubprotocolNotAcceptable,
]);

/** `switchboard tail`: the change feed in a terminal. */
export const runTail: Command = async (input) => {
  let wish: TailArguments;
  try {
    wish = readTailArguments(input.argv, input.environment);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    input.print(`${error.message}\n\n${HELP}`);
    return 2;
  }
  if (wish.help) {
    input.print(HELP);
    return 0;
  }
  return follow(wish, input);
};

async function follow(wish: TailArguments, { signal, print, environment }: CommandInput): Promise<number> {
  const hasColours = process.stdout.isTTY && environment["NO_COLOR"] === undefined;
  let { after } = wish;
  let hasBeenThere = false;
  const tell = (change: TailChange) => {
    after = change.cursor;
    print(wish.json ? `${JSON.stringify(change)}\n` : toTailLine(change, hasColours));
  };
  for (let wait = FIRST_PAUSE_MS; ; wait = Math.min(2 * wait, MAX_PAUSE_MS)) {
    const end = await followOnce(wish, after, signal, (change) => {
      wait = FIRST_PAUSE_MS;
      tell(change);
    });
    if (signal.aborted) return 0;
    hasBeenThere ||= end.wasThere;
    if (end.isFinal || !hasBeenThere) {
      process.stderr.write(`${end.reason}\n`);
      return 1;
    }
    process.stderr.write(`${end.reason}; coming back\n`);
    await pause(wait, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return 0;
  }
}

interface End {
  reason: string;
  /** Trying again would end the same way. */
  isFinal: boolean;
  /** The gateway had let this client in. */
  wasThere: boolean;
}

/** One connection, until it ends. */
function followOnce(
  { url, key, filter, snapshot }: TailArguments,
  after: string | null,
  signal: AbortSignal,
  tell: (change: TailChange) => void,
): Promise<End> {
  let wasThere = false;
  const client: Client = createClient({
    url,
    ...(key !== null && { connectionParams: { authorization: `Bearer ${key}` } }),
    retryAttempts: 0,
    lazyCloseTimeout: 0,
    on: { connected: () => (wasThere = true) },
  });
  const leave = () => void client.dispose();
  signal.addEventListener("abort", leave, { once: true });
  return new Promise<End>((resolve) => {
    client.subscribe<{ sessionChanges: TailChange }>(
      { query: CHANGES, variables: { filter, after, snapshot } },
      {
        next({ data, errors }) {
          if (data != null) tell(data.sessionChanges);
          else if (errors) resolve({ reason: messagesOf(errors), isFinal: true, wasThere });
        },
        error: (error) => resolve({ ...toEnd(error, url), wasThere }),
        complete: () => resolve({ reason: "The gateway ended the subscription", isFinal: false, wasThere }),
      },
    );
  }).finally(() => {
    signal.removeEventListener("abort", leave);
    leave();
  });
}

function messagesOf(errors: readonly { message: string }[]): string {
  return errors.map(({ message }) => message).join("\n");
}

function toEnd(error: unknown, url: string): Pick<End, "reason" | "isFinal"> {
  // Errors of the operation come as a list, the end of the connection as an event.
  if (Array.isArray(error)) return { reason: messagesOf(error as { message: string }[]), isFinal: true };
  if (typeof error === "object" && error !== null && "code" in error && typeof error.code === "number") {
    const { code, reason } = error as { code: number; reason?: string };
    const why = reason === undefined || reason === "" ? "" : `: ${reason}`;
    return {
      reason: `The gateway at ${url} closed the connection (${code}${why})`,
      isFinal: FATAL.has(code),
    };
  }
  return { reason: `The gateway at ${url} cannot be reached`, isFinal: false };
}
