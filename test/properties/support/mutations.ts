/** Damage: any value at any place becomes another, disappears, comes twice, or gets a neighbour nobody expects. */
import { createHash } from "node:crypto";
import fc from "fast-check";
import { isRow, Verbatim, type WireRow, type WireValue } from "./wire-text.js";

type Path = readonly (string | number)[];

/** One blow. `at` picks the place, by its number among all places modulo how many there are. */
export interface Mutation {
  at: number;
  kind: "replace" | "delete" | "repeat" | "wrap" | "add";
  value: WireValue;
  /** Member that `add` adds. */
  key: string;
}

function deep(levels: number, open: string, close: string): Verbatim {
  return new Verbatim(`${levels} × ${open}`, `${open.repeat(levels)}1${close.repeat(levels)}`, "deep");
}

function long(length: number, unit: string, end = ""): Verbatim {
  const plain = unit.repeat(length) + end;
  return new Verbatim(
    `${length} × ${JSON.stringify(unit)} and ${JSON.stringify(end)}`,
    JSON.stringify(plain),
    plain,
  );
}

/** Long text that no database can compress into the size of an index entry. */
const NOISE_TEXT = Array.from({ length: 200 }, (_, index) =>
  createHash("sha256").update(String(index)).digest("hex"),
).join("");
const NOISE = new Verbatim(`${NOISE_TEXT.length} random digits`, JSON.stringify(NOISE_TEXT), NOISE_TEXT);

const LITERALS = ["1e400", "-1e400", "-0", "1e-400", "0.1e1", "123456789012345678901234567890", "1E+2"];

const NESTED = [deep(150, "[", "]"), deep(1_000, '{"a":', "}")];
const NESTED_TOO_DEEP = [deep(3_000, "[", "]"), deep(50_000, "[", "]"), deep(20_000, '{"a":', "}")];

/** Values that no reference promises anywhere. */
function oddValue(anyDepth = true): fc.Arbitrary<WireValue> {
  return fc.oneof(
    fc.constantFrom<WireValue>(
      null,
      "",
      " ",
      true,
      false,
      0,
      -1,
      1.5,
      "0",
      "-0",
      "NaN",
      "Infinity",
      "1e400",
      "true",
    ),
    fc.constantFrom<WireValue>(
      Number.MAX_SAFE_INTEGER,
      Number.MIN_SAFE_INTEGER,
      2 ** 31,
      -(2 ** 31),
      1e21,
      5e-324,
      1e308,
    ),
    fc.constantFrom(...LITERALS).map((literal) => new Verbatim(`number ${literal}`, literal)),
    fc.constantFrom<WireValue>(
      "\ud800",
      "a\udc00b",
      "\u0000",
      "a\u0000b",
      "\u2028",
      "a\nb",
      "\r\n",
      "__proto__",
      "constructor",
    ),
    fc.constantFrom(
      "0001-01-01T00:00:00Z", "0000-00-00T00:00:00Z", "0001-01-01 00:00:00 +0000 UTC", "9999-12-31T23:59:59-23:59",
      "/Date(999999999999999)/", "/Date(-62135596800000-0000)/", "/Date(-999999999999999)/", "2024-02-30T00:00:00Z",
      "275760-09-13T00:00:00Z", "0050-06-01T00:00:00Z", "0000-01-01 00:00:00 +0100 CET",
    ), // prettier-ignore
    fc.constantFrom(...NESTED, ...(anyDepth ? NESTED_TOO_DEEP : [])),
    fc.constantFrom(
      long(50_000, "x"), long(50_000, "a", "!"), long(50_000, "@", "\n"), long(50_000, "1"), long(50_000, "0", "1"),
      long(20_000, "é"), long(300, "\ud800"), long(50_000, " ", "x"), long(50_000, ";service-number=", "\n"),
      long(50_000, "(", "1"), NOISE, NOISE,
    ), // prettier-ignore
    fc.constantFrom<WireValue>([], {}, [[]], [null], [{}], ["a", 1, null, {}]),
    prototypeish(),
    fc.string({ maxLength: 12, unit: "binary" }),
    fc.double(),
    fc.jsonValue({ maxDepth: 3 }).map((value) => value as WireValue),
  );
}

/** Own members with names that every object has, or that change what an object is when they are assigned. */
function prototypeish(): fc.Arbitrary<WireRow> {
  const names = fc.constantFrom(
    "__proto__",
    "constructor",
    "prototype",
    "toString",
    "hasOwnProperty",
    "toJSON",
    "then",
  );
  return fc
    .array(fc.tuple(names, fc.constantFrom<WireValue>("x", 1, null, {}, { id: "x" })), {
      minLength: 1,
      maxLength: 3,
    })
    .map((members) => Object.fromEntries(members));
}

