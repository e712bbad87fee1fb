/** PostgreSQL through one pool, with named prepared statements. */
import { createHash } from "node:crypto";
import knexFactory from "knex";
import pg from "pg";
import type { Database, SqlPlan, SqlRequest, SqlRow, SqlValue } from "../sql.js";
import { postgresDialect } from "./postgres-dialect.js";
import { createPresence } from "./postgres-presence.js";

/** Connections at most; ingests of several providers run side by side with reads. */
const POOL_SIZE = 10;
/** A statement that takes longer than this is stuck, milliseconds. */
const STATEMENT_TIMEOUT_MS = 30_000;

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
export function openPostgres(url: string): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: POOL_SIZE,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    types,
  });
  // A connection that breaks while idle is replaced by the next statement; unheard, the event would end the process.
  pool.on("error", () => undefined);
  const knex = knexFactory({ client: "pg", connection: { connectionString: url }, pool: { min: 0, max: 2 } });
  const presence = createPresence(url);
  const prepared = new Map<string, Prepared>();

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

  return {
    dialect: postgresDialect,
    knex,
    async all(sql, values, { planned } = { planned: "ONCE" }) {
      if (planned === "ONCE") return execute(pool, sql, values);
      // Without a name a statement is planned for the values it comes with.
      const { rows } = await pool.query<SqlRow>({ text: prepare(sql).text, values: [...values] });
      return rows;
    },
    async transaction<T>(plan: () => SqlPlan<T>): Promise<T> {
      const client = await pool.connect();
      let broken: Error | undefined;
      try {
        await client.query("BEGIN");
        const steps = plan();
        let step: IteratorResult<SqlRequest, T> = steps.next();
        while (step.done !== true)
          step = steps.next(await execute(client, step.value.sql, step.value.values));
        await client.query("COMMIT");
        return step.value;
      } catch (error) {
        await client.query("ROLLBACK").catch((cause: unknown) => {
          broken = cause instanceof Error ? cause : new Error(String(cause));
        });
        throw error;
      } finally {
        // A connection that could not roll back is thrown away rather than handed on in the middle of a transaction.
        client.release(broken);
      }
    },
    announce: (owner) => presence.announce(owner),
    async ping() {
      await pool.query("SELECT 1");
    },
    async close() {
      await Promise.all([presence.close(), knex.destroy(), pool.end()]);
    },
  };
}
