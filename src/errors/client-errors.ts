import { SwitchboardError } from "./switchboard-error.js";

/** The client sent something that cannot be read. Say what was wrong and what was expected. */
export class BadUserInputError extends SwitchboardError {
  readonly code = "BAD_USER_INPUT";
  /** Where in the input, e.g. `["filter", "startedAfter"]`. */
  readonly inputPath: readonly string[];

  constructor(message: string, inputPath: readonly string[] = [], options?: { cause?: unknown }) {
    super(message, options);
    this.inputPath = inputPath;
  }

  override get extensions(): Record<string, unknown> {
    return this.inputPath.length > 0 ? { inputPath: this.inputPath } : {};
  }
}

/** No credentials, or credentials nobody here knows. */
export class UnauthenticatedError extends SwitchboardError {
  readonly code = "UNAUTHENTICATED";
}

/** The principal lacks a scope. */
export class ForbiddenError extends SwitchboardError {
  readonly code = "FORBIDDEN";
  readonly scope: string;

  constructor(scope: string) {
    super(`This field needs the scope ${scope}.`);
    this.scope = scope;
  }

  override get extensions(): Record<string, unknown> {
    return { scope: this.scope };
  }
}

/** What was asked for is not there, or is nothing that the principal may know of. */
export class NotFoundError extends SwitchboardError {
  readonly code = "NOT_FOUND";
}
