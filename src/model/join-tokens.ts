/** Texts that a creator of a call attached to it and that may name the same thing at another provider. Pure. */
import type { JsonValue } from "./json.js";
import { parsePhoneNumber } from "./phone-number.js";

/** Values taken of one session at most, and how deep they are looked for. */
const MAX_TOKENS = 16;
const MAX_DEPTH = 5;
const MIN_LENGTH = 5;
const MAX_LENGTH = 128;

/**
 * Values that can identify something: ticket numbers, order numbers, ids of sessions, in lower case. Objects, lists and
 * JSON in a text are looked through, and texts such as `order=4711;ticket=crm-9` are taken apart. What has no digit
 * (words, languages), is a telephone number, or is a date or time identifies no call and is left out.
 */
export function toJoinTokens(...values: readonly (JsonValue | undefined)[]): string[] {
  const tokens = new Set<string>();
  for (const value of values) collect(value, tokens, 0);
  return [...tokens].slice(0, MAX_TOKENS);
}

function collect(value: JsonValue | undefined, tokens: Set<string>, depth: number): void {
  if (value === null || value === undefined || depth > MAX_DEPTH || tokens.size >= MAX_TOKENS) return;
  if (typeof value === "string" || typeof value === "number") {
    collectText(String(value), tokens, depth);
    return;
  }
  if (typeof value !== "object") return;
  for (const member of Object.values(value)) collect(member, tokens, depth + 1);
}

function collectText(given: string, tokens: Set<string>, depth: number): void {
  const text = given.trim();
  if (/^[[{]/.test(text)) {
    collect(parseJson(text), tokens, depth + 1);
    return;
  }
  if (isToken(text)) tokens.add(text.toLowerCase());
  // Longer texts are prose, not a list of keys.
  if (text.length > 4 * MAX_LENGTH) return;
  for (const part of text.split(/[\s,;&=|"']+/)) {
    if (part !== text && isToken(part)) tokens.add(part.toLowerCase());
  }
}

function isToken(text: string): boolean {
  if (text.length < MIN_LENGTH || text.length > MAX_LENGTH || !/\d/.test(text) || /\s/.test(text))
    return false;
  if (/^\d{4}-\d{2}-\d{2}|^\d{1,2}:\d{2}|^[\d.,]{1,6}$/.test(text)) return false;
  return parsePhoneNumber(text) === null || !/^\+?[\d().-]{10,15}$/.test(text);
}

function parseJson(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return null;
  }
}
