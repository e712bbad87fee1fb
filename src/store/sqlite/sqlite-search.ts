import type { SearchQuery, SearchTerm } from "../../model/index.js";
import type { SearchDialect } from "../search-dialect.js";

const INDEXES = {
  session_search: ["session_words", "id"],
  transcript_entries: ["transcript_words", "place"],
} as const;

/** FTS5. The index leads, in its own order: a search for the newest reads no more of it than it needs. */
export const sqliteSearch: SearchDialect = {
  source(table, query) {
    const [index, key] = INDEXES[table];
    return {
      from: `${index} CROSS JOIN ${table} ON ${table}.${key} = ${index}.rowid`,
      where: `${index} MATCH ?`,
      values: [toExpression(query)],
      place: `${index}.rowid`,
    };
  },
};

/** Everything is quoted, and tokens hold no quotation marks, so that nothing a person writes is FTS5's language. */
function toExpression({ must, mustNot }: SearchQuery): string {
  const positive = `(${must.map(toPhrase).join(" AND ")})`;
  return mustNot.reduce((expression, term) => `(${expression} NOT ${toPhrase(term)})`, positive);
}

function toPhrase({ tokens, isPrefix }: SearchTerm): string {
  return `"${tokens.join(" ")}"${isPrefix ? " *" : ""}`;
}
