/**
 * How well a text matches a query: from the text and the query alone, so that it is the same on every database and does
 * not move while other texts come and go. Pure.
 */
import type { SearchQuery, SearchTerm } from "./search-query.js";

/** How fast further occurrences of a term stop mattering, and how much long texts lose: BM25's usual values. */
const SATURATION = 1.2;
const LENGTH_WEIGHT = 0.75;
/** A turn of ordinary length, in tokens. */
const USUAL_LENGTH = 20;

/**
 * Between 0 and 1, higher is better: BM25's term frequency part, averaged over the terms. Rarity of words plays no part:
 * all of them must occur anyway.
 *
 * @param indexed the text as `toSearchText` made it; all terms occur in it
 */
export function scoreOf(indexed: string, { must }: SearchQuery): number {
  const padded = ` ${indexed} `;
  const length = countOf(padded, " ") - 1;
  const dampening = SATURATION * (1 - LENGTH_WEIGHT + (LENGTH_WEIGHT * length) / USUAL_LENGTH);
  let sum = 0;
  for (const term of must) {
    const occurrences = countOf(padded, patternOf(term));
    sum += occurrences / (occurrences + dampening);
  }
  return sum / must.length;
}

/** What stands in an indexed text, with a space before and behind it, exactly where the term occurs. */
export function patternOf({ tokens, isPrefix }: SearchTerm): string {
  return ` ${tokens.join(" ")}${isPrefix ? "" : " "}`;
}

/** Occurrences, overlapping ones included: two equal words in a row share the space between them. */
function countOf(text: string, part: string): number {
  let count = 0;
  for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + 1)) count += 1;
  return count;
}
