/**
 * Lists and counts whose cost does not depend on how many sessions there are (docs/adr/0028): an index per connection
 * and order, one of what has not ended, and how many sessions there are of each kind.
 */
import type { Knex } from "knex";

/** Orders of lists and their column. The first index also holds what lists are filtered by most. */
const FILTERED = "phase, state, direction, channel, provider, has_transfer, has_transcript";
const INDICES = [
  ["sessions_list_started_at", `started_at, tie, ${FILTERED}`],
  ["sessions_list_updated_at", "updated_at, tie"],
  ["sessions_list_ended_at", "ended_at, tie"],
  ["sessions_list_duration_seconds", "duration_seconds, tie"],
] as const;

/** What lists of one connection are read by stands in for these. */
const FORMER: readonly (readonly string[])[] = [
  ["started_at", "tie"],
  ["updated_at", "tie"],
  ["ended_at", "tie"],
  ["duration_seconds", "tie"],
  ["connection", "phase"],
  ["connection", "started_at", "tie"],
];

const KIND = `connection, ${FILTERED}`;
const kindOf = (row: string) =>
  KIND.split(", ")
    .map((column) => `${row}.${column}`)
    .join(", ");
const COUNTED =
  "ON CONFLICT (" + KIND + ") DO UPDATE SET sessions = session_counts.sessions + excluded.sessions";

/** Kept by the database itself, in the transaction of whatever writes sessions. */
const SQLITE_TRIGGERS = [
  `CREATE TRIGGER session_counts_insert AFTER INSERT ON sessions BEGIN
     INSERT INTO session_counts (${KIND}, sessions) VALUES (${kindOf("NEW")}, 1) ${COUNTED};
   END`,
  `CREATE TRIGGER session_counts_delete AFTER DELETE ON sessions BEGIN
     INSERT INTO session_counts (${KIND}, sessions) VALUES (${kindOf("OLD")}, -1) ${COUNTED};
   END`,
  `CREATE TRIGGER session_counts_update AFTER UPDATE OF ${KIND} ON sessions
   WHEN (${kindOf("OLD")}) IS NOT (${kindOf("NEW")}) BEGIN
     INSERT INTO session_counts (${KIND}, sessions) VALUES (${kindOf("OLD")}, -1) ${COUNTED};
     INSERT INTO session_counts (${KIND}, sessions) VALUES (${kindOf("NEW")}, 1) ${COUNTED};
   END`,
];

/** Once a statement rather than once a row; rows of the counts are locked in one order. */
const upsert = (rows: string) =>
  `INSERT INTO session_counts (${KIND}, sessions)
   SELECT ${KIND}, sum(step) FROM (${rows}) AS steps GROUP BY ${KIND} HAVING sum(step) <> 0 ORDER BY ${KIND} ${COUNTED}`;
const POSTGRES_TRIGGERS = (
  [
    ["insert", "NEW TABLE AS now_there", `SELECT ${KIND}, 1 AS step FROM now_there`],
    ["delete", "OLD TABLE AS once_there", `SELECT ${KIND}, -1 AS step FROM once_there`],
    [
      "update",
      "OLD TABLE AS once_there NEW TABLE AS now_there",
      `SELECT ${KIND}, -1 AS step FROM once_there UNION ALL SELECT ${KIND}, 1 FROM now_there`,
    ],
  ] as const
).flatMap(([event, tables, rows]) => [
  `CREATE FUNCTION session_counts_${event}() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN ${upsert(rows)}; RETURN NULL; END $$`,
  `CREATE TRIGGER session_counts_${event} AFTER ${event} ON sessions REFERENCING ${tables}
   FOR EACH STATEMENT EXECUTE FUNCTION session_counts_${event}()`,
]);

export async function up(knex: Knex): Promise<void> {
  const isPostgres = (knex.client as { config: { client?: unknown } }).config.client === "pg";
  await knex.schema.alterTable("sessions", (table) => {
    for (const columns of FORMER) table.dropIndex([...columns]);
  });
  for (const [name, columns] of INDICES)
    await knex.raw(`CREATE INDEX ${name} ON sessions (connection, ${columns})`);
  await knex.raw("CREATE INDEX sessions_unended ON sessions (connection, phase) WHERE phase <> 'ENDED'");
  await knex.schema.createTable("session_counts", (table) => {
    for (const column of KIND.split(", "))
      if (column.startsWith("has_")) table.smallint(column).notNullable();
      else table.text(column).notNullable();
    table.bigInteger("sessions").notNullable();
    table.primary(KIND.split(", "));
  });
  await knex.raw(
    `INSERT INTO session_counts (${KIND}, sessions) SELECT ${KIND}, count(*) FROM sessions GROUP BY ${KIND}`,
  );
  for (const sql of isPostgres ? POSTGRES_TRIGGERS : SQLITE_TRIGGERS) await knex.raw(sql);
}

export async function down(knex: Knex): Promise<void> {
  const isPostgres = (knex.client as { config: { client?: unknown } }).config.client === "pg";
  for (const event of ["insert", "delete", "update"]) {
    await knex.raw(`DROP TRIGGER session_counts_${event}${isPostgres ? " ON sessions" : ""}`);
    if (isPostgres) await knex.raw(`DROP FUNCTION session_counts_${event}()`);
  }
  await knex.schema.dropTable("session_counts");
  for (const name of [...INDICES.map(([index]) => index), "sessions_unended"])
    await knex.raw(`DROP INDEX ${name}`);
  await knex.schema.alterTable("sessions", (table) => {
    for (const columns of FORMER) table.index([...columns]);
  });
}
