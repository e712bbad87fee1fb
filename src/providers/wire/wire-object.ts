/**
 * Lenient reading of what arrived. A value of the wrong type costs its own field and nothing else: it reads as null and
 * leaves a `FieldProblem`; the rest of the row stands. Members nobody asks for are ignored.
 */
import { numberText } from "../../http/parse-json.js";
import {
  isJsonObject,
  normalizeDecimal,
  parseTimestamp,
  type EpochMs,
  type FieldProblem,
  type JsonObject,
  type JsonValue,
} from "../../model/index.js";
import { describeShape } from "./describe-shape.js";
import { toCamelCase } from "./to-camel-case.js";

/** Field or fields of the graph that are null when the value cannot be read. */
export type GraphField = string | readonly string[];

/**
 * One object of a payload. Every reader takes the member's wire name and the graph fields it feeds (default: the wire
 * name in camelCase), and answers null for a member that is missing, null or `""`: providers use all three for "unset".
 */
export class WireObject {
  /** The object itself, untouched. */
  readonly source: JsonObject;
  /** Place in the payload, e.g. `interaction[0]`; empty for the root. */
  readonly path: string;
  readonly #problems: FieldProblem[];

  constructor(source: JsonObject, path: string, problems: FieldProblem[]) {
    this.source = source;
    this.path = path;
    this.#problems = problems;
  }

  /** True when the member is there at all, whatever it holds. */
  has(key: string): boolean {
    return Object.hasOwn(this.source, key);
  }

  /** A string. */
  string(key: string, field?: GraphField): string | null {
    const value = this.#value(key);
    if (value === null || typeof value === "string") return value;
    return this.#refuse(key, field, "string", value);
  }

  /** A string, or a number as it was written: for ids, codes and PINs that some answers carry unquoted. */
  text(key: string, field?: GraphField): string | null {
    const value = this.#value(key);
    if (value === null || typeof value === "string") return value;
    return numberText(this.source, key) ?? this.#refuse(key, field, "string", value);
  }

  /** A number, quoted or not. One beyond 1e21 measures nothing, and sums of such are no longer finite: a problem. */
  number(key: string, field?: GraphField): number | null {
    const value = this.#value(key);
    if (value === null) return null;
    const number = typeof value === "string" ? fromDecimalText(value) : value;
    if (typeof number === "number" && Math.abs(number) <= 1e21) return number;
    return this.#refuse(key, field, "number", value);
  }

  /** A whole number within the safe range, quoted or not; `5.0` is 5, `5.5` is a problem. */
  integer(key: string, field?: GraphField): number | null {
    const value = this.#value(key);
    if (value === null) return null;
    const number = typeof value === "string" ? fromDecimalText(value) : value;
    if (typeof number === "number" && Number.isSafeInteger(number)) return number;
    return this.#refuse(key, field, "integer", value);
  }

  /** A boolean, also as `"true"` and `"false"` in any case. */
  boolean(key: string, field?: GraphField): boolean | null {
    const value = this.#value(key);
    if (value === null || typeof value === "boolean") return value;
    const word = typeof value === "string" ? value.trim().toLowerCase() : "";
    if (word === "true" || word === "false") return word === "true";
    return this.#refuse(key, field, "boolean", value);
  }

  /** An exact decimal in plain form (`"0.025"`), quoted or not, never through floating point. */
  decimal(key: string, field?: GraphField): string | null {
    const value = this.#value(key);
    if (value === null) return null;
    const text = typeof value === "string" ? value : numberText(this.source, key);
    const decimal = text === null ? null : normalizeDecimal(text);
    return decimal ?? this.#refuse(key, field, "decimal", value);
  }

  /** A time. `parse` answers milliseconds since the epoch or null. @default RFC 3339, UTC where no zone is given */
  timestamp(
    key: string,
    field?: GraphField,
    parse: (text: string) => EpochMs | null = parseTimestamp,
  ): EpochMs | null {
    const value = this.#value(key);
    if (value === null) return null;
    const time = typeof value === "string" ? parse(value) : null;
    return time ?? this.#refuse(key, field, "timestamp", value);
  }

  /** A nested object. */
  object(key: string, field?: GraphField): WireObject | null {
    const value = this.#value(key);
    if (value === null) return null;
    if (isJsonObject(value)) return new WireObject(value, this.#pathOf(key), this.#problems);
    return this.#refuse(key, field, "object", value);
  }

  /** An array as it came. */
  array(key: string, field?: GraphField): readonly JsonValue[] | null {
    const value = this.#value(key);
    if (value === null || Array.isArray(value)) return value;
    return this.#refuse(key, field, "array", value);
  }

  /**
   * The objects of an array; `[]` when unset. One object where an array belongs counts as an array of one, as several
   * serializers write it. An element that is not an object leaves a problem and is passed over.
   */
  objects(key: string, field?: GraphField): WireObject[] {
    const value = this.#value(key);
    if (isJsonObject(value)) return [new WireObject(value, this.#pathOf(key), this.#problems)];
    return (this.array(key, field) ?? []).flatMap((element, index) => {
      const place = `${key}[${index}]`;
      if (isJsonObject(element)) return [new WireObject(element, this.#pathOf(place), this.#problems)];
      this.#refuse(place, field ?? toCamelCase(key), "object", element);
      return [];
    });
  }

  /** The strings of an array; null when unset. An element that is not a string leaves a problem and is passed over. */
  strings(key: string, field?: GraphField): string[] | null {
    const elements = this.array(key, field);
    if (elements === null) return null;
    return elements.flatMap((element, index) => {
      if (typeof element === "string") return [element];
      this.#refuse(`${key}[${index}]`, field ?? toCamelCase(key), "string", element);
      return [];
    });
  }

  /** The member as it came, whatever it is. */
  json(key: string): JsonValue {
    return this.has(key) ? (this.source[key] ?? null) : null;
  }

  #value(key: string): JsonValue {
    // Own members only: `constructor` and the like are not part of anybody's payload.
    const value = this.has(key) ? this.source[key] : null;
    return value === undefined || value === "" ? null : value;
  }

  #pathOf(key: string): string {
    return this.path === "" ? key : `${this.path}.${key}`;
  }

  #refuse(key: string, field: GraphField | undefined, expected: string, value: JsonValue): null {
    const fields = field === undefined ? [toCamelCase(key)] : typeof field === "string" ? [field] : field;
    const received = describeShape(value);
    for (const name of fields)
      this.#problems.push({ path: this.#pathOf(key), field: name, expected, received });
    return null;
  }
}

function fromDecimalText(text: string): number | null {
  const decimal = normalizeDecimal(text);
  return decimal === null ? null : Number(decimal);
}
