/** A gateway over an empty world, and a door of its own into its database. */
import { createIngest } from "../../../src/ingest/create-ingest.js";
import type { SessionSnapshot } from "../../../src/model/index.js";
import { openDatabase } from "../../../src/store/open-database.js";
import type { Database } from "../../../src/store/sql.js";
import type { TestDatabase } from "../../support/databases.js";
import { startTestWorld, type Answer, type TestGateway } from "../../support/gateway.js";
import { snapshot } from "../../support/snapshots.js";
import type { Figures, PlainArgs } from "./figures.js";

/** What a client selects that wants no percentiles. */
export const LEAN = `key from to count liveCount answeredCount totalDurationSeconds averageDurationSeconds
  cost { amount currency } transferCount`;
/** Everything. */
export const WHOLE = `${LEAN} p50DurationSeconds p95DurationSeconds`;

export interface StatsWorld extends AsyncDisposable {
  readonly database: Database;
  readonly query: TestGateway["query"];
  /** Takes one look at each. */
  take(connection: string, looks: Readonly<Record<string, Partial<SessionSnapshot>>>): Promise<void>;
  /** Asks `sessionStats`. @param fields by default all @param headers as which client */
  ask(
    args: PlainArgs,
    fields?: string,
    headers?: Record<string, string>,
  ): Promise<Answer<{ sessionStats: Figures[] }>>;
  /** The figures themselves. Throws what errors there are. */
  figures(args: PlainArgs, fields?: string): Promise<Figures[]>;
}

/** Providers of the sandbox's connections. */
export const PROVIDER_OF = { speko: "SPEKO", plivo: "PLIVO", evo: "EVO_VOICE", portsip: "PORTSIP" } as const;

const QUERY = (fields: string) => `
  query ($filter: SessionFilter, $groupBy: [StatsDimension!], $bucket: StatsBucket, $timeZone: String) {
    sessionStats(filter: $filter, groupBy: $groupBy, bucket: $bucket, timeZone: $timeZone) { ${fields} }
  }`;

/** Starts it on a database of the kind. */
export async function startStatsWorld(
  kind: TestDatabase,
  environment: Record<string, string> = {},
): Promise<StatsWorld> {
  const { url, drop } = await kind.create();
  const world = await startTestWorld({
    sandbox: { days: 0 },
    environment: { DATABASE_URL: url, ...environment },
  });
  const database = await openDatabase(url);
  const ingest = createIngest(database, { now: () => 1 });
  const ask: StatsWorld["ask"] = (args, fields = WHOLE, headers = {}) =>
    world.gateway.query(QUERY(fields), args, headers);
  return {
    database,
    query: (...operation) => world.gateway.query(...operation),
    ask,
    async figures(args, fields) {
      const { data, errors } = await ask(args, fields);
      if (data === null) throw new Error(JSON.stringify(errors));
      return data.sessionStats;
    },
    async take(connection, looks) {
      const provider = PROVIDER_OF[connection as keyof typeof PROVIDER_OF];
      const snapshots = Object.entries(looks).map(([id, look]) => snapshot(id, { provider, ...look }));
      await ingest.ingest(connection, snapshots);
    },
    async [Symbol.asyncDispose]() {
      await database.close();
      await world[Symbol.asyncDispose]();
      await drop();
    },
  };
}
