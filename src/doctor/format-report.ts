import type { CheckStatus, DoctorReport } from "./report.js";

/** SGR codes: green, yellow, red, dim. */
const COLOURS: Readonly<Record<CheckStatus, number>> = { ok: 32, warning: 33, failed: 31, skipped: 2 };
const STATUSES = Object.keys(COLOURS) as CheckStatus[];

/** The report as a table for people, one check a line, with the sum below. `isColoured` paints the statuses. */
export function formatReport({ connections }: DoctorReport, isColoured: boolean): string {
  const rows = connections.flatMap(({ name, checks }) =>
    checks.map((check) => ({ connection: name, ...check })),
  );
  const widthOf = (column: "connection" | "name" | "status", title: string) =>
    Math.max(title.length, ...rows.map((row) => row[column].length));
  const connection = widthOf("connection", "CONNECTION");
  const name = widthOf("name", "CHECK");
  const status = widthOf("status", "STATUS");
  const paint = (word: CheckStatus) => {
    const padded = word.padEnd(status);
    return isColoured ? `\u001b[${COLOURS[word]}m${padded}\u001b[0m` : padded;
  };
  const head = ["CONNECTION".padEnd(connection), "CHECK".padEnd(name), "STATUS".padEnd(status), "FOUND"];
  const lines = rows.map((row) => [
    row.connection.padEnd(connection),
    row.name.padEnd(name),
    paint(row.status),
    row.message,
  ]);
  const sums = STATUSES.map((word) => [rows.filter((row) => row.status === word).length, word] as const);
  const sum = sums.flatMap(([count, word]) => (count === 0 ? [] : [`${count} ${word}`])).join(", ");
  return [...[head, ...lines].map((cells) => cells.join("  ")), "", sum, ""].join("\n");
}
