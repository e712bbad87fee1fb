import { ProviderBadResponseError, type ProviderErrorSource } from "../../errors/index.js";
import type { HttpAnswer } from "../../http/http-client.js";
import { parseJson } from "../../http/parse-json.js";
import type { JsonValue } from "../../model/index.js";

/** The JSON of an answer's body. Throws `ProviderBadResponseError` when it is not JSON; nothing of the body is quoted. */
export function parseAnswer(answer: HttpAnswer, source: ProviderErrorSource): JsonValue {
  try {
    return parseJson(answer.text);
  } catch (cause) {
    throw new ProviderBadResponseError("The provider answered with something that is not JSON.", source, {
      cause,
      status: answer.status,
    });
  }
}
