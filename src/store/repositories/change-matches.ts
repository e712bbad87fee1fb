/**
 * Whether sessions met a filter before and after changes, where the log says only what each change altered: what is
 * stored is read together with the end of the log, and what has been logged since is undone, newest first. So everybody
 * is told the same of a change, be it a second or a day later.
 */
import { patternOf, toSearchText, type JsonObject, type SearchTerm } from "../../model/index.js";
import {
  equalsMark, isOpenPart, PARTS, toChangeUndo, toFieldMark, type ChangeUndo, type FieldMark,
} from "../change-undo.js"; // prettier-ignore
import type { ChangeMatch } from "../change-log.js";
import { fromJson } from "../session-columns.js";
import type { Database, Dialect, SqlRow, SqlValue } from "../sql.js";
import type { ChangeRepository, SessionFilter } from "../store.js";
import { addressSpellings } from "./session-conditions.js";

/** Where the log ends: never before what has been removed. */
export const LOG_END = `SELECT CASE WHEN newest.last > ended.last THEN newest.last ELSE ended.last END AS up_to
  FROM (SELECT CASE WHEN reached > floor THEN reached ELSE floor END AS last FROM change_feed) AS ended,
    (SELECT COALESCE(max(sequence), 0) AS last FROM changes) AS newest`;

/** Builds it for one database. */
export function createMatches({ all, dialect }: Database): ChangeRepository["matches"] {
  return async (changes, filter) => {
    const keys = [...new Set(changes.map(({ sessionKey }) => sessionKey))];
    if (keys.length === 0) return [];
    const stored = storedOf(keys, filter, dialect);
    const rows = await all(stored.sql, stored.values);
    // One statement sees one state: that behind just these changes.
    const upTo = rows.find((row) => row["kind"] === "end")?.["session_key"] as number;
    const first = changes.reduce((least, { sequence }) => Math.min(least, sequence), Infinity);
    const logged = await all(
      `SELECT sequence, session_key, undo FROM changes WHERE ${dialect.among("session_key", "integer")}
       AND sequence >= ? AND sequence <= ? AND undo IS NOT NULL ORDER BY sequence DESC`,
      [dialect.list(keys), first, upTo],
    );
    const storedBy = Map.groupBy(rows, (row) => row["session_key"] as number);
    const loggedBy = Map.groupBy(logged, (row) => row["session_key"] as number);
    const found = new Map<number, ChangeMatch>();
    for (const [key, asked] of Map.groupBy(changes, ({ sessionKey }) => sessionKey)) {
      const session = new PastSession(storedBy.get(key) ?? [], filter, dialect);
      const sequences = asked.map(({ sequence }) => sequence);
      for (const [sequence, match] of rewind(session, sequences, loggedBy.get(key) ?? []))
        found.set(sequence, match);
    }
    return changes.map(({ sequence }) => found.get(sequence) ?? { before: false, after: false });
  };
}

/** Goes back through what was logged of one session, newest first, and looks at it around each change asked for. */
function* rewind(
  session: PastSession,
  asked: readonly number[],
  logged: readonly SqlRow[],
): Generator<[sequence: number, match: ChangeMatch]> {
  let next = 0;
  const undoDownTo = (sequence: number) => {
    for (let row = logged[next]; row !== undefined && (row["sequence"] as number) >= sequence;) {
      session.undo(toChangeUndo(row["undo"] as string));
      row = logged[(next += 1)];
    }
  };
  for (const sequence of [...asked].sort((one, other) => other - one)) {
    undoDownTo(sequence + 1);
    const after = session.isMatch;
    undoDownTo(sequence);
    yield [sequence, { before: session.isMatch, after }];
  }
}

