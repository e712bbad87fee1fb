/** A 4xx of Plivo to problems of the input (Plivo reference §10). */
import type { HttpAnswer } from "../../http/http-client.js";
import { isJsonObject, type JsonObject } from "../../model/index.js";
import type { RefusedCommand } from "../commands.js";
import { inOurNames, toRefusal } from "../refusal.js";
import { toWireName } from "./plivo.command-body.js";
import { CREATE_FIELDS, SECRET_FIELDS } from "./plivo.command-rules.js";
import { tryParse } from "./plivo.wire.js";

/** §10.3 gives these a 400, though no other input would have helped. Matched loosely, as the texts vary. */
const STATE_TEXT = /already expired|pool exhausted|not available/i;

const OUR_NAMES: ReadonlyMap<string, string> = new Map([
  ...CREATE_FIELDS.map((name): [string, string] => [toWireName(name), name]),
  // Some pages have this spelling (§16 Q15).
  ["is_pin_authentication", "isPinAuthenticationRequired"],
]);

/** What was refused. */
export interface RefusedInput {
  input: JsonObject;
  /** Members that the command takes; a complaint that names one of them points at it. */
  takes: readonly string[];
  /** What to say of a 404 that says nothing itself. @default that the session is gone */
  notFound?: string;
}

/** The answer to a refused command. PINs that were sent are taken out of what Plivo says. */
export function toPlivoRefusal(
  { status, text }: HttpAnswer,
  { input, takes, notFound }: RefusedInput,
): RefusedCommand {
  const error = readError(text);
  if (error === null) {
    const said = status === 404 && notFound !== undefined ? [{ message: notFound }] : [];
    return toRefusal(status, "Plivo", said);
  }
  const isState = status === 400 && STATE_TEXT.test(error);
  const isInput = !isState && (status === 400 || status === 422);
  const message = toOurWords(withoutPins(error, input));
  const refusal = toRefusal(status, "Plivo", [{ message, path: isInput ? pathOf(error, takes) : null }]);
  return isState ? { ...refusal, code: "CONFLICT" } : refusal;
}

/** `error` is plain text (§10.1); the body may also be `{}` or no JSON at all. */
function readError(text: string): string | null {
  const json = tryParse(text);
  const error = isJsonObject(json) ? json["error"] : undefined;
  return typeof error === "string" && error.trim() !== "" ? error : null;
}

/** The first member that is named. */
function pathOf(error: string, takes: readonly string[]): readonly string[] | null {
  for (const word of error.match(/[a-z]+(?:_[a-z]+)*/g) ?? []) {
    const name = OUR_NAMES.get(word);
    if (name !== undefined && takes.includes(name)) return [name];
  }
  return null;
}

/** A name may end the sentence: the full stop is no part of it. */
function toOurWords(error: string): string {
  return error
    .split(/(\.(?:\s|$))/)
    .map((part) => inOurNames(part, OUR_NAMES))
    .join("");
}

/** Whole digit runs only: digits in the midst of a telephone number are that number's, which is masked as a whole. */
function withoutPins(error: string, input: JsonObject): string {
  const pins = SECRET_FIELDS.map((name) => input[name]);
  return error.replace(/\d+/g, (digits) => (pins.includes(digits) ? "[PIN]" : digits));
}
