import type { Knex } from "knex";

/**
 * For several gateways on one database: what the holder of a lease has to say to the others, and what is watched at each
 * gateway, so that whoever polls a connection knows it.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable("leases", (table) => {
    table.text("note");
  });
  await knex.schema.createTable("watches", (table) => {
    table.text("gateway").notNullable();
    table.text("connection").notNullable();
    // Empty: the connection as a whole.
    table.text("provider_key").notNullable();
    table.text("provider_id").notNullable();
    table.bigInteger("expires_at").notNullable();
    table.primary(["gateway", "connection", "provider_key"]);
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists("watches");
  await knex.raw("ALTER TABLE leases DROP COLUMN note");
}
