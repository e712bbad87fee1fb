import type { EvoArguments } from "./evo-arguments.js";
import type { EvoBook } from "./evo-book.js";
import type { Contract } from "./evo-contracts.js";
import type { Directory, Login, Role } from "./evo-directory.js";
import { forbidden } from "./evo-errors.js";
import type { Random } from "../kit/random.js";

/** What an operation works with. */
export interface OperationCall {
  args: EvoArguments;
  login: Login;
  book: EvoBook;
  directory: Directory;
  random: Random;
  /** Epoch ms. */
  now: number;
  /** Where this server listens. */
  origin: string;
}

/** A value and how to write it, or null for the operations that return nothing. */
export type OperationResult = { contract: Contract; value: unknown } | null;

export interface Operation {
  /** One of these is needed; null when being signed in is enough. */
  roles: readonly Role[] | null;
  run(call: OperationCall): OperationResult;
}

/** Accounts a request is about: those it names, else all that the login may see. @throws EvoRefusal 403 */
export function accountsOf(call: OperationCall): ReadonlySet<string> {
  const allowed = call.directory.accountIdsOf(call.login);
  const wanted = call.args.list("accountIds") ?? allowed;
  for (const id of wanted) assertAccount(call, id);
  return new Set(wanted);
}

/** @throws EvoRefusal 403, for accounts that do not exist as well: the difference is nobody's business */
export function assertAccount(call: OperationCall, accountId: string): void {
  if (!call.directory.accountIdsOf(call.login).includes(accountId)) {
    throw forbidden(`You do not have access to account '${accountId}'`);
  }
}

/** @throws EvoRefusal 403 when the login has none of the roles */
export function assertRole(login: Login, roles: readonly Role[] | null): void {
  if (roles === null || roles.some((role) => login.roles.includes(role))) return;
  throw forbidden(`Requires one of the roles ${roles.join(", ")}`);
}
