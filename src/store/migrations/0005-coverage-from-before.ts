import type { Knex } from "knex";

/** What databases knew as one `covered_since` becomes the first span of their coverage. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(
    `INSERT INTO coverage (connection, since, until)
     SELECT name, covered_since, last_synced_at FROM connections
     WHERE covered_since IS NOT NULL AND last_synced_at > covered_since`,
  );
}

export async function down(knex: Knex): Promise<void> {
  await knex("coverage").delete();
}
