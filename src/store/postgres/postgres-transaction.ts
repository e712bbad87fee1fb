/**
 * A plan in one transaction on PostgreSQL, once, whatever happens to the connection.
 *
 * A connection can be lost after COMMIT was sent and before it was answered. Then only the server knows whether the
 * transaction took place, and running the plan again could do it twice. So every transaction knows its number, and the
 * server is asked by it.
 */
import { setTimeout } from "node:timers/promises";
import type pg from "pg";
import type { SqlPlan, SqlRequest, SqlRow, SqlValue } from "../sql.js";
import { isConflict, isLost } from "./postgres-failures.js";

/** First pause before another try, milliseconds; it doubles, with some chance in it so that rivals come apart. */
const FIRST_PAUSE_MS = 20;
const MAX_PAUSE_MS = 1_000;
/** Tries at most for a transaction that others keep getting in the way of. */
const MAX_CONFLICTS = 10;

const BEGIN = "BEGIN; SELECT pg_current_xact_id()::text AS id, pg_backend_pid() AS backend";

/** How a plan's transaction reaches the server. */
export interface TransactionDependencies {
  pool: pg.Pool;
  execute(client: pg.PoolClient, sql: string, values: readonly SqlValue[]): Promise<SqlRow[]>;
  /** How long a lost server is waited for, milliseconds. */
  patienceMs: number;
}

interface Begun {
  id: string;
  backend: number;
}

type Attempt<T> =
  | { kind: "done"; value: T }
  /** It did not take place. */
  | { kind: "failed"; error: unknown }
  /** COMMIT was sent and nothing came back. */
  | { kind: "unknown"; error: unknown; value: T; begun: Begun };

/** Runs the plan until it has taken place or cannot. Rejects with the last error of the driver. */
export async function runTransaction<T>(
  dependencies: TransactionDependencies,
  plan: () => SqlPlan<T>,
): Promise<T> {
  const deadline = Date.now() + dependencies.patienceMs;
  let conflicts = 0;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, MAX_PAUSE_MS)) {
    const attempt = await tryOnce(dependencies, plan);
    if (attempt.kind === "done") return attempt.value;
    if (attempt.kind === "unknown") {
      if (await hasCommitted(dependencies, attempt.begun, deadline, attempt.error)) return attempt.value;
    } else if (isConflict(attempt.error)) {
      conflicts += 1;
      if (conflicts >= MAX_CONFLICTS) throw attempt.error;
    } else if (!isLost(attempt.error) || Date.now() + pause > deadline) {
      throw attempt.error;
    }
    await setTimeout(pause * (0.5 + Math.random() / 2));
  }
}

async function tryOnce<T>(
  { pool, execute }: TransactionDependencies,
  plan: () => SqlPlan<T>,
): Promise<Attempt<T>> {
  let client: pg.PoolClient;
  try {
    client = await pool.connect();
  } catch (error) {
    return { kind: "failed", error };
  }
  let broken: Error | undefined;
  let sent: { value: T; begun: Begun } | undefined;
  try {
    const begun = await begin(client);
    const steps = plan();
    let step: IteratorResult<SqlRequest, T> = steps.next();
    while (step.done !== true) step = steps.next(await execute(client, step.value.sql, step.value.values));
    sent = { value: step.value, begun };
    await client.query("COMMIT");
    return { kind: "done", value: step.value };
  } catch (error) {
    if (isLost(error)) {
      broken = error as Error;
      return sent === undefined ? { kind: "failed", error } : { kind: "unknown", error, ...sent };
    }
    await client.query("ROLLBACK").catch((cause: unknown) => {
      broken = cause instanceof Error ? cause : new Error(String(cause));
    });
    return { kind: "failed", error };
  } finally {
    // A connection that is lost, or could not roll back, is thrown away rather than handed on half way.
    client.release(broken);
  }
}

async function begin(client: pg.PoolClient): Promise<Begun> {
  // Two statements in one message are answered by two results, which the driver's types do not tell.
  const results = (await client.query(BEGIN)) as unknown as pg.QueryResult<Begun>[];
  const begun = results[1]?.rows[0];
  if (begun === undefined) throw new Error("the transaction has no number");
  return begun;
}

/** Asks until the server can say; rejects with `cause` when it does not within the patience. */
async function hasCommitted(
  { pool }: TransactionDependencies,
  { id, backend }: Begun,
  deadline: number,
  cause: unknown,
): Promise<boolean> {
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, MAX_PAUSE_MS)) {
    try {
      const { rows } = await pool.query<{ status: string | null }>(
        "SELECT pg_xact_status($1::text::xid8) AS status",
        [id],
      );
      const status = rows[0]?.status;
      if (status !== "in progress") return status === "committed";
      // The server has not noticed yet that nobody is there: what it holds would keep the next try waiting.
      await pool.query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = $1 AND backend_xid = $2::text::xid8::xid",
        [backend, id],
      );
    } catch (error) {
      if (!isLost(error)) throw error;
    }
    if (Date.now() + pause > deadline) throw cause;
    await setTimeout(pause);
  }
}
