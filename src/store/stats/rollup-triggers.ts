/**
 * The rollup's statements: how it is filled, and the triggers that keep it exact whatever changes a session, deletions
 * and writes from outside this code included. A trigger works inside the transaction of the write that set it off.
 */
import { CELL, cellOf, MEASURES, measuresOf, TRANSFERS, WATCHED, type Measure } from "./stats-columns.js";

type DatabaseName = "sqlite" | "postgres";

const COLUMNS = [...CELL, ...MEASURES].join(", ");
const ADD = MEASURES.map((name) => `${name} = session_rollups.${name} + excluded.${name}`).join(", ");
const ON_CONFLICT = `ON CONFLICT (${CELL.join(", ")}) DO UPDATE SET ${ADD}`;
const CHANGED = WATCHED.map((name) => `OLD.${name} IS DISTINCT FROM NEW.${name}`).join(" OR ");

/** Statements that make the table, without rows. */
export function createRollup(database: DatabaseName): string[] {
  const texts = CELL.filter((name) => name !== "quarter").map((name) => `${name} text NOT NULL`);
  const numbers = MEASURES.map((name) => `${name} bigint NOT NULL`);
  const columns = [...texts, "quarter bigint NOT NULL", ...numbers, `PRIMARY KEY (${CELL.join(", ")})`];
  const tail = database === "sqlite" ? " WITHOUT ROWID" : "";
  return [`CREATE TABLE session_rollups (${columns.join(", ")})${tail}`];
}

/** The statement that fills it from all sessions. */
export function fillRollup(database: DatabaseName): string {
  const measures = measuresOf("", TRANSFERS, { name: database });
  const cells = Object.entries(cellOf("")).map(([name, sql]) => `${sql} AS ${name}`);
  const values = MEASURES.map((name) => `${measures[name]} AS ${name}`);
  const sums = MEASURES.map((name) => `sum(${name})`);
  const rows = `SELECT ${[...cells, ...values].join(", ")} FROM sessions`;
  return `INSERT INTO session_rollups (${COLUMNS}) SELECT ${[...CELL, ...sums].join(", ")} FROM (${rows}) AS rows GROUP BY ${CELL.join(", ")}`;
}

/** Statements that make the triggers. */
export function createTriggers(database: DatabaseName): string[] {
  const count = (row: string) => `(SELECT count(*) FROM transfers WHERE session_key = ${row}key)`;
  const add = change("NEW.", "+", count("NEW."), database);
  const remove = [change("OLD.", "-", count("OLD."), database), dropEmpty("OLD.")].join("; ");
  const one = (row: string, sign: "+" | "-") => countTransfer(`${row}session_key`, sign);
  const triggers: [name: string, event: string, condition: string, body: string, isBefore?: boolean][] = [
    ["session_added", "INSERT ON sessions", "", add],
    // The new cell first: where it is the old one as well, it is not emptied in between.
    ["session_changed", "UPDATE ON sessions", `WHEN (${CHANGED}) `, `${add}; ${remove}`],
    // Before: afterwards its transfers are gone as well.
    ["session_removed", "DELETE ON sessions", "", remove, true],
    ["transfer_added", "INSERT ON transfers", "", one("NEW.", "+")],
    ["transfer_removed", "DELETE ON transfers", "", one("OLD.", "-")],
  ];
  return triggers.flatMap(([name, event, condition, body, isBefore = false]) => {
    const head = `CREATE TRIGGER rollup_${name} ${isBefore ? "BEFORE" : "AFTER"} ${event} FOR EACH ROW ${condition}`;
    if (database === "sqlite") return [`${head}BEGIN ${body}; END`];
    const answer = isBefore ? "OLD" : "NULL";
    return [
      `CREATE FUNCTION rollup_${name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${body}; RETURN ${answer}; END $$`,
      `${head}EXECUTE FUNCTION rollup_${name}()`,
    ];
  });
}

/** Statements that remove everything again. */
export function dropRollup(database: DatabaseName): string[] {
  const names = {
    sessions: ["session_added", "session_changed", "session_removed"],
    transfers: ["transfer_added", "transfer_removed"],
  };
  const triggers = Object.entries(names).flatMap(([table, list]) =>
    list.flatMap((name) =>
      database === "sqlite"
        ? [`DROP TRIGGER IF EXISTS rollup_${name}`]
        : [`DROP TRIGGER IF EXISTS rollup_${name} ON ${table}`, `DROP FUNCTION IF EXISTS rollup_${name}()`],
    ),
  );
  return [...triggers, "DROP TABLE IF EXISTS session_rollups"];
}

/** Adds a row to its cell, or takes it away. */
function change(row: string, sign: "+" | "-", transfers: string, name: DatabaseName): string {
  const cell = cellOf(row);
  const measures = measuresOf(row, transfers, { name });
  const values = [
    ...CELL.map((column) => cell[column]),
    ...MEASURES.map((measure) => `${sign}(${measures[measure]})`),
  ];
  return `INSERT INTO session_rollups (${COLUMNS}) VALUES (${values.join(", ")}) ${ON_CONFLICT}`;
}

function dropEmpty(row: string): string {
  const cell = cellOf(row);
  const conditions = CELL.map((column) => `${column} = ${cell[column]}`);
  return `DELETE FROM session_rollups WHERE ${conditions.join(" AND ")} AND sessions = 0`;
}

/** One transfer more or less; nothing when its session is gone already. */
function countTransfer(sessionKey: string, sign: "+" | "-"): string {
  const cell = cellOf("sessions.");
  const amounts: Record<Measure, string> = {
    ...(Object.fromEntries(MEASURES.map((name) => [name, "0"])) as Record<Measure, string>),
    transfers: `${sign}1`,
  };
  const values = [...CELL.map((column) => cell[column]), ...MEASURES.map((name) => amounts[name])];
  return `INSERT INTO session_rollups (${COLUMNS}) SELECT ${values.join(", ")} FROM sessions WHERE sessions.key = ${sessionKey} ${ON_CONFLICT}`;
}
