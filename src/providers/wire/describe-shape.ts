import type { JsonValue } from "../../model/index.js";

/** What kind of thing a value is, and how long, never the value: `"string of 12 characters"`, `"array of 3"`. */
export function describeShape(value: JsonValue | undefined): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return `array of ${value.length}`;
  if (typeof value === "string") return `string of ${value.length} characters`;
  return typeof value;
}
