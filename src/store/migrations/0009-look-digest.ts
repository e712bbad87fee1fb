import type { Knex } from "knex";

/** A digest of the look that was taken in last, so that the same told again is known without reading what is stored. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable("sessions", (table) => {
    table.text("look_digest");
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw("ALTER TABLE sessions DROP COLUMN look_digest");
}
