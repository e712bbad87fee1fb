/** A gateway on a given database, over providers that have nothing to tell: what is in it is what a test puts there. */
import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startSandbox } from "../../src/sandbox/sandbox.js";
import { openDatabase } from "../../src/store/open-database.js";
import type { Database } from "../../src/store/sql.js";
import type { TestDatabase } from "../support/databases.js";
import { startTestGateway, untilSynchronised, type TestGateway } from "../support/gateway.js";

export interface DatabaseGateway extends AsyncDisposable {
  readonly gateway: TestGateway;
  /** The same database through a door of its own. */
  readonly database: Database;
  /** How many keys have this value. */
  count(value: string): Promise<{ rows: number }>;
}

const SCOPES = ["sessions:read", "transcripts:read", "raw:read", "pii:read", "recordings:read", "admin"];

const EVERYTHING: Readonly<Record<string, string[]>> = { "k-all": ["*"], "k-two": ["evo", "portsip"] };

/** `keys`: which connections each may see; by default `k-all` sees every one, `k-two` only `evo` and `portsip`. */
export async function createDatabaseGateway(
  kind: TestDatabase,
  environment: Record<string, string> = {},
  keys = EVERYTHING,
): Promise<DatabaseGateway> {
  const created = await kind.create();
  const folder = await mkdtemp(join(tmpdir(), "switchboard-keys-"));
  const file = join(folder, "keys.json");
  const key = (name: string, connections: string[]) => ({
    name,
    sha256: createHash("sha256").update(name).digest("hex"),
    scopes: SCOPES,
    connections,
  });
  await writeFile(file, JSON.stringify(Object.entries(keys).map((entry) => key(...entry))));
  const sandbox = await startSandbox({ traffic: null, days: 0 });
  const gateway = await startTestGateway({
    environment: {
      ...sandbox.environment,
      DATABASE_URL: created.url,
      SWITCHBOARD_AUTH: "required",
      SWITCHBOARD_API_KEYS_FILE: file,
      ...environment,
    },
  });
  // A connection of a test's own may lead nowhere; it is never synchronised.
  if (environment["SWITCHBOARD_CONFIG"] === undefined) await untilSynchronised(gateway);
  const database = await openDatabase(created.url);
  return {
    gateway,
    database,
    async count(value) {
      const [row] = await database.all("SELECT count(*) AS count FROM session_joins WHERE value = ?", [
        value,
      ]);
      return { rows: Number(row?.["count"]) };
    },
    async [Symbol.asyncDispose]() {
      await database.close();
      await gateway[Symbol.asyncDispose]();
      await sandbox.close();
      await created.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