const ADDED_KEYS = [
  "__proto__",
  "constructor",
  "toString",
  "then",
  "length",
  "",
  "id",
  "status",
  "\ud800",
  "a\u0000",
];

function mutation(anyDepth: boolean): fc.Arbitrary<Mutation> {
  return fc.record({
    at: fc.nat(),
    kind: fc.constantFrom("replace", "replace", "replace", "delete", "repeat", "wrap", "add"),
    value: oddValue(anyDepth),
    key: fc.constantFrom(...ADDED_KEYS),
  });
}

/**
 * One to three blows. Not `anyDepth`: none that nests deeper than a parser that keeps numbers exact can follow, beyond
 * which a whole body is no longer read.
 */
export function mutations({ anyDepth = true } = {}): fc.Arbitrary<Mutation[]> {
  return fc.array(mutation(anyDepth), { minLength: 1, maxLength: 3 });
}

/** Every place below a value. */
export function placesOf(value: WireValue, path: Path = []): Path[] {
  const children: readonly (readonly [string | number, WireValue])[] = Array.isArray(value)
    ? value.map((child, index) => [index, child] as const)
    : isRow(value)
      ? Object.entries(value)
      : [];
  return children.flatMap(([key, child]) => [[...path, key], ...placesOf(child, [...path, key])]);
}

/**
 * The value after the blows, one after the other; the value itself is untouched. Places named `spared`, and what is
 * below and above them, are left alone.
 */
export function mutate(value: WireRow, blows: readonly Mutation[], spared: readonly string[] = []): WireRow {
  let mutated: WireRow = value;
  for (const blow of blows) {
    if (blow.kind === "add" && spared.includes(blow.key)) continue;
    const places = placesOf(mutated).filter((path) => !touches(mutated, path, spared));
    const path = places[blow.at % Math.max(places.length, 1)];
    if (path === undefined) continue;
    const next = strike(mutated, path, blow);
    if (isRow(next)) mutated = next;
  }
  return mutated;
}

function touches(root: WireRow, path: Path, spared: readonly string[]): boolean {
  if (path.some((key) => spared.includes(String(key)))) return true;
  const below = path.reduce<WireValue>((value, key) => childOf(value, key), root);
  return placesOf(below).some((inner) => inner.some((key) => spared.includes(String(key))));
}

function childOf(value: WireValue, key: string | number): WireValue {
  if (Array.isArray(value)) return value[Number(key)] ?? null;
  return isRow(value) && Object.hasOwn(value, key) ? (value[key] ?? null) : null;
}

/** Values that databases cannot keep as they are: too long for an index, broken Unicode, NUL. */
export const UNSTORABLE: readonly WireValue[] = [NOISE, "a\ud800b", "a\u0000b"];

/** The value with another at one place. */
export function replaceAt(root: WireRow, path: Path, value: WireValue): WireRow {
  const replaced = strike(root, path, { at: 0, kind: "replace", value, key: "" });
  return isRow(replaced) ? replaced : root;
}

/** The value with one blow at a place. */
function strike(value: WireValue, [key, ...rest]: Path, blow: Mutation): WireValue {
  if (key === undefined) return value;
  if (Array.isArray(value)) {
    return value.flatMap((child, index) => {
      if (index !== key) return [child];
      return rest.length > 0
        ? [strike(child, rest, blow)]
        : strikeHere(child, blow).map(([, struck]) => struck);
    });
  }
  if (!isRow(value)) return value;
  const entries = Object.entries(value).flatMap(([name, child]): [string, WireValue][] => {
    if (name !== key) return [[name, child]];
    if (rest.length > 0) return [[name, strike(child, rest, blow)]];
    return strikeHere(child, blow).map(([added, struck]) => [added ?? name, struck]);
  });
  return Object.fromEntries(entries);
}

/** What stands where the child stood: nothing, one value or two, the second under its own name. */
function strikeHere(child: WireValue, blow: Mutation): [name: string | null, value: WireValue][] {
  switch (blow.kind) {
    case "replace":
      return [[null, blow.value]];
    case "delete":
      return [];
    case "wrap":
      return [[null, [child]]];
    case "repeat":
      return [
        [null, child],
        [null, child],
      ];
    case "add":
      return [
        [null, child],
        [blow.key, blow.value],
      ];
  }
}
