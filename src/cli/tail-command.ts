import { setTimeout as pause } from "node:timers/promises";
import { CloseCode, createClient, type Client } from "graphql-ws";
import type { Command, CommandInput } from "./commands.js";
import { readTailArguments, type TailArguments } from "./tail-arguments.js";
import { toTailLine, type TailChange } from "./tail-line.js";
import { isBadInput, messagesOf, whyUnreachable, type GraphError } from "./tail-problems.js";

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
    process.stderr.write(`${error.message}\n\n${HELP}`);
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
  let said = "";
  for (let wait = FIRST_PAUSE_MS; ; wait = Math.min(2 * wait, MAX_PAUSE_MS)) {
    const end = await followOnce(wish, after, signal, (change) => {
      wait = FIRST_PAUSE_MS;
      tell(change);
    });
    if (signal.aborted) return 0;
    const isFirst = !hasBeenThere;
    hasBeenThere ||= end.wasThere;
    if (end.isFinal || !hasBeenThere) {
      process.stderr.write(`${end.reason}\n`);
      // What was taken once was no bad argument: by now the cursor is too old.
      return end.isBadInput && isFirst ? 2 : 1;
    }
    // Once, however long it takes.
    if (end.wasThere || end.reason !== said) process.stderr.write(`${end.reason}; coming back\n`);
    said = end.reason;
    await pause(wait, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return 0;
  }
}

interface End {
  reason: string;
  /** Trying again would end the same way. */
  isFinal: boolean;
  /** It lies with what was asked for. */
  isBadInput: boolean;
  /** The gateway had let this client in. */
  wasThere: boolean;
}

/** One connection, until it ends. */
async function followOnce(
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
    // From the question for the connections' names to the subscription.
    lazyCloseTimeout: 1_000,
    on: { connected: () => (wasThere = true) },
  });
  const leave = () => void client.dispose();
  signal.addEventListener("abort", leave, { once: true });
  try {
    const unknown = after === null ? await findUnknown(client, filter["connections"]) : null;
    if (unknown !== null) return { reason: unknown, isFinal: true, isBadInput: true, wasThere };
    return await new Promise<End>((resolve) => {
      client.subscribe<{ sessionChanges: TailChange }>(
        { query: CHANGES, variables: { filter, after, snapshot } },
        {
          next({ data, errors }) {
            if (data != null) tell(data.sessionChanges);
            else if (errors) resolve({ ...refusedBy(errors), wasThere });
          },
          error: (error) => void toEnd(error, url, signal).then((end) => resolve({ ...end, wasThere })),
          complete: () => resolve({ ...ended("The gateway ended the subscription", false), wasThere }),
        },
      );
    });
  } catch (error) {
    return { ...(await toEnd(error, url, signal)), wasThere };
  } finally {
    signal.removeEventListener("abort", leave);
    leave();
  }
}

/** Nothing would ever come of a connection whose name is misspelt. The sentence for people; null if all are there. */
async function findUnknown(client: Client, names: unknown): Promise<string | null> {
  if (!Array.isArray(names)) return null;
  const asked = client.iterate<{ connections: { name: string }[] }>({ query: "{ connections { name } }" });
  const { value } = (await asked.next()) as { value?: { data?: { connections: { name: string }[] } | null } };
  await asked.return?.();
  const known = value?.data?.connections.map(({ name }) => name);
  const unknown = (names as string[]).find((name) => known?.includes(name) === false);
  return unknown === undefined
    ? null
    : `--connection: there is no ${JSON.stringify(unknown)} that you may see; there are ${known?.join(", ")}`;
}

function ended(reason: string, isFinal: boolean): Omit<End, "wasThere"> {
  return { reason, isFinal, isBadInput: false };
}

function refusedBy(errors: readonly GraphError[]): Omit<End, "wasThere"> {
  return { reason: messagesOf(errors), isFinal: true, isBadInput: isBadInput(errors) };
}

async function toEnd(error: unknown, url: string, signal: AbortSignal): Promise<Omit<End, "wasThere">> {
  // Errors of the operation come as a list, the end of the connection as an event.
  if (Array.isArray(error)) return refusedBy(error as GraphError[]);
  if (typeof error === "object" && error !== null && "code" in error && typeof error.code === "number") {
    const { code, reason } = error as { code: number; reason?: string };
    const why = reason === undefined || reason === "" ? "" : `: ${reason}`;
    return ended(`The gateway at ${url} closed the connection (${code}${why})`, FATAL.has(code));
  }
  return ended(`The gateway at ${url} cannot be reached: ${await whyUnreachable(url, signal)}`, false);
}
