/** The part of a text in which a search found something. Pure. */
import type { SearchQuery, SearchTerm } from "./search-query.js";
import { tokenise, type Token } from "./search-text.js";

/** About this much of the text is shown, in UTF-16 code units; more where one match alone is longer. */
const SNIPPET_LENGTH = 200;
/** Of it, this much before the first match. */
const LEAD_LENGTH = 60;
const OPEN = "<<";
const CLOSE = ">>";
const CUT = "…";
const MARKS = /\p{M}*/uy;

interface Span {
  start: number;
  end: number;
}

/**
 * The original text around the best match, as it was written, with what matches between `<<` and `>>`; `…` where text
 * has been left out. A phrase is one such piece.
 */
export function toSnippet(text: string, query: SearchQuery): string {
  const tokens = tokenise(text);
  const spans = merge(query.must.flatMap((term) => spansOf(text, tokens, term)));
  const window = windowOf(text, tokens, spans);
  let snippet = window.start > 0 ? CUT : "";
  let at = window.start;
  for (const { start, end } of spans) {
    if (start < window.start || end > window.end) continue;
    snippet += text.slice(at, start) + OPEN + text.slice(start, end) + CLOSE;
    at = end;
  }
  return snippet + text.slice(at, window.end) + (window.end < text.length ? CUT : "");
}

function spansOf(text: string, tokens: readonly Token[], term: SearchTerm): Span[] {
  const spans: Span[] = [];
  const last = term.tokens.length - 1;
  for (let first = 0; first + last < tokens.length; first += 1) {
    const matches = term.tokens.every((wanted, offset) => {
      const found = tokens[first + offset]?.text ?? "";
      return offset === last && term.isPrefix ? found.startsWith(wanted) : found === wanted;
    });
    if (matches) {
      const end = tokens[first + last]?.end ?? 0;
      spans.push({ start: tokens[first]?.start ?? 0, end: end + marksAt(text, end) });
    }
  }
  return spans;
}

/** How much a character goes on after a place: a vowel sign is not torn from its consonant. */
function marksAt(text: string, place: number): number {
  MARKS.lastIndex = place;
  return MARKS.exec(text)?.[0].length ?? 0;
}

/** In order; those that overlap or touch become one. */
function merge(spans: Span[]): Span[] {
  const merged: Span[] = [];
  for (const span of spans.sort((a, b) => a.start - b.start || a.end - b.end)) {
    const last = merged.at(-1);
    if (last !== undefined && span.start <= last.end) last.end = Math.max(last.end, span.end);
    else merged.push({ ...span });
  }
  return merged;
}

/** Where the most matches stand together, with room before and behind, cut between tokens. */
function windowOf(text: string, tokens: readonly Token[], spans: readonly Span[]): Span {
  if (text.length <= SNIPPET_LENGTH) return { start: 0, end: text.length };
  let best: Span = spans[0] ?? { start: 0, end: 0 };
  let most = 0;
  let behind = 0;
  for (const [index, span] of spans.entries()) {
    while (behind < spans.length && (spans[behind]?.end ?? 0) - span.start <= SNIPPET_LENGTH - LEAD_LENGTH)
      behind += 1;
    if (behind - index <= most) continue;
    most = behind - index;
    best = { start: span.start, end: spans[behind - 1]?.end ?? span.end };
  }
  const lead = Math.max(0, Math.min(best.start - LEAD_LENGTH, text.length - SNIPPET_LENGTH));
  const until = Math.max(best.end, lead + SNIPPET_LENGTH);
  const first = tokens.find((token) => token.start >= lead);
  const last = tokens.findLast((token) => token.end <= until);
  return {
    start: lead === 0 ? 0 : Math.min(first?.start ?? best.start, best.start),
    end: until >= text.length ? text.length : Math.max(last?.end ?? best.end, best.end),
  };
}
