/** From the command log to what whoever asked is told. Pure. */
import type { ErrorCode } from "../errors/index.js";
import type { CommandRow, StoredAnswer } from "../store/store.js";
import type { Report, UserErrorRow } from "./commands.js";

/** The answer of a command that nothing more is known of. */
export const NOTHING: StoredAnswer = {
  userErrors: [],
  transferKey: null,
  nextTransferKey: null,
  routingAttemptKeys: [],
  fallback: null,
  webhook: null,
};

/** Nothing was recorded, and this is why. */
export function refused(userErrors: readonly UserErrorRow[]): Report {
  return { ...NOTHING, command: null, session: null, readFailure: null, userErrors };
}

/** What became of a recorded command. */
export function report(row: CommandRow, readFailure: Report["readFailure"]): Report {
  const { connection, providerId, answer } = row;
  return {
    ...(answer ?? NOTHING),
    command: row,
    session: providerId === null ? null : { connection, providerId },
    readFailure,
    userErrors: (answer ?? NOTHING).userErrors.map((each) => ({
      ...each,
      code: each.code as ErrorCode,
      capability: null,
    })),
  };
}
