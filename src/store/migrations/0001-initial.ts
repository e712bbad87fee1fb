/** The tables of the cache and of the gateway itself. Times are milliseconds since the epoch. */
import type { Knex } from "knex";

const SESSION_TEXTS = [
  "title",
  "from_address",
  "from_number",
  "from_name",
  "to_address",
  "to_number",
  "to_name",
];

function sessionKey(table: Knex.CreateTableBuilder): Knex.ColumnBuilder {
  const column = table.bigInteger("session_key").notNullable();
  column.references("key").inTable("sessions").onDelete("CASCADE");
  return column;
}

/** What hangs off a session has its record as JSON beside the columns that queries need. */
function child(table: Knex.CreateTableBuilder, key: "text" | "integer"): void {
  sessionKey(table);
  if (key === "text") table.text("key").notNullable();
  else table.integer("key").notNullable();
  table.integer("position").notNullable();
  table.text("data").notNullable();
  // Lower-case text that a search finds the session by.
  table.text("search");
  table.primary(["session_key", "key"]);
}

export async function up(knex: Knex): Promise<void> {
  const isPostgres = (knex.client as { config: { client?: unknown } }).config.client === "pg";
  await knex.schema.createTable("sessions", (table) => {
    table.bigIncrements("key");
    // A hash of identity: breaks ties in every order and tells nobody how many sessions there are.
    table.text("tie").notNullable().unique();
    for (const column of ["connection", "provider", "provider_id", "provider_key"])
      table.text(column).notNullable();
    for (const column of ["channel", "direction", "phase", "state"]) table.text(column).notNullable();
    for (const column of SESSION_TEXTS) table.text(column);
    for (const column of ["started_at", "answered_at", "ended_at", "updated_at"]) table.bigInteger(column);
    table.double("duration_seconds");
    table.text("cost_amount");
    table.text("cost_currency");
    table.specificType("fields", isPostgres ? "jsonb" : "text").notNullable();
    table.text("sections").notNullable();
    table.text("problems").notNullable();
    table.bigInteger("fetched_at").notNullable();
    table.bigInteger("version");
    table.text("source").notNullable();
    table.smallint("has_transfer").notNullable();
    table.smallint("has_transcript").notNullable();
    table.text("payload_hash");
    table.text("search");
    table.unique(["connection", "provider_key"]);
    for (const column of ["started_at", "updated_at", "ended_at", "duration_seconds"])
      table.index([column, "tie"]);
    table.index(["connection", "phase"]);
    table.index(["connection", "started_at", "tie"]);
  });
  await knex.schema.createTable("session_payloads", (table) => {
    sessionKey(table);
    table.text("raw").notNullable();
    table.primary(["session_key"]);
  });
  await knex.schema.createTable("session_addresses", (table) => {
    sessionKey(table);
    table.text("address").notNullable();
    table.primary(["address", "session_key"]);
    table.index(["session_key"]);
  });
  for (const name of ["members", "interactions", "transfers", "recordings", "events"]) {
    await knex.schema.createTable(name, (table) => child(table, "text"));
  }
  await knex.schema.createTable("transcript_entries", (table) => child(table, "integer"));
  await knex.schema.createTable("legs", (table) => {
    sessionKey(table);
    table.text("interaction_key").notNullable();
    table.integer("position").notNullable();
    table.text("data").notNullable();
    table.primary(["session_key", "interaction_key", "position"]);
  });
  await knex.schema.createTable("reports", (table) => {
    sessionKey(table);
    table.text("data").notNullable();
    table.text("search");
    table.primary(["session_key"]);
  });
  await knex.schema.createTable("changes", (table) => {
    table.bigIncrements("sequence");
    table.bigInteger("session_key").notNullable();
    table.text("connection").notNullable();
    table.bigInteger("at").notNullable();
    table.text("kind").notNullable();
    table.text("changed").notNullable();
    table.text("previous_state");
    table.index(["at"]);
  });
  await createGatewayTables(knex);
}

/** The gateway's own: what it was asked to do, what was pushed to it, and how far each connection is known. */
async function createGatewayTables(knex: Knex): Promise<void> {
  await knex.schema.createTable("commands", (table) => {
    table.text("id").primary();
    for (const column of ["connection", "principal", "name", "input", "outcome"])
      table.text(column).notNullable();
    table.text("idempotency_key");
    table.text("error");
    table.bigInteger("created_at").notNullable();
    table.bigInteger("finished_at");
    table.unique(["principal", "name", "idempotency_key"]);
  });
  await knex.schema.createTable("webhook_inbox", (table) => {
    table.bigIncrements("sequence");
    for (const column of ["connection", "delivery_id", "headers", "body", "state"])
      table.text(column).notNullable();
    table.bigInteger("received_at").notNullable();
    table.integer("attempts").notNullable();
    table.bigInteger("next_attempt_at");
    table.text("error");
    table.unique(["connection", "delivery_id"]);
    table.index(["state", "next_attempt_at"]);
  });
  await knex.schema.createTable("coverage", (table) => {
    table.text("connection").notNullable();
    table.bigInteger("since").notNullable();
    table.bigInteger("until").notNullable();
    table.primary(["connection", "since"]);
  });
  await knex.schema.createTable("leases", (table) => {
    table.text("name").primary();
    table.text("holder").notNullable();
    table.bigInteger("expires_at").notNullable();
  });
  await knex.schema.createTable("connections", (table) => {
    table.text("name").primary();
    table.text("provider").notNullable();
    table.bigInteger("last_synced_at");
    table.bigInteger("covered_since");
    table.text("last_error");
    table.text("capabilities").notNullable();
  });
}

const TABLES = [
  ...["connections", "leases", "coverage", "webhook_inbox", "commands", "changes", "reports", "legs"],
  ...["transcript_entries", "events", "recordings", "transfers", "interactions", "members"],
  ...["session_addresses", "session_payloads", "sessions"],
];

export async function down(knex: Knex): Promise<void> {
  for (const table of TABLES) await knex.schema.dropTableIfExists(table);
}
