/** Every value `extensions.code` and `SourceError.code` can have (contract, "Errors"). */
export const ERROR_CODES = [
  "BAD_USER_INPUT",
  "GRAPHQL_PARSE_FAILED",
  "GRAPHQL_VALIDATION_FAILED",
  "UNAUTHENTICATED",
  "FORBIDDEN",
  "NOT_FOUND",
  "CONFLICT",
  "NOT_SUPPORTED",
  "RATE_LIMITED",
  "OPERATION_TOO_COSTLY",
  "OUTCOME_UNKNOWN",
  "PROVIDER_UNAVAILABLE",
  "PROVIDER_TIMEOUT",
  "PROVIDER_RATE_LIMITED",
  "PROVIDER_AUTH_FAILED",
  "PROVIDER_BAD_RESPONSE",
  "INTERNAL_SERVER_ERROR",
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** The codes a provider's failure can have. */
export type ProviderErrorCode = Extract<ErrorCode, `PROVIDER_${string}`>;
