/** Payloads as they stand on the wire: JSON values, and text in between that `JSON.stringify` cannot be made to write. */
import fc from "fast-check";

/**
 * Text that is put on the wire as it is: numbers with their exact digits, and values so long or so deep that a failing
 * run could not print them. It prints as its name.
 */
export class Verbatim {
  readonly name: string;
  /** The value in JSON. */
  readonly json: string;
  /** What the value is as character data. */
  readonly plain: string;

  constructor(name: string, json: string, plain = json) {
    this.name = name;
    this.json = json;
    this.plain = plain;
  }

  [fc.toStringMethod](): string {
    return `<${this.name}>`;
  }
}

export type WireValue = string | number | boolean | null | Verbatim | WireValue[] | WireRow;
export interface WireRow {
  [key: string]: WireValue;
}

/** True for an object with members. */
export function isRow(value: WireValue | undefined): value is WireRow {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Verbatim);
}

/** The JSON text of a value. `__proto__` is a member like any other. */
export function toJson(value: WireValue): string {
  if (value instanceof Verbatim) return value.json;
  if (Array.isArray(value)) return `[${value.map(toJson).join(",")}]`;
  if (!isRow(value)) return JSON.stringify(value);
  const members = Object.entries(value).map(([key, member]) => `${JSON.stringify(key)}:${toJson(member)}`);
  return `{${members.join(",")}}`;
}

/** A copy with members replaced; a member set to `undefined` is left out. */
export function withMembers(row: WireRow, members: Record<string, WireValue | undefined>): WireRow {
  const entries = Object.entries({ ...row, ...members });
  return Object.fromEntries(entries.filter((entry): entry is [string, WireValue] => entry[1] !== undefined));
}
