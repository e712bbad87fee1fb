/** What the login may do, found out without doing it: for the operator who sets a connection up. */
import { isProviderError } from "../../errors/index.js";
import type { Inspection, ReadOptions } from "../provider.js";
import type { EvoVoiceAccounts } from "./evo-voice.accounts.js";
import type { EvoVoiceClient, EvoVoicePage, EvoVoiceQuery } from "./evo-voice.client.js";

/** One row, the cheap way: no totals. */
const ONE_ROW = { countPerPage: 1, simplifiedPaging: true };

/** Looks at the login, its accounts, and each of the rights that the vendor splits over roles (§2.1, Q9). */
export async function inspectEvoVoice(
  client: EvoVoiceClient,
  accounts: EvoVoiceAccounts,
  options?: ReadOptions,
): Promise<Inspection[]> {
  const signIn = await look("sign in", async () => {
    const user = await accounts.user(options);
    return { result: user, message: "The login works." };
  });
  const user = signIn.result;
  if (user === undefined) return [signIn.row];

  const visible = await look("see accounts", async () => {
    const groups = accounts.groupsOf(user);
    const count = groups.flat().length;
    return { result: groups, message: `${count} account${count === 1 ? " is" : "s are"} read.` };
  });
  const reads =
    visible.result === undefined
      ? []
      : await Promise.all([
          lookAtList("list sessions", (query) => client.listSessions(query, options), visible.result),
          lookAtList("read files", (query) => client.listFiles(query, options), visible.result),
        ]);
  return [signIn.row, visible.row, ...reads, toActRow(user.roles)];
}

/** What each list needs, for a login that may not see it. */
const NEEDS: Readonly<Record<string, string>> = {
  "list sessions": "The login may not list sessions of these accounts: use another, or fewer accountIds.",
  "read files":
    "The login may not read files, so recordings stay empty: it needs the role Manager, Customer or SystemAdministrator.",
};

async function lookAtList(
  what: string,
  list: (query: EvoVoiceQuery) => Promise<EvoVoicePage>,
  [accountIds]: string[][],
): Promise<Inspection> {
  const { row, status } = await look(what, async () => {
    await list({ accountIds, ...ONE_ROW });
    return { result: true, message: "Allowed." };
  });
  return status === 403 ? { ...row, message: NEEDS[what] ?? row.message } : row;
}

/** Only doing it would show, but the roles are told; where they are not, so is nothing. */
function toActRow(roles: readonly string[] | null): Inspection {
  const what = "act on sessions";
  if (roles === null) return { what, ok: null, message: "Evo Voice does not say which roles the login has." };
  return roles.includes("User")
    ? { what, ok: true, message: "The login has the role User." }
    : {
        what,
        ok: false,
        message:
          "The login lacks the role User, which creating, ending, holding and transferring sessions and reading chat transcripts need: give it to the login, or use a phone user's.",
      };
}

interface Look<T> {
  row: Inspection;
  /** Undefined when it failed. */
  result?: T;
  /** The provider's HTTP status of a failure. */
  status?: number | undefined;
}

async function look<T>(what: string, work: () => Promise<{ result: T; message: string }>): Promise<Look<T>> {
  try {
    const { result, message } = await work();
    return { row: { what, ok: true, message }, result };
  } catch (error) {
    if (!isProviderError(error)) throw error;
    return { row: { what, ok: false, message: error.message }, status: error.status };
  }
}
