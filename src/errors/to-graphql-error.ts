/** The one place where anything thrown becomes what a client sees. */
import { GraphQLError, type GraphQLFormattedError } from "graphql";
import { ERROR_CODES, type ErrorCode } from "./codes.js";
import { SwitchboardError } from "./switchboard-error.js";

const CODES: ReadonlySet<string> = new Set(ERROR_CODES);

/** Codes of the server library that say in other words what one of ours says. */
const TRANSLATED: Readonly<Record<string, ErrorCode>> = {
  BAD_REQUEST: "BAD_USER_INPUT",
  OPERATION_RESOLUTION_FAILURE: "BAD_USER_INPUT",
  PERSISTED_QUERY_NOT_FOUND: "BAD_USER_INPUT",
  PERSISTED_QUERY_NOT_SUPPORTED: "BAD_USER_INPUT",
};

/** What a client is told, and whether the log needs to hear of it because the client is told nothing. */
export interface ClientError {
  formatted: GraphQLFormattedError;
  /** Set for failures that are hidden: what really happened, for the log. */
  hidden: unknown;
}

/**
 * Turns anything into a client's error: code and safe text only. Ours keep message and extensions; the library's
 * parse, validation and input errors keep theirs; everything else is `INTERNAL_SERVER_ERROR`. Never throws.
 */
export function toClientError(formatted: GraphQLFormattedError, error: unknown): ClientError {
  const cause = error instanceof GraphQLError ? (error.originalError ?? error) : error;
  const place = {
    ...(formatted.locations === undefined ? {} : { locations: formatted.locations }),
    ...(formatted.path === undefined ? {} : { path: formatted.path }),
  };
  if (cause instanceof SwitchboardError) {
    const extensions = { code: cause.code, ...cause.extensions };
    // Our own trouble is told in a safe sentence, and the log has the rest of it.
    const hidden = cause.code === "INTERNAL_SERVER_ERROR" ? cause : null;
    return { formatted: { message: cause.message, ...place, extensions }, hidden };
  }
  const given = formatted.extensions?.["code"];
  const code = typeof given === "string" ? (TRANSLATED[given] ?? given) : "INTERNAL_SERVER_ERROR";
  if (code !== "INTERNAL_SERVER_ERROR" && CODES.has(code)) {
    const { stacktrace: _, http: __, ...extensions } = formatted.extensions ?? {};
    return {
      formatted: { message: formatted.message, ...place, extensions: { ...extensions, code } },
      hidden: null,
    };
  }
  return {
    formatted: { message: "Internal server error", ...place, extensions: { code: "INTERNAL_SERVER_ERROR" } },
    hidden: cause,
  };
}
