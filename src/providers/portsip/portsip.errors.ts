import {
  ProviderAuthFailedError,
  ProviderBadResponseError,
  type ProviderErrorSource,
} from "../../errors/index.js";

/** The login was refused: 400 and 401 alike mean wrong credentials here (PortSIP reference §2.4, §8). */
export function loginRefused(status: number, source: ProviderErrorSource): ProviderAuthFailedError {
  const sentence =
    status === 403
      ? "PortSIP does not let this user log in."
      : "PortSIP does not accept the user name, password or domain.";
  return new ProviderAuthFailedError(sentence, source, { status });
}

/** A login that wants a one-time code, which a gateway cannot have (§2.2, §10 Q20). */
export function secondFactorWanted(source: ProviderErrorSource): ProviderAuthFailedError {
  return new ProviderAuthFailedError(
    "PortSIP asks for a second factor: configure a service account without two-factor authentication.",
    source,
    { status: 200 },
  );
}

/** A fresh login's token was refused as well: the account lacks what the request needs, or the PBX is confused. */
export function tokenRefused(source: ProviderErrorSource): ProviderAuthFailedError {
  return new ProviderAuthFailedError("PortSIP does not accept its own access token.", source, {
    status: 401,
  });
}

/** A read that the login's role does not allow (§2.6). */
export function rightMissing(error: ProviderAuthFailedError): ProviderAuthFailedError {
  const sentence =
    "PortSIP accepts the login, but its role may not read this: it needs Company Call Sessions: View Only for live calls, and the role Admin or QueueManager for call logs and recordings.";
  return new ProviderAuthFailedError(sentence, error.source, { cause: error, status: 403 });
}

/** None of the three login endpoints exists: the base URL is not that of a PBX's REST API. */
export function noLoginEndpoint(source: ProviderErrorSource): ProviderBadResponseError {
  return new ProviderBadResponseError(
    "PortSIP has no login endpoint below the configured base URL; check that it is the PBX's REST API.",
    source,
    { status: 404 },
  );
}

/** An answer that is JSON, but not the JSON its page promises. */
export function unexpectedShape(expected: string, source: ProviderErrorSource): ProviderBadResponseError {
  return new ProviderBadResponseError(`Expected ${expected} from PortSIP, got something else.`, source);
}