/** What is stored of sessions, as far as a filter asks for it, with the end of the log, in one statement. */
function storedOf(keys: readonly number[], filter: SessionFilter, dialect: Dialect) {
  const { address, providerFields, text } = filter;
  const selects = [
    `SELECT 'end' AS kind, up_to AS session_key, '' AS part, '' AS value FROM (${LOG_END}) AS place`,
  ];
  const values: SqlValue[] = [];
  const ofSessions = dialect.among("session_key", "integer");
  if (address !== undefined) {
    selects.push(
      `SELECT 'address', session_key, '', address FROM session_addresses WHERE ${ofSessions} AND ${dialect.among("address", "text")}`,
    );
    values.push(dialect.list(keys), dialect.list(addressSpellings(address)));
  }
  if (providerFields !== undefined) {
    selects.push(
      `SELECT 'fields', key, '', CAST(fields AS TEXT) FROM sessions WHERE ${dialect.among("key", "integer")}`,
    );
    values.push(dialect.list(keys));
  }
  if (text !== undefined) {
    const patterns = termsOf(text).map((term) => `%${patternOf(term)}%`);
    const hasAny = patterns.map(() => "(' ' || search || ' ') LIKE ?").join(" OR ");
    const open = text.onlyOpen ? " AND open = 1" : "";
    selects.push(
      `SELECT 'text', session_key, part, search FROM session_search WHERE ${ofSessions}${open} AND (${hasAny})`,
    );
    values.push(dialect.list(keys), ...patterns);
    if (!text.onlyOpen) {
      const turn = `'${PARTS.turn("")}' || CAST(key AS TEXT)`;
      // Turns without a place are not in the index yet, and are found when they are.
      selects.push(
        `SELECT 'text', session_key, ${turn}, search FROM transcript_entries WHERE ${ofSessions} AND place IS NOT NULL AND (${hasAny})`,
      );
      values.push(dialect.list(keys), ...patterns);
    }
  }
  return { sql: selects.join(" UNION ALL "), values };
}

type TextFilter = NonNullable<SessionFilter["text"]>;

const termsOf = ({ query }: TextFilter): SearchTerm[] => [...query.must, ...query.mustNot];

/** One session as far as a filter looks at it, at first as it is stored, then as it was before one change after another. */
class PastSession {
  readonly #filter: SessionFilter;
  readonly #dialect: Dialect;
  readonly #addresses = new Set<string>();
  readonly #fields = new Map<string, FieldMark>();
  /** The parts that have each term. */
  readonly #found: ReadonlyMap<SearchTerm, Set<string>>;

  /** @param rows what was stored of it */
  constructor(rows: readonly SqlRow[], filter: SessionFilter, dialect: Dialect) {
    this.#filter = filter;
    this.#dialect = dialect;
    this.#found = new Map((filter.text ? termsOf(filter.text) : []).map((term) => [term, new Set()]));
    for (const { kind, part, value } of rows) {
      if (kind === "address") this.#addresses.add(value as string);
      else if (kind === "fields") this.#setFields(fromJson(value) as JsonObject);
      else if (kind === "text") this.#setPart(part as string, value as string);
    }
  }

  get isMatch(): boolean {
    const { address, providerFields, text } = this.#filter;
    if (address !== undefined && this.#addresses.size === 0) return false;
    for (const [name, wanted] of Object.entries(providerFields ?? {})) {
      const mark = this.#fields.get(name);
      // A session that has been removed had nothing, not even nulls.
      if (mark === undefined || !equalsMark(mark, wanted, (value) => this.#dialect.jsonScalar(value)))
        return false;
    }
    if (text === undefined) return true;
    const has = (term: SearchTerm) => (this.#found.get(term)?.size ?? 0) > 0;
    return text.query.must.every(has) && !text.query.mustNot.some(has);
  }

  undo({ addresses = [], fields = {}, texts = {}, noneOf = [] }: ChangeUndo): void {
    for (const address of addresses) this.#addresses.delete(address);
    for (const [name, mark] of Object.entries(fields)) this.#fields.set(name, mark);
    if (this.#found.size === 0) return;
    for (const kind of noneOf)
      for (const parts of this.#found.values())
        for (const part of parts) if (part.startsWith(kind)) parts.delete(part);
    for (const [part, was] of Object.entries(texts)) {
      if (this.#filter.text?.onlyOpen && !isOpenPart(part)) continue;
      this.#setPart(part, was && toSearchText(...was));
    }
  }

  #setFields(fields: JsonObject): void {
    for (const name of Object.keys(this.#filter.providerFields ?? {}))
      this.#fields.set(name, toFieldMark(Object.hasOwn(fields, name) ? fields[name] : null));
  }

  #setPart(part: string, search: string | null): void {
    const padded = ` ${search ?? ""} `;
    for (const [term, parts] of this.#found) {
      if (padded.includes(patternOf(term))) parts.add(part);
      else parts.delete(part);
    }
  }
}
