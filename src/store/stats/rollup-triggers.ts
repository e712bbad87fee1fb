/**
 * The rollups' statements: how they are filled, and the triggers that keep them exact whatever changes a session,
 * deletions and writes from outside this code included. A trigger works inside the transaction of the write that set it
 * off.
 */
import { cellColumns, cellValues, MEASURES, measuresOf, ROLLUPS, TRANSFERS, WATCHED, type Rollup } from "./stats-columns.js"; // prettier-ignore

type DatabaseName = "sqlite" | "postgres";
type Sign = "+" | "-";

const CHANGED = WATCHED.map((name) => `OLD.${name} IS DISTINCT FROM NEW.${name}`).join(" OR ");
const TRIGGERS = {
  sessions: ["session_added", "session_changed", "session_removed"],
  transfers: ["transfer_added", "transfer_removed"],
};

/** Statements that make the tables, without rows. */
export function createRollups(database: DatabaseName): string[] {
  return ROLLUPS.map((rollup) => {
    const names = cellColumns(rollup);
    const cell = names.map((name) => `${name} ${name === "start" ? "bigint" : "text"} NOT NULL`);
    const measures = MEASURES.map((name) => `${name} bigint NOT NULL`);
    const columns = [...cell, ...measures, `PRIMARY KEY (${names.join(", ")})`].join(", ");
    return `CREATE TABLE ${rollup.table} (${columns})${database === "sqlite" ? " WITHOUT ROWID" : ""}`;
  });
}

/** Statements that fill them from all sessions. */
export function fillRollups(database: DatabaseName): string[] {
  const measures = measuresOf("", TRANSFERS, { name: database });
  return ROLLUPS.map((rollup) => {
    const names = cellColumns(rollup);
    const cell = cellValues(rollup, "").map((sql, index) => `${sql} AS ${names[index] ?? ""}`);
    const values = MEASURES.map((name) => `${measures[name]} AS ${name}`);
    const rows = `SELECT ${[...cell, ...values].join(", ")} FROM sessions`;
    const sums = MEASURES.map((name) => `sum(${name})`);
    return `${insertInto(rollup)} SELECT ${[...names, ...sums].join(", ")} FROM (${rows}) AS counted GROUP BY ${names.join(", ")}`;
  });
}

/** Statements that make the triggers. */
export function createTriggers(database: DatabaseName): string[] {
  const each = (statement: (rollup: Rollup) => string) => ROLLUPS.map(statement).join("; ");
  const add = each((rollup) => countSession(rollup, "NEW.", "+", database));
  const remove = each(
    (rollup) => `${countSession(rollup, "OLD.", "-", database)}; ${dropEmpty(rollup, "OLD.")}`,
  );
  const count = (row: string, sign: Sign) =>
    each((rollup) => countTransfer(rollup, `${row}session_key`, sign));
  return [
    ...createTrigger("session_added", "AFTER INSERT ON sessions", "", add, database),
    // The new cell first: where it is the old one as well, it is not emptied in between.
    ...createTrigger(
      "session_changed",
      "AFTER UPDATE ON sessions",
      `WHEN (${CHANGED}) `,
      `${add}; ${remove}`,
      database,
    ),
    // Before: afterwards its transfers are gone as well.
    ...createTrigger("session_removed", "BEFORE DELETE ON sessions", "", remove, database),
    ...createTrigger("transfer_added", "AFTER INSERT ON transfers", "", count("NEW.", "+"), database),
    ...createTrigger("transfer_removed", "AFTER DELETE ON transfers", "", count("OLD.", "-"), database),
  ];
}

/** Statements that remove the triggers. */
export function dropTriggers(database: DatabaseName): string[] {
  return Object.entries(TRIGGERS).flatMap(([table, names]) =>
    names.flatMap((name) =>
      database === "sqlite"
        ? [`DROP TRIGGER rollup_${name}`]
        : [`DROP TRIGGER rollup_${name} ON ${table}`, `DROP FUNCTION rollup_${name}()`],
    ),
  );
}

/** Statements that remove the tables. */
export function dropRollups(): string[] {
  return ROLLUPS.map(({ table }) => `DROP TABLE ${table}`);
}

function createTrigger(
  name: string,
  event: string,
  condition: string,
  body: string,
  database: DatabaseName,
): string[] {
  const head = `CREATE TRIGGER rollup_${name} ${event} FOR EACH ROW ${condition}`;
  if (database === "sqlite") return [`${head}BEGIN ${body}; END`];
  const answer = event.startsWith("BEFORE") ? "OLD" : "NULL";
  return [
    `CREATE FUNCTION rollup_${name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${body}; RETURN ${answer}; END $$`,
    `${head}EXECUTE FUNCTION rollup_${name}()`,
  ];
}

/** Adds a session to its cell, or takes it away. */
function countSession(rollup: Rollup, row: string, sign: Sign, name: DatabaseName): string {
  const transfers = `(SELECT count(*) FROM transfers WHERE session_key = ${row}key)`;
  const measures = measuresOf(row, transfers, { name });
  const values = [...cellValues(rollup, row), ...MEASURES.map((measure) => `${sign}(${measures[measure]})`)];
  return `${insertInto(rollup)} VALUES (${values.join(", ")}) ${addUp(rollup)}`;
}

/** One transfer more or less; nothing when its session is gone already. */
function countTransfer(rollup: Rollup, sessionKey: string, sign: Sign): string {
  const amounts = MEASURES.map((name) => (name === "transfers" ? `${sign}1` : "0"));
  const values = [...cellValues(rollup, "sessions."), ...amounts].join(", ");
  return `${insertInto(rollup)} SELECT ${values} FROM sessions WHERE sessions.key = ${sessionKey} ${addUp(rollup)}`;
}

function dropEmpty(rollup: Rollup, row: string): string {
  const values = cellValues(rollup, row);
  const conditions = cellColumns(rollup).map((name, index) => `${name} = ${values[index] ?? ""}`);
  return `DELETE FROM ${rollup.table} WHERE ${conditions.join(" AND ")} AND sessions = 0`;
}

function insertInto(rollup: Rollup): string {
  return `INSERT INTO ${rollup.table} (${[...cellColumns(rollup), ...MEASURES].join(", ")})`;
}

function addUp(rollup: Rollup): string {
  const sums = MEASURES.map((name) => `${name} = ${rollup.table}.${name} + excluded.${name}`);
  return `ON CONFLICT (${cellColumns(rollup).join(", ")}) DO UPDATE SET ${sums.join(", ")}`;
}
