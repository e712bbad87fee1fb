/**
 * The rules of a command's input, collected rather than thrown: whoever sent it learns everything that is wrong at once.
 * GraphQL has checked the types already, except inside JSON.
 */
import { isJsonObject, type JsonObject, type JsonValue } from "../model/index.js";
import type { InputProblem } from "./commands.js";

/** A number by the vendors' own pattern (Speko reference §3.1); all of them accept it. */
export const E164 = /^\+[1-9]\d{6,14}$/;

export interface TextRule {
  /** @default false */
  required?: boolean;
  /** Characters, both ends included. */
  max?: number;
  min?: number;
  pattern?: RegExp;
  /** What `pattern` stands for, to follow "expected": "3 to 64 digits". Needed with `pattern`. */
  expected?: string;
}

/** Checks one input object; `problems` has what was found, in the order of the checks. */
export class InputRules {
  readonly problems: InputProblem[];
  readonly #input: JsonObject;
  readonly #path: readonly string[];

  constructor(input: JsonObject, path: readonly string[] = [], problems: InputProblem[] = []) {
    this.#input = input;
    this.#path = path;
    this.problems = problems;
  }

  has(name: string): boolean {
    return this.#input[name] !== undefined && this.#input[name] !== null;
  }

  value(name: string): JsonValue | undefined {
    return this.#input[name];
  }

  /** Reports a problem of one member, or of the object itself. */
  add(name: string | null, message: string): void {
    this.problems.push({ path: name === null ? this.#path : [...this.#path, name], message });
  }

  /** Members that this command takes; any other that is given is a mistake rather than lost. */
  takes(who: string, names: readonly string[]): this {
    for (const name of Object.keys(this.#input)) {
      if (this.has(name) && !names.includes(name)) this.add(name, `${name}: ${who} does not take this here.`);
    }
    return this;
  }

  required(name: string): this {
    if (!this.has(name)) this.add(name, `${name}: expected a value, got none.`);
    return this;
  }

  /** Text that is not blank. */
  text(name: string, { required = false, min = 1, max, pattern, expected }: TextRule = {}): this {
    const value = this.#input[name];
    if (value === undefined || value === null) return required ? this.required(name) : this;
    if (typeof value !== "string") this.add(name, `${name}: expected text, got ${kindOf(value)}.`);
    else if (value.trim() === "") this.add(name, `${name}: expected text, got none but blanks.`);
    else if (max !== undefined && value.length > max)
      this.add(name, `${name}: expected at most ${max} characters, got ${value.length}.`);
    else if (value.length < min) this.add(name, `${name}: expected at least ${min} characters.`);
    else if (pattern !== undefined && !pattern.test(value))
      this.add(name, `${name}: expected ${expected ?? String(pattern)}.`);
    return this;
  }

  e164(name: string, required = false): this {
    return this.text(name, { required, pattern: E164, expected: "a number in E.164, such as +12025550134" });
  }

  /** A whole number within bounds, both included. */
  integer(name: string, min: number, max: number): this {
    const value = this.#input[name];
    if (value === undefined || value === null) return this;
    if (typeof value !== "number" || !Number.isInteger(value) || value < min || value > max)
      this.add(name, `${name}: expected a whole number from ${min} to ${max}.`);
    return this;
  }

  boolean(name: string): this {
    const value = this.#input[name];
    if (value !== undefined && value !== null && typeof value !== "boolean")
      this.add(name, `${name}: expected true or false, got ${kindOf(value)}.`);
    return this;
  }

  oneOf(name: string, values: readonly string[], required = false): this {
    const value = this.#input[name];
    if (value === undefined || value === null) return required ? this.required(name) : this;
    if (typeof value !== "string" || !values.includes(value))
      this.add(name, `${name}: expected ${listOf(values)}.`);
    return this;
  }

  /** An absolute http or https URL. `max`: characters at most. */
  url(name: string, max = 2_000): this {
    const value = this.#input[name];
    if (value === undefined || value === null) return this;
    if (typeof value !== "string" || !isWebUrl(value))
      this.add(name, `${name}: expected an http or https URL.`);
    else if (value.length > max) this.add(name, `${name}: expected a URL of at most ${max} characters.`);
    return this;
  }

  /** The rules of a member that is an object (JSON); null when it is absent or something else. */
  object(name: string): InputRules | null {
    const value = this.#input[name];
    if (value === undefined || value === null) return null;
    if (isJsonObject(value)) return new InputRules(value, [...this.#path, name], this.problems);
    this.add(name, `${name}: expected an object, got ${kindOf(value)}.`);
    return null;
  }

  /** The rules of each object in a list; empty when it is absent. */
  objects(name: string, max: number): InputRules[] {
    const value = this.#input[name];
    if (value === undefined || value === null) return [];
    if (!Array.isArray(value) || value.length === 0 || value.length > max) {
      this.add(name, `${name}: expected a list of 1 to ${max}.`);
      return [];
    }
    return value.flatMap((item, index) => {
      const path = [...this.#path, name, String(index)];
      if (isJsonObject(item)) return [new InputRules(item, path, this.problems)];
      this.problems.push({ path, message: `${name}: expected objects, got ${kindOf(item)}.` });
      return [];
    });
  }

  /** Members that mean nothing unless `holds`; `message` says when they do. */
  onlyWhen(holds: boolean, names: readonly string[], message: string): this {
    if (!holds) for (const name of names) if (this.has(name)) this.add(name, `${name}: ${message}`);
    return this;
  }

  /** Exactly one of two members. */
  either(one: string, other: string): this {
    if (this.has(one) === this.has(other))
      this.add(
        this.has(one) ? other : one,
        `Expected ${one} or ${other}, got ${this.has(one) ? "both" : "neither"}.`,
      );
    return this;
  }
}

function isWebUrl(text: string): boolean {
  return /^https?:\/\//i.test(text) && URL.canParse(text);
}

function listOf(values: readonly string[]): string {
  return values.length < 2 ? values.join() : `${values.slice(0, -1).join(", ")} or ${values.at(-1)}`;
}

function kindOf(value: JsonValue): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "a list" : typeof value === "object" ? "an object" : `a ${typeof value}`;
}
