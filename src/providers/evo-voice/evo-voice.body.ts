/** Bodies of answers, in either format. */
import type { ProviderErrorSource } from "../../errors/index.js";
import type { HttpAnswer } from "../../http/http-client.js";
import { parseJson } from "../../http/parse-json.js";
import type { JsonValue } from "../../model/index.js";
import type { EvoVoiceFormat } from "./evo-voice.config.js";
import { errorCodeOf, toBadBodyError } from "./evo-voice.errors.js";
import type { Shape } from "./evo-voice.wire.js";
import { decodeXml } from "./evo-voice.xml.js";

/** What is needed to read a body: the format asked for, and whom to name when it is no good. */
export interface BodyContext {
  format: EvoVoiceFormat;
  source: ProviderErrorSource;
}

/**
 * The body of a 2xx that was asked for; null for an empty one, which is how null is written. Throws
 * `ProviderBadResponseError` for what is not the expected document, and for an error sent as a success.
 */
export function decodeBody(answer: HttpAnswer, shape: Shape, context: BodyContext): JsonValue {
  let json: JsonValue;
  try {
    json = parseBody(answer, shape, context.format);
  } catch (cause) {
    const expected = isXml(answer, context.format) ? "XML" : "JSON";
    throw toBadBodyError(
      `Expected ${expected} from Evo Voice, got something else.`,
      answer,
      context.source,
      cause,
    );
  }
  return noError(json, answer, context.source);
}

/**
 * The body of a 2xx that says something extra about a write which was done whether or not it can be read: null where it
 * cannot. Throws `ProviderBadResponseError` for an error sent as a success: what became of the write is then open.
 */
export function decodeExtra(answer: HttpAnswer, shape: Shape, context: BodyContext): JsonValue {
  let json: JsonValue;
  try {
    json = parseBody(answer, shape, context.format);
  } catch {
    return null;
  }
  return noError(json, answer, context.source);
}

function parseBody(answer: HttpAnswer, shape: Shape, format: EvoVoiceFormat): JsonValue {
  if (answer.text.trim() === "") return null;
  return isXml(answer, format) ? decodeXml(answer.text, shape) : parseJson(answer.text);
}

/** The answer's own content type decides between the formats, the one asked for where it names neither. */
function isXml(answer: HttpAnswer, format: EvoVoiceFormat): boolean {
  const type = answer.headers["content-type"] ?? "";
  return /\bxml\b/.test(type) || (format === "xml" && !/\bjson\b/.test(type));
}

function noError(json: JsonValue, answer: HttpAnswer, source: ProviderErrorSource): JsonValue {
  const code = errorCodeOf(json);
  if (code !== null) throw toBadBodyError(`Evo Voice answered with an error (${code}).`, answer, source);
  return json;
}
