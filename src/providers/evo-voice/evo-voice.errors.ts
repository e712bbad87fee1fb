/** Evo Voice's failures in our classes (Evo Voice reference §6). */
import {
  ProviderAuthFailedError,
  ProviderBadResponseError,
  type ProviderError,
  type ProviderErrorSource,
} from "../../errors/index.js";
import type { HttpAnswer } from "../../http/http-client.js";
import { parseJson } from "../../http/parse-json.js";
import { isJsonObject, type JsonObject, type JsonValue } from "../../model/index.js";
import { decodeXmlError } from "./evo-voice.xml.js";

/**
 * Statuses of a read whose body is read here. The HTTP client sees to the rest: 402, 429 and 5xx have no meaning of their own in
 * this API.
 */
export const REFUSALS = [400, 401, 403, 404, 405, 409] as const;

/** Error codes are exception names; anything longer or stranger is text and not shown. */
const CODE = /^[A-Za-z][A-Za-z0-9_.]{0,59}$/;
const UNREADABLE_CODE = "unreadable code";

/** One complaint about one member of a request; both may be missing on the wire. */
export interface FieldError {
  /** The provider's name for it, in whichever casing. */
  fieldName: string | null;
  message: string | null;
}

/** The error envelope (§6), without its stack trace, which is never passed on. */
export interface ErrorEnvelope {
  /** An exception's name or a code of their own; null where there is none: its presence marks an error. */
  code: string | null;
  message: string | null;
  errors: readonly FieldError[];
}

/** The envelope of a decoded body, in either casing; null where the body is no error. */
export function envelopeOf(body: JsonValue): ErrorEnvelope | null {
  const status = isJsonObject(body) ? member(body, "responseStatus") : null;
  if (!isJsonObject(status)) return null;
  const code = text(status, "errorCode");
  const errors = member(status, "errors");
  return {
    code: code === null || CODE.test(code) ? code : UNREADABLE_CODE,
    message: text(status, "message"),
    errors: (Array.isArray(errors) ? errors : []).flatMap((error) =>
      isJsonObject(error) ? [{ fieldName: text(error, "fieldName"), message: text(error, "message") }] : [],
    ),
  };
}

function member(object: JsonObject, name: string): JsonValue {
  return object[name] ?? object[name.charAt(0).toUpperCase() + name.slice(1)] ?? null;
}

function text(object: JsonObject, name: string): string | null {
  const value = member(object, name);
  return typeof value === "string" && value.trim() !== "" ? value : null;
}

/** The error code of a decoded body; null where the body is no error. */
export function errorCodeOf(body: JsonValue): string | null {
  return envelopeOf(body)?.code ?? null;
}

/** The envelope of a refusal's body; null for a body that has none (HTML, empty): its HTTP status speaks for it. */
export function refusalEnvelope(answer: HttpAnswer): ErrorEnvelope | null {
  return envelopeOf(decodeRefusal(answer.text));
}

function decodeRefusal(body: string): JsonValue {
  try {
    return parseJson(body);
  } catch {
    // Not JSON: the format asked for may have been XML, and a proxy in between answers HTML.
    return decodeXmlError(body);
  }
}

/** Turns a refusal into our error; only the code of the provider's envelope is repeated, never its text. */
export function toRefusalError(answer: HttpAnswer, source: ProviderErrorSource): ProviderError {
  const { status } = answer;
  const code = refusalEnvelope(answer)?.code ?? String(status);
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
