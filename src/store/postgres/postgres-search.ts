import { patternOf, type SearchQuery, type SearchTerm } from "../../model/index.js";
import type { SearchDialect } from "../search-dialect.js";
import type { SqlValue } from "../sql.js";

/**
 * tsquery over vectors of our tokens. Phrases are looked up by their words and then compared with the text: positions in
 * a vector end at 16,383 and at 256 for each word, and a phrase beyond would be missed.
 */
export const postgresSearch: SearchDialect = {
  source(table, query) {
    const where = [`${table}.words @@ ?::tsquery`];
    const values: SqlValue[] = [toExpression(query)];
    // Said to PostgreSQL, so that it may walk the index of places, which has no others.
    if (table === "transcript_entries") where.push("transcript_entries.place IS NOT NULL");
    const text = `(' ' || ${table}.search || ' ')`;
    for (const term of query.must.filter(isPhrase)) {
      where.push(`${text} LIKE ?`);
      values.push(`%${patternOf(term)}%`);
    }
    for (const term of query.mustNot.filter(isPhrase)) {
      where.push(`${text} NOT LIKE ?`);
      values.push(`%${patternOf(term)}%`);
    }
    return { from: table, where: where.join(" AND "), values, place: `${table}.place` };
  },
};

const isPhrase = ({ tokens }: SearchTerm) => tokens.length > 1;

/** Tokens are letters, digits, marks and emoji: none needs escaping in a quoted lexeme or in a pattern of LIKE. */
function toExpression({ must, mustNot }: SearchQuery): string {
  const words = must.flatMap(({ tokens, isPrefix }) =>
    tokens.map((token, index) => `'${token}'${isPrefix && index === tokens.length - 1 ? ":*" : ""}`),
  );
  const without = mustNot
    .filter((term) => !isPhrase(term))
    .map(({ tokens: [token], isPrefix }) => `!'${token ?? ""}'${isPrefix ? ":*" : ""}`);
  return [...words, ...without].join(" & ");
}
