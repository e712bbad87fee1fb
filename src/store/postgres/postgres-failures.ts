/** PostgreSQL's and the network's errors as the kinds of trouble that the rest of the house tells apart. Pure. */
import { DatabaseUnavailableError, type DatabaseTrouble } from "../../errors/index.js";

/** SQLSTATEs, or the classes they begin with. The first that fits counts. */
const STATES: readonly (readonly [string, DatabaseTrouble])[] = [
  // Connection exceptions, a shutdown, a start, too many connections, a transaction ended because nobody went on with it.
  ...["08", "57P01", "57P02", "57P03", "53300", "25P03"].map((state) => [state, "UNREACHABLE"] as const),
  ...["53100", "53200"].map((state) => [state, "FULL"] as const),
  ["55P03", "BUSY"],
  ["57014", "BUSY"],
  ["25006", "READ_ONLY"],
  ["3D000", "GONE"],
  ["58", "BROKEN"],
  ["XX", "BROKEN"],
];

/** What the driver says, without a code, when the network lets it down. */
const LOST =
  /^(?:Connection terminated|timeout (?:exceeded|expired)|Query read timeout|Client (?:has encountered a connection error|was closed))/i;
const NETWORK = /^(?:E[A-Z]+|ERR_SOCKET.*)$/;

/** What kind of trouble an error is; null for mistakes of ours (a wrong statement, a broken constraint). */
export function postgresTrouble(error: unknown): DatabaseTrouble | null {
  if (!(error instanceof Error)) return null;
  const { code } = error as { code?: unknown };
  if (typeof code === "string" && /^[0-9A-Z]{5}$/.test(code) && "severity" in error)
    return STATES.find(([prefix]) => code.startsWith(prefix))?.[1] ?? null;
  if (typeof code === "string" && NETWORK.test(code)) return "UNREACHABLE";
  return LOST.test(error.message) ? "UNREACHABLE" : null;
}

/** Another transaction was in the way and this one was undone: the same again will work. */
export function isConflict(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return code === "40001" || code === "40P01";
}

/** True where another connection may fare better: this one is lost, or leads to a server that only reads. */
export function isLost(error: unknown): boolean {
  const trouble = postgresTrouble(error);
  return trouble === "UNREACHABLE" || trouble === "READ_ONLY";
}

/** The error that others are told: ours where the database is in trouble, else the driver's own. */
export function toPostgresFailure(error: unknown): Error {
  const trouble = postgresTrouble(error) ?? (isConflict(error) ? "BUSY" : null);
  if (trouble !== null) return new DatabaseUnavailableError(trouble, { cause: error });
  return error instanceof Error ? error : new Error(String(error));
}
