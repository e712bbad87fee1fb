/**
 * JSON with its numbers kept exact. The parsed value is plain JSON; beside it, for as long as it lives, stands the text
 * of every number whose double prints differently (`0.10`, `9007199254740993`), keyed by the object or array that holds
 * it. So money and long ids can be read as they were written, and everybody else sees ordinary numbers.
 */

/** What `parseJson` answers; the same shape as the model's `JsonValue`. */
export type ParsedJson =
  string | number | boolean | null | ParsedJson[] | { [key: string]: ParsedJson | undefined };

type Holder = object;

/** Text of numbers by holder and key. Weak: the table of a body goes when the body goes. */
const numberTexts = new WeakMap<Holder, Map<string, string>>();

/**
 * A number token stands after `:`, `,` or `[`, and prints as it was written when it is a short integer. Text in which
 * nothing else can be found needs no reviver, which costs more than the parsing. Strings may look like a hit; that is
 * only slower.
 */
const MAY_LOSE_DIGITS = /(?:^|[:,[])\s*-?(?:\d+[.eE]|\d{16}|0)/;

/** TypeScript's library does not know the third argument of a reviver yet (ECMAScript, JSON.parse source text access). */
type SourceReviver = (this: unknown, key: string, value: unknown, context: { source?: string }) => unknown;
const parseWithSource = JSON.parse as (text: string, reviver?: SourceReviver) => ParsedJson;

/**
 * Parses JSON text. Throws `SyntaxError` whose message holds the length of the text and nothing of it: the engine's own
 * message quotes the text, which may be personal or secret.
 */
export function parseJson(text: string): ParsedJson {
  try {
    return MAY_LOSE_DIGITS.test(text) ? parseWithSource(text, rememberNumberText) : parseWithSource(text);
  } catch {
    // Not passed on as the cause: it carries the quotation.
    throw new SyntaxError(`expected JSON, got ${text.length} characters of something else`);
  }
}

function rememberNumberText(
  this: unknown,
  key: string,
  value: unknown,
  context: { source?: string },
): unknown {
  const { source } = context;
  if (typeof value === "number" && source !== undefined && source !== String(value)) {
    const holder = this as Holder;
    const texts = numberTexts.get(holder) ?? new Map<string, string>();
    numberTexts.set(holder, texts.set(key, source));
  }
  return value;
}

/**
 * The number at `holder[key]` as it stood in the text it was parsed from, e.g. `"0.10"`. For a holder that did not come
 * from `parseJson` it is what the number prints as. Null when there is no number at that key.
 */
export function numberText(holder: object, key: string | number): string | null {
  const value: unknown = Reflect.get(holder, key);
  if (typeof value !== "number") return null;
  return numberTexts.get(holder)?.get(String(key)) ?? String(value);
}
