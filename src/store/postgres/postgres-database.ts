/** PostgreSQL through one pool, with named prepared statements. */
import { createHash } from "node:crypto";
import knexFactory from "knex";
import pg from "pg";
import { DatabaseUnavailableError } from "../../errors/index.js";
import { DATABASE_DEFAULTS, type DatabaseOptions } from "../database-options.js";
import type { Database, SqlPlan, SqlRow, SqlValue } from "../sql.js";
import { createWriteProbe } from "../write-probe.js";
import { postgresDialect } from "./postgres-dialect.js";
import { isLost, toPostgresFailure } from "./postgres-failures.js";
import { createPresence } from "./postgres-presence.js";
import { runTransaction } from "./postgres-transaction.js";

/** How much longer than a statement may take its answer is waited for, milliseconds: a dead network never answers. */
const ANSWER_SLACK_MS = 2_000;

interface Prepared {
  name: string;
  text: string;
}

/** Milliseconds, keys and counts stay far below 2^53, so 64-bit integers are read as numbers. */
const types: pg.CustomTypesConfig = {
  getTypeParser: ((id: number, format?: "text" | "binary"): unknown =>
    id === (pg.types.builtins.INT8 as number)
      ? Number
      : pg.types.getTypeParser(id, format)) as typeof pg.types.getTypeParser,
};

/** Opens a pool. Nothing is connected before the first statement. */
export function openPostgres(url: string, options: DatabaseOptions = {}): Database {
  const { poolSize, statementTimeoutMs, connectTimeoutMs, patienceMs } = { ...DATABASE_DEFAULTS, ...options };
  const pool = new pg.Pool({
    connectionString: url,
    max: poolSize,
    connectionTimeoutMillis: connectTimeoutMs,
    statement_timeout: statementTimeoutMs,
    query_timeout: statementTimeoutMs + ANSWER_SLACK_MS,
    lock_timeout: patienceMs,
    // What a gateway that was cut off had begun lets go of its locks.
    idle_in_transaction_session_timeout: statementTimeoutMs,
    keepAlive: true,
    types,
  });
  // A connection that breaks is replaced by the next statement; unheard, the events would end the process.
  pool.on("error", () => undefined);
  pool.on("connect", (client) => void client.on("error", () => undefined));
  const knex = knexFactory({
    client: "pg",
    connection: { connectionString: url },
    pool: { min: 0, max: 2 },
    acquireConnectionTimeout: connectTimeoutMs,
    // It would write to the console, past the log and its masking; what goes wrong is thrown as well.
    log: { warn() {}, error() {}, deprecate() {}, debug() {} },
  });
  const presence = createPresence(url);
  const prepared = new Map<string, Prepared>();
  const probe = createWriteProbe();

  function prepare(sql: string): Prepared {
    const known = prepared.get(sql);
    if (known !== undefined) return known;
    let index = 0;
    const text = sql.replaceAll("?", () => `$${(index += 1)}`);
    const statement = { name: createHash("sha256").update(text).digest("hex").slice(0, 32), text };
    prepared.set(sql, statement);
    return statement;
  }

  async function execute(
    client: pg.Pool | pg.PoolClient,
    sql: string,
    values: readonly SqlValue[],
  ): Promise<SqlRow[]> {
    const { rows } = await client.query<SqlRow>({ ...prepare(sql), values: [...values] });
    return rows;
  }

  async function told<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      throw probe.noteFailure(toPostgresFailure(error));
    }
  }

  /** A connection that sat in the pool while the server went away is found out by its next statement: once more, then. */
  async function executeAgain(sql: string, values: readonly SqlValue[]): Promise<SqlRow[]> {
    const startedAt = Date.now();
    try {
      return await execute(pool, sql, values);
    } catch (error) {
      if (!isLost(error) || Date.now() - startedAt > connectTimeoutMs) throw error;
      return execute(pool, sql, values);
    }
  }

  return {
    dialect: postgresDialect,
    knex,
    async all(sql, values, { planned } = { planned: "ONCE" }) {
      if (planned === "ONCE") return told(executeAgain(sql, values));
      // Without a name a statement is planned for the values it comes with.
      const { rows } = await told(pool.query<SqlRow>({ text: prepare(sql).text, values: [...values] }));
      return rows;
    },
    transaction: <T>(plan: () => SqlPlan<T>) => told(runTransaction({ pool, execute, patienceMs }, plan)),
    // Commits wait for the disk.
    flush: () => Promise.resolve(),
    announce: (owner) => told(presence.announce(owner)),
    async ping() {
      const [state] = await told(executeAgain("SELECT pg_is_in_recovery() AS standby", []));
      if (state?.["standby"] === true) throw new DatabaseUnavailableError("READ_ONLY");
      const trial = probe.trial();
      if (trial !== null) await told(execute(pool, trial.sql, trial.values));
      probe.noteSuccess();
    },
    reclaim: () => Promise.resolve(0),
    scrub: () => told(pool.query("VACUUM")).then(() => undefined),
    async close() {
      await Promise.all([presence.close(), knex.destroy(), pool.end()]);
    },
  };
}
