/** Evo Voice's failures in our classes (Evo Voice reference §6). */
import {
  ProviderAuthFailedError,
  ProviderBadResponseError,
  type ProviderError,
  type ProviderErrorSource,
} from "../../errors/index.js";
import type { HttpAnswer } from "../../http/http-client.js";
import { parseJson } from "../../http/parse-json.js";
import { isJsonObject, type JsonValue } from "../../model/index.js";
import { decodeXmlError } from "./evo-voice.xml.js";

/**
 * Statuses whose body is read here. The HTTP client sees to the rest: 402, 429 and 5xx have no meaning of their own in
 * this API.
 */
export const REFUSALS = [400, 401, 403, 404, 405, 409] as const;

/** Error codes are exception names; anything longer or stranger is text and not shown. */
const CODE = /^[A-Za-z][A-Za-z0-9_.]{0,59}$/;

/** The error code of a decoded body, in either casing of the envelope; null where the body is no error. */
export function errorCodeOf(body: JsonValue): string | null {
  if (!isJsonObject(body)) return null;
  const status = body.responseStatus ?? body.ResponseStatus;
  if (!isJsonObject(status)) return null;
  const code = status.errorCode ?? status.ErrorCode;
  return typeof code === "string" && CODE.test(code) ? code : null;
}

/** The error code of a refusal; a body that has none (HTML, empty) is spoken for by its HTTP status. */
export function refusalCode(answer: HttpAnswer): string {
  return errorCodeOf(decodeRefusal(answer.text)) ?? String(answer.status);
}

function decodeRefusal(text: string): JsonValue {
  try {
    return parseJson(text);
  } catch {
    // Not JSON: the format asked for may have been XML, and a proxy in between answers HTML.
    return decodeXmlError(text);
  }
}

/** Turns a refusal into our error; only the code of the provider's envelope is repeated, never its text. */
export function toRefusalError(answer: HttpAnswer, source: ProviderErrorSource): ProviderError {
  const { status } = answer;
  const code = refusalCode(answer);
  if (status === 401) {
    return new ProviderAuthFailedError("Evo Voice does not accept the session it has just opened.", source, {
      status,
    });
  }
  if (status === 403) {
    return new ProviderAuthFailedError(
      `The Evo Voice login lacks the role or the account for this (${code}).`,
      source,
      { status },
    );
  }
  return new ProviderBadResponseError(`Evo Voice refused a request (HTTP ${status}, ${code}).`, source, {
    status,
  });
}

/** A 2xx whose body is not what was asked for. */
export function toBadBodyError(
  message: string,
  answer: HttpAnswer,
  source: ProviderErrorSource,
  cause?: unknown,
): ProviderError {
  return new ProviderBadResponseError(message, source, { status: answer.status, cause });
}

/** A 2xx whose body is readable, but not the body its page promises. */
export function unexpectedShape(expected: string, source: ProviderErrorSource): ProviderError {
  return new ProviderBadResponseError(`Expected ${expected} from Evo Voice, got something else.`, source);
}
