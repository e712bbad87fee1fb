/**
 * Many rows into one table. PostgreSQL is sent one statement with a list for each column, since each statement is a
 * round trip; SQLite has none to save, and runs its prepared statement for each row.
 */
import { run, type Dialect, type SqlPlan, type SqlRow, type SqlValue } from "./sql.js";

/** A column and what PostgreSQL calls the type of its values. */
export type Column = readonly [
  name: string,
  type: "text" | "bigint" | "integer" | "smallint" | "float8" | "jsonb",
];

/** Statements that write rows of the same columns. */
export interface RowWriter {
  /** Runs it for rows of values in the order of the columns; none is no statement at all. Answers what it returns. */
  (rows: readonly (readonly SqlValue[])[]): SqlPlan<SqlRow[]>;
}

/**
 * Inserts in the order of the rows. `tail`: ON CONFLICT and RETURNING.
 * @param atOnce rows in one statement on SQLite, for tables whose triggers cost as much for a statement as for a row
 */
export function insertRows(
  dialect: Dialect,
  table: string,
  columns: readonly Column[],
  tail: string,
  atOnce = 1,
): RowWriter {
  return givenRows(
    dialect,
    columns,
    (rows) => `INSERT INTO ${table} (${namesOf(columns)}) ${rows} ${tail}`,
    atOnce,
  );
}

/** Sets all columns but the last, by which the rows are found. */
export function updateRows(dialect: Dialect, table: string, columns: readonly Column[]): RowWriter {
  const [id] = columns.at(-1) ?? [""];
  const set = (value: (name: string) => string) =>
    columns
      .slice(0, -1)
      .map(([name]) => `${name} = ${value(name)}`)
      .join(", ");
  return dialect.name === "postgres"
    ? inLists(
        columns,
        `UPDATE ${table} SET ${set((name) => `rows.${name}`)} FROM ${lists(columns)} WHERE ${table}.${id} = rows.${id}`,
      )
    : inGroups(1, () => `UPDATE ${table} SET ${set(() => "?")} WHERE ${id} = ?`);
}

/** A statement around rows that it is given: `sql` has its place for a SELECT or VALUES that tells them in order. */
export function givenRows(
  dialect: Dialect,
  columns: readonly Column[],
  sql: (rows: string) => string,
  atOnce = 1,
): RowWriter {
  if (dialect.name === "postgres")
    return inLists(columns, sql(`SELECT ${namesOf(columns)} FROM ${lists(columns)} ORDER BY nth`));
  const row = `(${columns.map(() => "?").join(", ")})`;
  return inGroups(atOnce, (count) => sql(`VALUES ${Array(count).fill(row).join(", ")}`));
}

const namesOf = (columns: readonly Column[]) => columns.map(([name]) => name).join(", ");

function lists(columns: readonly Column[]): string {
  const values = columns.map(([, type]) => `?::${type}[]`).join(", ");
  return `unnest(${values}) WITH ORDINALITY AS rows(${namesOf(columns)}, nth)`;
}

function inLists(columns: readonly Column[], sql: string): RowWriter {
  return function* (rows) {
    if (rows.length === 0) return [];
    return yield* run(
      sql,
      columns.map((_, index) => rows.map((row) => row[index] ?? null) as SqlValue),
    );
  };
}

function inGroups(size: number, sql: (count: number) => string): RowWriter {
  const statements = Array.from({ length: size }, (_, index) => sql(index + 1));
  return function* (rows) {
    const answers: SqlRow[] = [];
    for (let start = 0; start < rows.length; start += size) {
      const group = rows.slice(start, start + size);
      const statement = statements[group.length - 1] ?? "";
      for (const answer of yield* run(statement, size === 1 ? (group[0] ?? []) : group.flat()))
        answers.push(answer);
    }
    return answers;
  };
}
