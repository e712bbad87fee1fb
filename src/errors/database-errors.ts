import { SwitchboardError } from "./switchboard-error.js";

/** What keeps the database from answering. */
export type DatabaseTrouble = "BUSY" | "FULL" | "GONE" | "UNREACHABLE" | "READ_ONLY" | "BROKEN";

const MESSAGES: Readonly<Record<DatabaseTrouble, string>> = {
  BUSY: "The gateway's database is busy. Try again in a moment.",
  FULL: "The gateway's database has no room left to write. What is cached can still be read.",
  GONE: "The gateway's database is not where it was.",
  UNREACHABLE: "The gateway's database cannot be reached. Try again in a moment.",
  READ_ONLY: "The gateway's database cannot be written to. What is cached can still be read.",
  BROKEN: "The gateway's database cannot be read or written.",
};

/**
 * The gateway's own store does not answer: nothing that a client can put right, so the code is the one for our own
 * failures; the sentence says what kind of trouble it is. The driver's error is the `cause`, for the log alone.
 */
export class DatabaseUnavailableError extends SwitchboardError {
  readonly code = "INTERNAL_SERVER_ERROR";
  readonly trouble: DatabaseTrouble;

  constructor(trouble: DatabaseTrouble, options?: { cause?: unknown }) {
    super(MESSAGES[trouble], options);
    this.trouble = trouble;
  }
}
