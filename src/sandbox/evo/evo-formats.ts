import type { Faults } from "../conversation.js";
import type { SandboxHttpAnswer, SandboxHttpRequest } from "../kit/sandbox-http.js";
import { ERROR_RESPONSE, type Contract } from "./evo-contracts.js";
import type { EvoRefusal } from "./evo-errors.js";
import { toJsonValue, toXml } from "./evo-serialize.js";

export type Format = "json" | "xml";

/**
 * The suffix of the path, else `?format=`, else what `Accept` prefers (Evo Voice reference §1). Anything else, `*`+`/*`
 * included, is JSON.
 */
export function chooseFormat(request: SandboxHttpRequest): { format: Format; path: string } {
  const suffix = /^(.*)\.(json|xml)$/.exec(request.path);
  if (suffix) return { format: suffix[2] === "xml" ? "xml" : "json", path: suffix[1] ?? "" };
  const asked = request.query.get("format")?.toLowerCase();
  if (asked === "json" || asked === "xml") return { format: asked, path: request.path };
  return { format: preferred(request.headers.accept ?? ""), path: request.path };
}

/** A value in the wanted format. Nothing at all is an empty 204. */
export function writeAnswer(
  result: { contract: Contract; value: unknown } | null,
  format: Format,
  faults: Faults,
  status = 200,
): SandboxHttpAnswer {
  if (result === null) return { status: 204, body: null };
  const value = toJsonValue(result.value, result.contract, faults);
  return format === "xml"
    ? {
        status,
        headers: { "content-type": "application/xml; charset=utf-8" },
        body: toXml(value, result.contract),
      }
    : {
        status,
        headers: { "content-type": "application/json; charset=utf-8" },
        body: JSON.stringify(value),
      };
}

/** The error envelope of §6. For a member at fault the top repeats the first entry of `errors`. */
export function writeError(refusal: EvoRefusal, format: Format): SandboxHttpAnswer {
  const { status, errorCode, message, fieldName } = refusal;
  const errors = fieldName === null ? [] : [{ errorCode, fieldName, message }];
  const value = { responseStatus: { errorCode, message, errors } };
  return writeAnswer({ contract: ERROR_RESPONSE, value }, format, {}, status);
}

function preferred(accept: string): Format {
  const wishes = accept
    .split(",")
    .map((part) => {
      const [type = "", ...parameters] = part.trim().toLowerCase().split(";");
      const q = parameters.find((parameter) => parameter.trim().startsWith("q="));
      return { type: type.trim(), weight: q ? Number(q.trim().slice(2)) : 1 };
    })
    .sort((a, b) => b.weight - a.weight);
  const known = wishes.find(({ type }) => type === "*/*" || /^(application|text)\/(json|xml)$/.test(type));
  return known?.type.endsWith("/xml") ? "xml" : "json";
}
