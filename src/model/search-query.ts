/** What people type into a search, read into terms. Pure. */
import { tokenise } from "./search-text.js";

/** Tokens that must stand next to each other, in order: one for most words, several for phrases and for `e-mail`. */
export interface SearchTerm {
  readonly tokens: readonly string[];
  /** True when the last token is only the beginning of one. */
  readonly isPrefix: boolean;
}

/** All of `must`, at least one, and none of `mustNot`. */
export interface SearchQuery {
  readonly must: readonly SearchTerm[];
  readonly mustNot: readonly SearchTerm[];
}

const MAX_QUERY_LENGTH = 500;
const MAX_TERMS = 32;

/**
 * Reads a query: words, `"phrases"`, beginnings (`word*`), and a minus before what must not occur. Nothing else has a
 * meaning: AND, OR, NEAR, brackets and colons are words or gaps between words.
 *
 * @returns the query, or what is wrong with it as the end of a sentence ("expected …")
 */
export function parseSearchQuery(text: string): SearchQuery | { problem: string } {
  const length = [...text].length;
  if (length > MAX_QUERY_LENGTH)
    return { problem: `expected at most ${MAX_QUERY_LENGTH} characters, got ${length}` };
  const must: SearchTerm[] = [];
  const mustNot: SearchTerm[] = [];
  let rest = text.trimStart();
  while (rest !== "") {
    const minus = /^-*/.exec(rest)?.[0].length ?? 0;
    rest = rest.slice(minus);
    let raw: string;
    let isPrefix = false;
    if (rest.startsWith('"')) {
      const close = rest.indexOf('"', 1);
      if (close === -1)
        return { problem: "expected a closing quotation mark: a phrase is opened and not closed" };
      raw = rest.slice(1, close);
      rest = rest.slice(close + 1);
    } else {
      raw = /^[^\s"]*/.exec(rest)?.[0] ?? "";
      rest = rest.slice(raw.length);
      isPrefix = raw.endsWith("*");
    }
    rest = rest.trimStart();
    const tokens = tokenise(raw).map((token) => token.text);
    if (tokens.length > 0) (minus > 0 ? mustNot : must).push({ tokens, isPrefix });
    else if (isPrefix) return { problem: "expected the beginning of a word right before each *" };
  }
  if (must.length === 0) {
    return mustNot.length > 0
      ? { problem: "expected at least one word without a minus" }
      : { problem: "expected at least one word: letters, digits or emoji" };
  }
  const terms = must.length + mustNot.length;
  if (terms > MAX_TERMS) return { problem: `expected at most ${MAX_TERMS} words and phrases, got ${terms}` };
  return { must, mustNot };
}
