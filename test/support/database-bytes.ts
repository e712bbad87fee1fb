/** Everything that a database holds, to search for what must not be there. */
import { existsSync, readFileSync } from "node:fs";
import pg from "pg";

/** The number of times each text occurs: in every byte of the SQLite files, or every column of every table. */
export async function countTexts(
  databaseUrl: string,
  texts: readonly string[],
): Promise<Record<string, number>> {
  const content = databaseUrl.startsWith("sqlite:")
    ? ["", "-wal", "-shm", "-journal"]
        .map((suffix) => databaseUrl.slice("sqlite:".length) + suffix)
        .filter((path) => existsSync(path))
        .map((path) => readFileSync(path).toString("latin1"))
        .join("\n")
    : await everyColumn(databaseUrl);
  return Object.fromEntries(texts.map((text) => [text, content.split(text).length - 1]));
}

async function everyColumn(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows: tables } = await client.query<{ table_name: string }>(
      "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'",
    );
    const texts: string[] = [];
    for (const { table_name: name } of tables) {
      const { rows } = await client.query<{ row: string }>(`SELECT t::text AS row FROM "${name}" AS t`);
      texts.push(...rows.map(({ row }) => row));
    }
    return texts.join("\n");
  } finally {
    await client.end();
  }
}
