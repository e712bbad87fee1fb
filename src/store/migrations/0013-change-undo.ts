import type { Knex } from "knex";

/**
 * How things were before each change, of what filters look at and the log had no room for; how far the log reached
 * before rows of it were removed; and how far it has been pruned, for each connection by itself, so that what happens
 * at the others does not show in how long a cursor is good. Rows from before say nothing of what they altered: until they
 * leave by age, sessions are taken to have met filters on these things as they do afterwards.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable("changes", (table) => void table.text("undo"));
  await knex.schema.alterTable("change_feed", (table) => {
    table.bigInteger("reached").notNullable().defaultTo(0);
  });
  await knex.schema.createTable("change_floors", (table) => {
    table.text("connection").primary();
    table.bigInteger("floor").notNullable();
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`UPDATE change_feed SET floor = (
    SELECT CASE WHEN max(own.floor) > change_feed.floor THEN max(own.floor) ELSE change_feed.floor END
    FROM change_floors AS own)`);
  await knex.schema.dropTable("change_floors");
  await knex.raw("ALTER TABLE change_feed DROP COLUMN reached");
  await knex.raw("ALTER TABLE changes DROP COLUMN undo");
}
