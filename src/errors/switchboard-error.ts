import type { ErrorCode } from "./codes.js";

/**
 * The base of every failure that a client may be told about. `message` is safe to show: no stack, path, SQL,
 * credential or provider body. Details for the log go into `cause`.
 */
export abstract class SwitchboardError extends Error {
  abstract readonly code: ErrorCode;

  /** What stands beside the code in `extensions`. */
  get extensions(): Record<string, unknown> {
    return {};
  }

  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = new.target.name;
  }
}
