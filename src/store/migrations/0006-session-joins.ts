/**
 * Keys by which sessions of different connections are found to be one conversation, indexed; made for every session that
 * is there already.
 */
import type { Knex } from "knex";
import {
  joinsOf,
  type InteractionRecord,
  type LegRecord,
  type MemberRecord,
  type TransferRecord,
} from "../../model/index.js";
import { fromJson, toSessionRow } from "../session-columns.js";
import type { SqlRow } from "../sql.js";

/** Sessions read at once while the keys are made. */
const BATCH = 500;
/** Rows in one statement: SQLite binds 32,766 values at most, and each row has four. */
const ROWS = 2_000;

export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable("session_joins", (table) => {
    table.text("kind").notNullable();
    table.text("value").notNullable();
    table.bigInteger("at").notNullable();
    table.bigInteger("session_key").notNullable().references("key").inTable("sessions").onDelete("CASCADE");
    table.primary(["kind", "value", "at", "session_key"]);
    table.index(["session_key"]);
  });
  let last = 0;
  for (;;) {
    const rows = toRows(
      await knex.raw(`SELECT * FROM sessions WHERE key > ? ORDER BY key LIMIT ${BATCH}`, [last]),
    );
    if (rows.length === 0) return;
    const joins = await joinsOfBatch(knex, rows);
    for (let start = 0; start < joins.length; start += ROWS)
      await insert(knex, joins.slice(start, start + ROWS));
    last = Number(rows.at(-1)?.["key"]);
  }
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists("session_joins");
}

type JoinRow = readonly [kind: string, value: string, at: number, sessionKey: number];

/** As text: the query builder would make one SELECT of each row, of which SQLite takes 500. */
async function insert(knex: Knex, rows: readonly JoinRow[]): Promise<void> {
  const marks = rows.map(() => "(?, ?, ?, ?)").join(", ");
  await knex.raw(`INSERT INTO session_joins (kind, value, at, session_key) VALUES ${marks}`, rows.flat());
}

async function joinsOfBatch(knex: Knex, rows: readonly SqlRow[]): Promise<JoinRow[]> {
  const keys = rows.map((row) => Number(row["key"]));
  const read = async (table: string) => {
    const children = (await knex(table).whereIn("session_key", keys)) as SqlRow[];
    return Map.groupBy(children, (row) => Number(row["session_key"]));
  };
  const members = await read("members");
  const interactions = await read("interactions");
  const legs = await read("legs");
  const transfers = await read("transfers");
  const addresses = await read("session_addresses");
  const records = <Row>(children: Map<number, SqlRow[]>, key: number) =>
    (children.get(key) ?? []).map((row) => fromJson(row["data"]) as Row);
  return rows.flatMap((columns) => {
    const key = Number(columns["key"]);
    const startedAt = columns["started_at"];
    // Drivers differ in how they read 64-bit integers when nobody tells them.
    const row = toSessionRow({ ...columns, key, started_at: startedAt === null ? null : Number(startedAt) });
    const ownLegs = Map.groupBy(legs.get(key) ?? [], (leg) => leg["interaction_key"]);
    const joins = joinsOf({
      facts: row,
      providerId: row.providerId,
      providerKey: row.providerKey,
      fields: row.fields,
      members: records<MemberRecord>(members, key),
      interactions: records<InteractionRecord>(interactions, key).map((interaction) => ({
        ...interaction,
        legs: (ownLegs.get(interaction.key) ?? []).map((leg) => fromJson(leg["data"]) as LegRecord),
      })),
      transfers: records<TransferRecord>(transfers, key),
      addresses: (addresses.get(key) ?? []).map((address) => address["address"] as string),
      known: [],
    });
    return joins.map(({ kind, value, at }) => [kind, value, at, key] as const);
  });
}

/** The rows of a raw statement: drivers wrap them differently. */
function toRows(answer: unknown): SqlRow[] {
  return Array.isArray(answer) ? (answer as SqlRow[]) : (answer as { rows: SqlRow[] }).rows;
}
