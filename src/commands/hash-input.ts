import { createHash } from "node:crypto";
import type { JsonObject, JsonValue } from "../model/index.js";

/**
 * A fingerprint of an input: equal for equal wishes, whatever the order of their members. The command log keeps this
 * instead of the input, which has people's numbers in it. `idempotencyKey` is no part of the wish.
 */
export function hashInput(input: JsonObject): string {
  const { idempotencyKey: _, ...wish } = input;
  return createHash("sha256").update(canonical(wish)).digest("base64url");
}

function canonical(value: JsonValue): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.keys(value).sort();
  return `{${members.map((name) => `${JSON.stringify(name)}:${canonical(value[name] ?? null)}`).join()}}`;
}
