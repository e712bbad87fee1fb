/**
 * What figures are made of, as SQL over one row of `sessions`. The rollup, its triggers and the passes over the rows
 * all say it with these words, so that they cannot disagree.
 *
 * Databases keep triggers that were made from them: whoever changes one adds a migration that makes the rollup anew.
 */
import type { Dialect } from "../sql.js";

const QUARTER_MS = 900_000;
const HOUR_MS = 3_600_000;

/** Figures kept ready: a cell for all sessions that started in one stretch of time and have `keys` in common. */
export interface Rollup {
  table: string;
  /** Length of the stretches, milliseconds. */
  length: number;
  /** Columns of `sessions`, beside the connection. */
  keys: readonly string[];
}

/** In the order in which they are tried: the fewer cells, the sooner they are added up. */
export const ROLLUPS: readonly Rollup[] = [
  // Zones are some quarters of an hour away from UTC.
  { table: "session_quarters", length: QUARTER_MS, keys: ["provider"] },
  { table: "session_hours", length: HOUR_MS, keys: ["provider", "phase", "state", "channel", "direction"] },
];
/** Stands for the stretch of sessions without a start. Before every moment that can be written. */
export const NO_START = -9_000_000_000_000_000;
/** Amounts are added up as whole numbers of 10^-8 units, where they have no more decimals and five digits at most. */
export const FINE_DIGITS = 8;

/** What is added up. */
export const MEASURES = ["sessions", "live", "answered", "timed", "ms", "fine", "odd", "transfers"] as const;
export type Measure = (typeof MEASURES)[number];

/** The columns that name a cell. */
export function cellColumns({ keys }: Rollup): string[] {
  return ["connection", "start", ...keys, "currency"];
}

/** The columns of `sessions` that figures depend on. */
export const WATCHED = [
  ...["connection", "provider", "phase", "state", "channel", "direction", "started_at", "answered_at"],
  ...["duration_seconds", "cost_amount", "cost_currency"],
] as const;

/** The start of the stretch of `length` that a whole number lies in; also right for negative ones. */
export function floorTo(value: string, length: number): string {
  return `(${value} - ((${value} % ${length}) + ${length}) % ${length})`;
}

/** The values of `cellColumns` for a row. @param row "NEW.", "OLD.", "sessions." or nothing */
export function cellValues({ keys, length }: Rollup, row: string): string[] {
  const start = `COALESCE(${floorTo(`${row}started_at`, length)}, ${NO_START})`;
  return [`${row}connection`, start, ...keys.map((key) => row + key), currencyOf(row)];
}

/** The currency, empty without a cost. */
export function currencyOf(row: string): string {
  return `CASE WHEN ${row}cost_amount IS NULL OR ${row}cost_currency IS NULL THEN '' ELSE ${row}cost_currency END`;
}

/** The duration in milliseconds, where it is one. */
export function millisecondsOf(row: string): string {
  const column = `${row}duration_seconds`;
  return `CASE WHEN ${column} >= 0 AND ${column} <= 1000000000 THEN CAST(floor(${column} * 1000 + 0.5) AS bigint) END`;
}

/** What a row adds to each measure. @param transfers SQL for the number of its transfers */
export function measuresOf(
  row: string,
  transfers: string,
  { name }: Pick<Dialect, "name">,
): Record<Measure, string> {
  const amount = `${row}cost_amount`;
  const ms = millisecondsOf(row);
  const hasCost = `${amount} IS NOT NULL AND ${row}cost_currency IS NOT NULL`;
  const plain = name === "sqlite" ? isPlainOnSqlite(amount) : isPlainOnPostgres(amount);
  const fine = name === "sqlite" ? fineOnSqlite(amount) : `CAST(CAST(${amount} AS numeric) * 1e8 AS bigint)`;
  return {
    sessions: "1",
    live: `CASE WHEN ${row}phase = 'LIVE' THEN 1 ELSE 0 END`,
    answered: `CASE WHEN ${row}answered_at IS NULL THEN 0 ELSE 1 END`,
    timed: `CASE WHEN ${ms} IS NULL THEN 0 ELSE 1 END`,
    ms: `COALESCE(${ms}, 0)`,
    fine: `CASE WHEN ${hasCost} AND ${plain} THEN ${fine} ELSE 0 END`,
    // Amounts that no whole number holds: rare enough to be added up one by one.
    odd: `CASE WHEN ${hasCost} AND NOT (${plain}) THEN 1 ELSE 0 END`,
    transfers,
  };
}

/** The number of transfers of a row of `sessions`, where there are any. */
export const TRANSFERS =
  "CASE WHEN sessions.has_transfer = 1 THEN (SELECT count(*) FROM transfers WHERE session_key = sessions.key) ELSE 0 END";

function isPlainOnPostgres(amount: string): string {
  return `${amount} ~ '^-{0,1}[0-9]{1,5}([.][0-9]{1,8}){0,1}$'`;
}

function isPlainOnSqlite(amount: string): string {
  const unsigned = `ltrim(${amount}, '-')`;
  const point = `instr(${unsigned}, '.')`;
  return [
    `${unsigned} GLOB '[0-9]*' AND ${amount} GLOB '*[0-9]' AND ${unsigned} NOT GLOB '*[^0-9.]*'`,
    `${amount} NOT GLOB '--*' AND ${amount} NOT GLOB '*.*.*'`,
    `CASE WHEN ${point} = 0 THEN length(${unsigned}) <= 5 ELSE ${point} <= 6 AND length(${unsigned}) - ${point} <= 8 END`,
  ].join(" AND ");
}

/** The digits without the point, filled up to eight decimals. */
function fineOnSqlite(amount: string): string {
  const point = `instr(${amount}, '.')`;
  const whole = `CASE WHEN ${point} = 0 THEN ${amount} ELSE substr(${amount}, 1, ${point} - 1) END`;
  const fraction = `CASE WHEN ${point} = 0 THEN '' ELSE substr(${amount}, ${point} + 1) END`;
  return `CAST((${whole}) || substr((${fraction}) || '00000000', 1, 8) AS INTEGER)`;
}
