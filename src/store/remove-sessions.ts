/** The one way in which sessions leave the database: with everything that hangs off them. */
import { run, type Dialect, type SqlPlan } from "./sql.js";

/** Removes sessions by key. What hangs off them goes with them; their rows in the change log stay until these are too old. */
export function* removeSessions(keys: readonly number[], dialect: Dialect): SqlPlan<void> {
  if (keys.length === 0) return;
  yield* run(`DELETE FROM sessions WHERE ${dialect.among("key", "integer")}`, [dialect.list(keys)]);
}

/** Removes what the change log says of sessions. That it reached so far is noted: cursors may stand there. */
export function* removeChangesOf(keys: readonly number[], dialect: Dialect): SqlPlan<void> {
  if (keys.length === 0) return;
  const where = dialect.among("session_key", "integer");
  const [newest] = yield* run(`SELECT COALESCE(max(sequence), 0) AS last FROM changes WHERE ${where}`, [
    dialect.list(keys),
  ]);
  const reached = Number(newest?.["last"] ?? 0);
  yield* run("UPDATE change_feed SET reached = ? WHERE reached < ?", [reached, reached]);
  yield* run(`DELETE FROM changes WHERE ${where}`, [dialect.list(keys)]);
}
