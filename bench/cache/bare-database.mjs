/** Prepared statements without a gateway, on either database: what the gateway is measured against. */
import SqliteDriver from "better-sqlite3";
import pg from "pg";

/** `many(sql)`: `?` is a list of keys, bound as the database likes it. */
export async function openBare(url) {
  return url.startsWith("sqlite:") ? openSqlite(url.slice("sqlite:".length)) : openPostgres(url);
}

function openSqlite(path) {
  const driver = new SqliteDriver(path);
  driver.pragma("journal_mode = WAL");
  driver.pragma("synchronous = NORMAL");
  const statements = new Map();
  const prepare = (sql) => {
    let statement = statements.get(sql);
    if (statement === undefined) statements.set(sql, (statement = driver.prepare(sql)));
    return statement;
  };
  return {
    among: (column) => `${column} IN (SELECT value FROM json_each(?))`,
    list: (values) => JSON.stringify(values),
    async all(sql, values) {
      const statement = prepare(sql);
      if (statement.reader) return statement.all(...values);
      statement.run(...values);
      return [];
    },
    /** Rows into one table: the columns, then arrays of values. */
    async writeRows(sql, rows) {
      const statement = prepare(sql);
      for (const row of rows) statement.run(...row);
    },
    async transaction(work) {
      driver.exec("BEGIN IMMEDIATE");
      await work();
      driver.exec("COMMIT");
    },
    close: async () => driver.close(),
  };
}

async function openPostgres(url) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const names = new Map();
  const all = async (sql, values) => {
    if (!names.has(sql)) {
      let index = 0;
      names.set(sql, { name: `bare_${names.size}`, text: sql.replaceAll("?", () => `$${(index += 1)}`) });
    }
    return (await client.query({ ...names.get(sql), values })).rows;
  };
  return {
    among: (column) => `${column} = ANY(?::${column === "tie" ? "text" : "bigint"}[])`,
    list: (values) => values,
    all,
    async writeRows(sql, rows) {
      // Sent one after the other without waiting for each: what a careful hand would do.
      await Promise.all(rows.map((row) => all(sql, row)));
    },
    async transaction(work) {
      await client.query("BEGIN");
      await work();
      await client.query("COMMIT");
    },
    close: () => client.end(),
  };
}
