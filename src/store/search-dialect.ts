/** What a database's own full-text index is asked. The tokens, and with them what a word is, are ours. */
import type { SearchQuery } from "../model/index.js";
import type { SqlValue } from "./sql.js";

/** The tables that have words, as they are called in a source: both have `session_key` and `search`. */
export type SearchTable = "session_search" | "transcript_entries";

/** Rows of a table whose text matches, to go on from. */
export interface SearchSource {
  /** For `FROM`. */
  from: string;
  /** For `WHERE`, with the values bound in it. */
  where: string;
  values: readonly SqlValue[];
  /** What rows of `transcript_entries` are best sorted by, newest said last. */
  place: string;
}

export interface SearchDialect {
  source(table: SearchTable, query: SearchQuery): SearchSource;
}
