import {
  ProviderAuthFailedError,
  ProviderBadResponseError,
  type ProviderErrorSource,
} from "../../errors/index.js";

/** What the operator can do about each refusal (Plivo reference §10.2). */
const REFUSALS: Readonly<Record<number, string>> = {
  401: "Plivo does not accept the Auth ID and Auth Token.",
  403: "Plivo accepts the credentials, but the account may not use number masking: it is not verified yet, or the feature is off.",
};

/** Gives a refusal the sentence that names its remedy; any other failure comes back as it is. */
export function explainRefusal(error: unknown): unknown {
  if (!(error instanceof ProviderAuthFailedError) || error.status === undefined) return error;
  const sentence = REFUSALS[error.status];
  if (sentence === undefined) return error;
  return new ProviderAuthFailedError(sentence, error.source, { cause: error, status: error.status });
}

/** An answer that is JSON, but not the JSON its page promises. */
export function unexpectedShape(expected: string, source: ProviderErrorSource): ProviderBadResponseError {
  return new ProviderBadResponseError(`Expected ${expected} from Plivo, got something else.`, source);
}
