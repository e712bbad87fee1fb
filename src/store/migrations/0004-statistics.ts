import type { Knex } from "knex";
import {
  createRollups,
  createTriggers,
  dropRollups,
  dropTriggers,
  fillRollups,
} from "../stats/rollup-triggers.js";

/** Figures on sessions kept ready: filled from what is there, then followed by triggers. */
export async function up(knex: Knex): Promise<void> {
  const database = nameOf(knex);
  for (const sql of [...createRollups(database), ...fillRollups(database), ...createTriggers(database)]) {
    await knex.raw(sql);
  }
}

export async function down(knex: Knex): Promise<void> {
  for (const sql of [...dropTriggers(nameOf(knex)), ...dropRollups()]) await knex.raw(sql);
}

function nameOf(knex: Knex): "sqlite" | "postgres" {
  return (knex.client as { config: { client?: unknown } }).config.client === "pg" ? "postgres" : "sqlite";
}
