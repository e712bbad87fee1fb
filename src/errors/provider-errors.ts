import type { ProviderErrorCode } from "./codes.js";
import { SwitchboardError } from "./switchboard-error.js";

/** Which account at which provider failed. */
export interface ProviderErrorSource {
  /** A word of `PROVIDERS`, e.g. `SPEKO`. */
  provider: string;
  /** The connection's configured name. */
  connection: string;
}

/** What every provider failure can carry. */
export interface ProviderErrorOptions {
  cause?: unknown;
  /** Seconds until trying again makes sense, where the provider or the circuit said so. */
  retryAfterSeconds?: number;
  /** The provider's HTTP status, for our log and for the provider's own error mapping; never shown to clients. */
  status?: number;
  /** False only where it is certain that the request never left: then not even a write can have had an effect. @default true */
  sent?: boolean;
}

/** The provider could not be reached, refused, or did not make sense. Never the client's own fault. */
export abstract class ProviderError extends SwitchboardError {
  abstract override readonly code: ProviderErrorCode;
  readonly source: ProviderErrorSource;
  readonly retryAfterSeconds: number | undefined;
  readonly status: number | undefined;
  readonly sent: boolean;

  constructor(message: string, source: ProviderErrorSource, options: ProviderErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.source = source;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.status = options.status;
    this.sent = options.sent ?? true;
  }

  override get extensions(): Record<string, unknown> {
    return {
      provider: this.source.provider,
      connection: this.source.connection,
      ...(this.retryAfterSeconds === undefined ? {} : { retryAfterSeconds: this.retryAfterSeconds }),
    };
  }
}

/** Connection refused or reset, DNS, TLS, 5xx, redirect, or the circuit is open. */
export class ProviderUnavailableError extends ProviderError {
  readonly code = "PROVIDER_UNAVAILABLE";
}

/** No answer within the attempt's or the operation's deadline. */
export class ProviderTimeoutError extends ProviderError {
  readonly code = "PROVIDER_TIMEOUT";
}

/** 429, or our own limit for the connection could not be met within the deadline. */
export class ProviderRateLimitedError extends ProviderError {
  readonly code = "PROVIDER_RATE_LIMITED";
}

/** 401 or 403 at the provider, 402, or a login that did not work: our configuration, never the client's 401. */
export class ProviderAuthFailedError extends ProviderError {
  readonly code = "PROVIDER_AUTH_FAILED";
}

/** An answer that is not what the provider's reference promises: malformed, oversized, wrongly typed. */
export class ProviderBadResponseError extends ProviderError {
  readonly code = "PROVIDER_BAD_RESPONSE";
}

/** Guard for anything thrown by a provider's connection. */
export function isProviderError(error: unknown): error is ProviderError {
  return error instanceof ProviderError;
}
