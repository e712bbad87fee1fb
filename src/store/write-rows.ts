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

/** Inserts in the order of the rows. `tail`: ON CONFLICT and RETURNING. */
export function insertRows(
  dialect: Dialect,
  table: string,
  columns: readonly Column[],
  tail: string,
): RowWriter {
  const into = `INSERT INTO ${table} (${namesOf(columns)})`;
  return dialect.name === "postgres"
    ? atOnce(columns, `${into} SELECT ${namesOf(columns)} FROM ${lists(columns)} ORDER BY place ${tail}`)
    : oneByOne(`${into} VALUES (${columns.map(() => "?").join(", ")}) ${tail}`);
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
    ? atOnce(
        columns,
        `UPDATE ${table} SET ${set((name) => `rows.${name}`)} FROM ${lists(columns)} WHERE ${table}.${id} = rows.${id}`,
      )
    : oneByOne(`UPDATE ${table} SET ${set(() => "?")} WHERE ${id} = ?`);
}

const namesOf = (columns: readonly Column[]) => columns.map(([name]) => name).join(", ");

function lists(columns: readonly Column[]): string {
  const values = columns.map(([, type]) => `?::${type}[]`).join(", ");
  return `unnest(${values}) WITH ORDINALITY AS rows(${namesOf(columns)}, place)`;
}

function atOnce(columns: readonly Column[], sql: string): RowWriter {
  return function* (rows) {
    if (rows.length === 0) return [];
    return yield* run(
      sql,
      columns.map((_, index) => rows.map((row) => row[index] ?? null) as SqlValue),
    );
  };
}

function oneByOne(sql: string): RowWriter {
  return function* (rows) {
    const answers: SqlRow[] = [];
    for (const row of rows) for (const answer of yield* run(sql, row)) answers.push(answer);
    return answers;
  };
}
