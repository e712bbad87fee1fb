import type { Knex } from "knex";

/**
 * What an inbox needs so that deliveries of one session follow each other and each is taken by one process. Nothing has
 * been written to the table of before, which is made anew.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.dropTable("webhook_inbox");
  await knex.schema.createTable("webhook_inbox", (table) => {
    table.bigIncrements("sequence");
    for (const column of ["connection", "delivery_id", "digest", "message", "state"])
      table.text(column).notNullable();
    // The session it is about; null for none, or when it could not be read.
    table.text("provider_key");
    table.bigInteger("received_at").notNullable();
    table.integer("attempts").notNullable();
    table.bigInteger("next_attempt_at").notNullable();
    // The process that has it in hand.
    table.bigInteger("owner");
    table.text("error");
    table.unique(["connection", "delivery_id"]);
    table.index(["connection", "state", "sequence"]);
    table.index(["connection", "state", "provider_key", "sequence"], "webhook_inbox_session");
    table.index(["received_at"]);
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable("webhook_inbox");
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
}
