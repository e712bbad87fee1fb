/**
 * Where an address stands in the database, whatever table or column it got into: the tables are asked which columns they
 * have, so that a table that is added later is looked through as well.
 */
import { mentions, NUMBER_SEPARATORS, type AddressSpelling } from "../../model/index.js";
import type { Database, SqlValue } from "../sql.js";

/** A table with text in it. */
export interface TextTable {
  name: string;
  /** The column that says which session a row is of; null for tables that are not about sessions. */
  sessionKey: string | null;
  texts: readonly string[];
}

/** Tables that hold nothing of anybody: what has run, and hashes. */
const OURS = /^(?:knex_migrations.*|erasure_salt|erased_addresses|erased_sessions|write_probe)$/;
/** Sessions looked through by one statement. */
const STEP = 1_000;

/** Every table with text in it, or about sessions. */
export async function readTables({ all, dialect }: Database): Promise<TextTable[]> {
  const rows = (await all(dialect.columns, [])) as {
    table_name: string;
    column_name: string;
    is_text: number;
  }[];
  const tables = [...Map.groupBy(rows, (row) => row.table_name)].map(([name, columns]) => ({
    name,
    sessionKey:
      name === "sessions"
        ? "key"
        : (columns.find(({ column_name }) => column_name === "session_key")?.column_name ?? null),
    texts: columns.filter((column) => column.is_text === 1).map(({ column_name }) => column_name),
  }));
  return tables.filter(
    ({ name, sessionKey, texts }) => !OURS.test(name) && (texts.length > 0 || sessionKey !== null),
  );
}

/** True for addresses that are too short to tell from any other word in a text: extensions, mostly. */
export function isShort({ kind, core }: AddressSpelling): boolean {
  return kind === "TEXT" && (core.length < 5 || /^\d+$/.test(core));
}

/** Keys of the sessions of which one of the table's rows has the address. */
export async function findInSessions(
  database: Database,
  table: TextTable,
  address: AddressSpelling,
): Promise<number[]> {
  const { name, sessionKey, texts } = table;
  if (sessionKey === null || texts.length === 0 || isShort(address)) return [];
  const [range] = await database.all(
    `SELECT min(${sessionKey}) AS first, max(${sessionKey}) AS last FROM ${name}`,
    [],
  );
  const found = new Set<number>();
  const last = Number(range?.["last"] ?? -1);
  for (let from = Number(range?.["first"] ?? 0); from <= last; from += STEP) {
    const { sql, values } = containing(texts, address);
    const rows = await database.all(
      `SELECT ${sessionKey} AS found_key, ${asTexts(texts)} FROM ${name} WHERE ${sessionKey} >= ? AND ${sessionKey} < ? AND (${sql})`,
      [from, from + STEP, ...values],
    );
    for (const row of rows) if (rowMentions(row, texts, address)) found.add(row["found_key"] as number);
  }
  return [...found];
}

/** Values of a column in the rows of a table that have the address. */
export async function findRows(
  database: Database,
  { name, texts }: TextTable,
  column: string,
  address: AddressSpelling,
): Promise<SqlValue[]> {
  if (texts.length === 0 || isShort(address)) return [];
  const { sql, values } = containing(texts, address);
  const rows = await database.all(
    `SELECT ${column} AS found_key, ${asTexts(texts)} FROM ${name} WHERE ${sql}`,
    values,
  );
  return rows.filter((row) => rowMentions(row, texts, address)).map((row) => row["found_key"] as SqlValue);
}

function asTexts(texts: readonly string[]): string {
  return texts.map((column, index) => `CAST(${column} AS TEXT) AS text_${index}`).join(", ");
}

function rowMentions(
  row: Readonly<Record<string, unknown>>,
  texts: readonly string[],
  address: AddressSpelling,
): boolean {
  return texts.some((_, index) => {
    const text = row[`text_${index}`];
    return typeof text === "string" && mentions(text, address);
  });
}

/** What every mention has in common, for the database to find the few rows that are worth reading. */
function containing(texts: readonly string[], { kind, core }: AddressSpelling) {
  const pattern = `%${core.replace(/[\\%_]/g, "\\$&")}%`;
  const sql = texts
    .map((column) => {
      const text = `CAST(${column} AS TEXT)`;
      const bare =
        kind === "NUMBER"
          ? NUMBER_SEPARATORS.reduce((inner, separator) => `replace(${inner}, '${separator}', '')`, text)
          : `lower(${text})`;
      return `${bare} LIKE ? ESCAPE '\\'`;
    })
    .join(" OR ");
  return { sql, values: texts.map((): SqlValue => pattern) };
}
