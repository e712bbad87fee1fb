import type { Knex } from "knex";

/**
 * What a command needs to be told again, and to be found after its process has died: the session it is about, what came
 * of it, and which process sends it.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable("commands", (table) => {
    table.text("provider_key");
    table.text("provider_id");
    table.text("answer");
    table.bigInteger("owner").notNullable().defaultTo(0);
    table.index(["outcome", "connection", "provider_key"]);
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.alterTable("commands", (table) => {
    table.dropIndex(["outcome", "connection", "provider_key"]);
    table.dropColumns("provider_key", "provider_id", "answer", "owner");
  });
}
