/** What went wrong, in words that say what to do. Only codes and our own sentences: nothing that came from outside. */
import { isProviderError } from "../errors/index.js";
import { DeadlineError } from "../http/deadline.js";
import type { ConfigField, ProviderModule } from "../providers/provider.js";
import { toDuration } from "./duration.js";
import type { Examination } from "./examination.js";
import type { Check } from "./report.js";

/** What codes of Node's network, TLS and HTTP layers mean to an operator. */
const NETWORK: readonly (readonly [RegExp, string])[] = [
  [/^(?:ENOTFOUND|EAI_AGAIN)$/, "the host's name cannot be resolved here"],
  [/^ECONNREFUSED$/, "nothing listens at this host and port"],
  [/^(?:EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT)$/, "there is no way through to the host"],
  [/^(?:ECONNRESET|EPIPE|UND_ERR_SOCKET)$/, "the connection is cut before an answer comes"],
  [
    /^(?:EPROTO|ERR_SSL_|ERR_TLS_)/,
    "TLS does not come about; is it http rather than https, or the other way",
  ],
  [/^(?:CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/, "its certificate is not trusted here"],
];

/**
 * The network's part in a failure as half a sentence with its code, looked for among the causes; null where it has
 * none.
 */
export function describeNetwork(error: unknown): string | null {
  for (let at = error; at instanceof Error; at = at.cause) {
    const code = "code" in at ? String(at.code) : "";
    const words = NETWORK.find(([pattern]) => pattern.test(code))?.[1];
    if (words !== undefined) return `${words} (${code})`;
  }
  return null;
}

/** How long an answer was waited for when there was none in time; null for any other failure. */
export function waitedMs(error: unknown): number | null {
  for (let at = error; at instanceof Error; at = at.cause)
    if (at instanceof DeadlineError) return at.timeoutMs;
  return null;
}

/** A check that ended with an error. A mistake of ours goes to the log; the report only says that there was one. */
export function toFailedCheck(name: string, error: unknown, { signal, log }: Examination): Check {
  const waited = waitedMs(error);
  if (waited !== null) return { name, status: "failed", message: `no answer within ${toDuration(waited)}` };
  if (isProviderError(error)) return { name, status: "failed", message: error.message };
  if (signal.aborted) return { name, status: "skipped", message: "interrupted" };
  log.error({ err: error, check: name }, "a check broke off");
  return {
    name,
    status: "failed",
    message: "the check itself broke off; with LOG_LEVEL=error the log says why",
  };
}

/** Settings by both their names: `baseUrl (PLIVO_BASE_URL)`. */
export function nameSettings(module: ProviderModule, isMeant: (field: ConfigField) => boolean): string {
  return module.config
    .filter(isMeant)
    .map(({ key, env }) => `${key} (${env})`)
    .join(", ");
}
