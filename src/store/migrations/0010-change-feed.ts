import { randomBytes } from "node:crypto";
import type { Knex } from "knex";

/**
 * What subscribers need of the change log: what filters look at, before and after each change, which rows of a session
 * it was about, and how far the log has been pruned. Cursors are sealed with a key that all gateways on this database
 * share: a place in the log, read by a client, would tell how much happens that it may not see.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable("changes", (table) => {
    for (const column of ["before", "after", "parts"]) table.text(column);
    table.index(["session_key", "sequence"]);
  });
  await knex.schema.createTable("change_feed", (table) => {
    table.integer("id").primary();
    table.bigInteger("floor").notNullable();
    table.binary("cursor_key").notNullable();
  });
  const last = (await knex("changes").max("sequence as last").first()) as { last: unknown } | undefined;
  // Rows from before do not say enough to be told to anybody.
  await knex("change_feed").insert({ id: 1, floor: Number(last?.last ?? 0), cursor_key: randomBytes(16) });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable("change_feed");
  await knex.schema.alterTable("changes", (table) => table.dropIndex(["session_key", "sequence"]));
  for (const column of ["before", "after", "parts"])
    await knex.raw(`ALTER TABLE changes DROP COLUMN "${column}"`);
}
