/** What went wrong, in our classes. Messages are safe for clients: no URL, no body, no credential. */
import { errors } from "undici";
import {
  ProviderAuthFailedError,
  ProviderBadResponseError,
  ProviderRateLimitedError,
  ProviderTimeoutError,
  ProviderUnavailableError,
  type ProviderError,
  type ProviderErrorSource,
} from "../errors/index.js";
import type { DeadlineError } from "./deadline.js";
import { BodyError } from "./read-body.js";

/** Codes of failures that come before the first byte of a request is sent. */
const NEVER_SENT =
  /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|CERT_|ERR_TLS_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/;

/** An answer that is neither 2xx nor accepted. `retryAfterMs` is what its `Retry-After` said. */
export function fromStatus(
  status: number,
  retryAfterMs: number | null,
  source: ProviderErrorSource,
): ProviderError {
  const options = {
    status,
    ...(retryAfterMs === null ? {} : { retryAfterSeconds: Math.ceil(retryAfterMs / 1000) }),
  };
  if (status === 429) {
    return new ProviderRateLimitedError("The provider asks for fewer requests.", source, options);
  }
  if (status === 401 || status === 402 || status === 403) {
    return new ProviderAuthFailedError(
      `The provider refused this connection's credentials or rights (${status}).`,
      source,
      options,
    );
  }
  if (status >= 300 && status < 400) {
    return new ProviderUnavailableError(
      `The provider redirects (${status}), which is not followed: check the connection's base URL.`,
      source,
      options,
    );
  }
  if (status >= 500) {
    return new ProviderUnavailableError(`The provider failed (${status}).`, source, options);
  }
  return new ProviderBadResponseError(
    `The provider did not accept the request (${status}).`,
    source,
    options,
  );
}

/** No time left, for one attempt or for the whole call. */
export function timedOut(cause: DeadlineError, source: ProviderErrorSource, sent: boolean): ProviderError {
  return new ProviderTimeoutError(`The provider did not answer within ${cause.timeoutMs} ms.`, source, {
    cause,
    sent,
  });
}

/** Our own pace did not allow it in time, or the provider has asked for a pause. */
export function heldBack(retryAfterMs: number, source: ProviderErrorSource): ProviderError {
  return new ProviderRateLimitedError("This connection's request limit leaves no room in time.", source, {
    retryAfterSeconds: Math.ceil(retryAfterMs / 1000),
    sent: false,
  });
}

/** The circuit is open. */
export function circuitOpen(retryAfterMs: number, source: ProviderErrorSource): ProviderError {
  return new ProviderUnavailableError(
    "The provider has been failing; it is left alone for a moment.",
    source,
    {
      retryAfterSeconds: Math.ceil(retryAfterMs / 1000),
      sent: false,
    },
  );
}

/** The client was closed before or during the call. */
export function connectionClosed(source: ProviderErrorSource): ProviderError {
  return new ProviderUnavailableError("The connection has been closed.", source);
}

/**
 * What the network or the body made of an attempt. Anything that is not theirs (a malformed header of ours, say) is
 * passed on as it is: it is a mistake here, not a failure of the provider.
 */
export function fromThrown(error: unknown, source: ProviderErrorSource, status?: number): unknown {
  if (error instanceof BodyError) {
    return new ProviderBadResponseError(`The provider's answer cannot be read: ${error.message}.`, source, {
      cause: error,
      status,
    });
  }
  if (error instanceof errors.HTTPParserError || error instanceof errors.HeadersOverflowError) {
    return new ProviderBadResponseError("The provider's answer is not HTTP that can be read.", source, {
      cause: error,
    });
  }
  if (error instanceof errors.InvalidArgumentError || !(error instanceof Error)) return error;
  const code = "code" in error ? String(error.code) : "";
  return new ProviderUnavailableError("The provider cannot be reached.", source, {
    cause: error,
    sent: !NEVER_SENT.test(code),
  });
}
