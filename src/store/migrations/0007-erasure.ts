import { randomBytes } from "node:crypto";
import type { Knex } from "knex";

/**
 * What was erased and must not come back, as hashes: addresses (salted, so that no table made beforehand tells the
 * number) and sessions by their `tie`. Beside them, the row that shows whether a full disk has room again.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable("erasure_salt", (table) => {
    table.text("salt").primary();
  });
  await knex("erasure_salt").insert({ salt: randomBytes(16).toString("hex") });
  await knex.schema.createTable("erased_addresses", (table) => {
    table.text("hash").primary();
    table.text("kind").notNullable();
    table.bigInteger("erased_at").notNullable();
  });
  await knex.schema.createTable("erased_sessions", (table) => {
    table.text("tie").primary();
    table.bigInteger("erased_at").notNullable();
  });
  await knex.schema.createTable("write_probe", (table) => {
    table.integer("id").primary();
    table.text("filling").notNullable();
  });
}

export async function down(knex: Knex): Promise<void> {
  for (const table of ["write_probe", "erased_sessions", "erased_addresses", "erasure_salt"])
    await knex.schema.dropTableIfExists(table);
}
