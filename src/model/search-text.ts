/**
 * Text to the tokens that a search compares. Indexes, queries and snippets all come through here, on every database, so
 * that they agree on what a word is. Pure.
 *
 * - Compatibility forms are one (NFKD: ﬁ is fi, ² is 2), case is folded (ß is ss), diacritics are dropped (é is e).
 * - A word is a run of letters and digits; everything else separates words.
 * - Scripts that are written without spaces (Chinese, Japanese, Thai, …) have a token for each character, so that any part
 *   of a text is found as a phrase. So have emoji.
 */

/** A token and where it stands in the original text, in UTF-16 code units. */
export interface Token {
  text: string;
  start: number;
  /** Exclusive. Marks that were dropped belong to the token before them. */
  end: number;
}

/** A longer run of letters is several tokens in a row, in code points: indexes refuse long keys. */
const MAX_TOKEN_LENGTH = 64;
/** What is searched of one text, in characters of its tokens: PostgreSQL has no room for more than a megabyte. */
const MAX_INDEXED_TEXT = 200_000;
/** Stands between texts that are indexed as one, so that no phrase runs from one into the next. Never a token of a text. */
const TEXT_BREAK = "\u00b6";

/** What one code point comes to: nothing but a gap, part of a word, a token by itself, or nothing at all. */
type Piece = readonly [kind: "gap" | "word" | "single" | "dropped", text: string];

const LETTER = /[\p{L}\p{N}]/u;
const MARK = /\p{M}/u;
const WITHOUT_SPACES =
  /[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Bopo}\p{scx=Yiii}\p{scx=Thai}\p{scx=Laoo}\p{scx=Khmr}\p{scx=Mymr}\p{scx=Tibt}\p{scx=Lana}\p{scx=Talu}\p{scx=Tale}\p{scx=Java}\p{scx=Bali}]/u;
const EMOJI = /[\p{Extended_Pictographic}\p{Regional_Indicator}]/u;
/** Marks of other scripts are their vowels, not ornaments; nor are the two that tell Japanese syllables apart. */
const DIACRITIC =
  /(?![\u3099\u309a])[\p{sc=Zinh}\p{sc=Latin}\p{sc=Greek}\p{sc=Cyrillic}\p{sc=Hebrew}\p{sc=Arabic}\p{sc=Syriac}]/u;
/** Soft hyphens, joiners, direction marks, skin tones. The zero-width space, U+200B, does separate words. */
const INVISIBLE = /[\p{Cf}\p{Emoji_Modifier}]/u;

const GAP: readonly Piece[] = [["gap", ""]];
/** What has been folded before: a dense array for the letters of most texts, since a sparse one would be slow. */
const common: (readonly Piece[] | undefined)[] = new Array<undefined>(1_024).fill(undefined);
const rare = new Map<number, readonly Piece[]>();

function fold(codePoint: number): readonly Piece[] {
  const known = codePoint < common.length ? common[codePoint] : rare.get(codePoint);
  if (known !== undefined) return known;
  // Code point by code point, so that no token depends on what stands around it (a final sigma would).
  const characters = [...String.fromCodePoint(codePoint).normalize("NFKD")];
  const pieces = characters.map((character): Piece => {
    const text = character.toUpperCase().toLowerCase();
    if (LETTER.test(character)) return [WITHOUT_SPACES.test(character) ? "single" : "word", text];
    if (MARK.test(character)) {
      // Asked first: which scripts use a diacritic goes far beyond those whose ornament it is.
      if (DIACRITIC.test(character)) return ["dropped", ""];
      return [WITHOUT_SPACES.test(character) ? "single" : "word", text];
    }
    if (character === "\u200b") return ["gap", ""];
    if (INVISIBLE.test(character)) return ["dropped", ""];
    return EMOJI.test(character) ? ["single", text] : ["gap", ""];
  });
  const result = pieces.every(([kind]) => kind === "gap") ? GAP : pieces;
  if (codePoint < common.length) common[codePoint] = result;
  else rare.set(codePoint, result);
  return result;
}

/** The tokens of a text, in order. */
export function tokenise(text: string): Token[] {
  const tokens: Token[] = [];
  let word = "";
  let length = 0;
  let start = 0;
  let end = 0;

  function flush(): void {
    if (length > 0) tokens.push({ text: word, start, end });
    word = "";
    length = 0;
  }

  for (let at = 0; at < text.length;) {
    const codePoint = text.codePointAt(at) ?? 0;
    const next = at + (codePoint > 0xffff ? 2 : 1);
    for (const [kind, piece] of fold(codePoint)) {
      if (kind === "gap") {
        flush();
      } else if (kind === "single") {
        flush();
        tokens.push({ text: piece, start: at, end: next });
      } else if (kind === "word") {
        if (length === 0) start = at;
        word += piece;
        length += 1;
        end = next;
        if (length === MAX_TOKEN_LENGTH) flush();
      } else if (length > 0) {
        end = next;
      } else {
        const last = tokens.at(-1);
        if (last?.end === at) last.end = next;
      }
    }
    at = next;
  }
  flush();
  return tokens;
}

/**
 * The texts as they are indexed: tokens with a space between them. Null when there is nothing to find. What lies beyond
 * 200,000 characters of tokens is not searched.
 */
export function toSearchText(...texts: readonly (string | null | undefined)[]): string | null {
  const parts: string[] = [];
  let room = MAX_INDEXED_TEXT;
  for (const text of texts) {
    if (!text) continue;
    const tokens = tokenise(text);
    if (tokens.length > 0 && parts.length > 0) parts.push(TEXT_BREAK);
    for (const token of tokens) {
      room -= token.text.length + 1;
      if (room < 0) return parts.join(" ");
      parts.push(token.text);
    }
  }
  return parts.length === 0 ? null : parts.join(" ");
}
