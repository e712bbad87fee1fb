/** Counts what goes to the embedded database, whoever sends it: the driver is the last door. */
import SqliteDriver from "better-sqlite3";
import { vi } from "vitest";

/** Statements that read rows while `work` goes on, in order. */
export async function statementsOf(work: () => Promise<unknown>): Promise<string[]> {
  const database = new SqliteDriver(":memory:");
  const prototype = Object.getPrototypeOf(database.prepare("SELECT 1")) as {
    all(...values: unknown[]): unknown;
  };
  database.close();
  const seen: string[] = [];
  const read = prototype.all;
  const spy = vi.spyOn(prototype, "all").mockImplementation(function (this: { source: string }, ...values) {
    seen.push(this.source);
    return read.apply(this, values);
  });
  try {
    await work();
    return seen;
  } finally {
    spy.mockRestore();
  }
}
