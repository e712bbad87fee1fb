/** What a failure to get an answer says about whether the command happened (contract, "Commands"). */
import {
  ProviderAuthFailedError, ProviderRateLimitedError, type ErrorCode, type ProviderError,
} from "../errors/index.js"; // prettier-ignore
import type { EpochMs } from "../model/index.js";
import type { StoredError } from "../store/store.js";

/** How a command ended that the provider did not answer with a yes or a reasoned no. */
export interface FailureOutcome {
  outcome: "FAILED" | "UNKNOWN";
  error: StoredError;
}

const LOOK_FIRST = "It may have happened: read the session before trying again.";

/** FAILED where the command surely did not happen; UNKNOWN where it may have. */
export function toOutcome(failure: ProviderError, at: EpochMs): FailureOutcome {
  if (surelyNot(failure)) {
    return {
      outcome: "FAILED",
      error: toStoredError(failure.code, failure.message, at, failure.retryAfterSeconds),
    };
  }
  return { outcome: "UNKNOWN", error: unknownError(failure.message, at) };
}

/** The error of a command of which nobody knows whether it happened. */
export function unknownError(why: string, at: EpochMs): StoredError {
  return toStoredError("OUTCOME_UNKNOWN", `${why} ${LOOK_FIRST}`, at);
}

export function toStoredError(
  code: ErrorCode,
  message: string,
  at: EpochMs,
  retryAfterSeconds?: number,
): StoredError {
  return { code, message, retryAfterSeconds: retryAfterSeconds ?? null, at };
}

/** It never left, or the provider answered that it will not do it. A redirect is such an answer too. */
function surelyNot(failure: ProviderError): boolean {
  if (!failure.sent) return true;
  if (failure instanceof ProviderAuthFailedError || failure instanceof ProviderRateLimitedError) return true;
  return failure.status !== undefined && failure.status >= 300 && failure.status < 500;
}
