/** What a 4xx of PortSIP says (PortSIP reference §8): `{"errors": [{"code", "message", "detail"}]}`, or nothing. */
import type { HttpAnswer } from "../../http/http-client.js";
import { parseJson } from "../../http/parse-json.js";
import { isJsonObject, type JsonValue } from "../../model/index.js";
import type { RefusedCommand } from "../commands.js";
import { inOurNames, toRefusal, type Complaint } from "../refusal.js";
import { readObject } from "../wire/index.js";

const RIGHT_MISSING =
  "the login's role may not do this: it needs the permission Company Call Sessions: Full Access.";

/** `names`: the command's members by PortSIP's names. */
export function toPortsipRefusal(answer: HttpAnswer, names: ReadonlyMap<string, string>): RefusedCommand {
  const told = complaintsIn(answer.text, names);
  return toRefusal(
    answer.status,
    "PortSIP",
    answer.status === 403 ? [{ message: RIGHT_MISSING }, ...told] : told,
  );
}

/** None for a body that is empty, HTML or anything else: the status then speaks for itself. */
function complaintsIn(text: string, names: ReadonlyMap<string, string>): Complaint[] {
  const errors = readObject(toJson(text), [])?.objects("errors") ?? [];
  return errors.map((error) => {
    const words = error.string("message") ?? error.string("code") ?? "";
    const field = fieldIn(error.json("detail"), names) ?? names.get(words.match(wordIn(names))?.[0] ?? "");
    return { message: inOurNames(words, names), path: field === undefined ? null : [field] };
  });
}

function toJson(text: string): JsonValue {
  try {
    return parseJson(text);
  } catch {
    return null;
  }
}

/** `detail` is free-form: the first of our members that it names, as a value or else as a key. */
function fieldIn(detail: JsonValue, names: ReadonlyMap<string, string>): string | undefined {
  if (typeof detail === "string") return names.get(detail);
  const parts = Array.isArray(detail)
    ? detail
    : isJsonObject(detail)
      ? [...Object.values(detail).map((value) => value ?? null), ...Object.keys(detail)]
      : [];
  return parts.map((part) => fieldIn(part, names)).find((name) => name !== undefined);
}

/** The first whole word that is one of the names. */
function wordIn(names: ReadonlyMap<string, string>): RegExp {
  return new RegExp(`\\b(?:${[...names.keys()].join("|") || "(?!)"})\\b`);
}
