import {
  ProviderAuthFailedError,
  ProviderBadResponseError,
  type ProviderErrorSource,
} from "../../errors/index.js";

/** What the operator can do about each refusal (Speko reference §9). */
const REFUSALS: Readonly<Record<number, string>> = {
  401: "Speko does not accept the API key: it is wrong, revoked, or belongs to the other environment.",
  402: "Speko refuses requests because the organization's prepaid credit is used up.",
  403: "Speko accepts the API key, but it lacks the right to do this.",
};

/** Gives a refusal the sentence that names its remedy; any other failure comes back as it is. */
export function explainRefusal(error: unknown): unknown {
  if (!(error instanceof ProviderAuthFailedError) || error.status === undefined) return error;
  const sentence = REFUSALS[error.status];
  if (sentence === undefined) return error;
  return new ProviderAuthFailedError(sentence, error.source, { cause: error, status: error.status });
}

/** A configured agent that the organization does not have: its calls are missing from the list, and this says why. */
export function unknownAgent(agentId: string, source: ProviderErrorSource): ProviderBadResponseError {
  return new ProviderBadResponseError(
    `Speko knows no agent ${JSON.stringify(agentId)} in this organization; check the configured agent ids.`,
    source,
    { status: 404 },
  );
}

/** An answer that is JSON, but not the JSON its page promises. */
export function unexpectedShape(expected: string, source: ProviderErrorSource): ProviderBadResponseError {
  return new ProviderBadResponseError(`Expected ${expected} from Speko, got something else.`, source);
}
