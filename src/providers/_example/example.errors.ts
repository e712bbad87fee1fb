import {
  ProviderAuthFailedError,
  ProviderBadResponseError,
  type ProviderErrorSource,
} from "../../errors/index.js";

/** What the operator can do about each refusal; the HTTP client's own sentences are general. */
const REFUSALS: Readonly<Record<number, string>> = {
  401: "Example does not accept the API key.",
  403: "Example accepts the API key, but it lacks the right to do this.",
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
  return new ProviderBadResponseError(`Expected ${expected} from Example, got something else.`, source);
}
