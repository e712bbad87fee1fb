/** The command log: what was to be done at a provider, written down before it is sent. */
import type { Owner } from "../owner.js";
import { fromJson } from "../session-columns.js";
import { run, type Database, type SqlPlan, type SqlRow } from "../sql.js";
import type { CommandRepository, CommandRow } from "../store.js";
import { addScope, Conditions } from "./session-conditions.js";

const COLUMNS = [
  ...["id", "connection", "principal", "name", "input", "outcome", "idempotency_key", "created_at"],
  ...["provider_key", "provider_id", "owner"],
];

/** Recorded mutations of this process. */
export function createCommandRepository(database: Database, process: Owner): CommandRepository {
  const { all, dialect } = database;
  const owner = process.number;

  /** Answers the row that the key names already; null when there is none. */
  function* withKey(principal: string, name: string, key: string | null): SqlPlan<CommandRow | null> {
    if (key === null) return null;
    const [row] = yield* run(
      "SELECT * FROM commands WHERE principal = ? AND name = ? AND idempotency_key = ?",
      [principal, name, key],
    );
    return row === undefined ? null : toRow(row);
  }

  return {
    async byId(id, scope) {
      const conditions = new Conditions();
      conditions.add("id = ?", id);
      addScope(conditions, scope, dialect);
      const [row] = await all(`SELECT * FROM commands${conditions.where}`, conditions.values);
      return row === undefined ? null : toRow(row);
    },
    byKey: (principal, name, key) => database.transaction(() => withKey(principal, name, key)),
    async begin(command) {
      await process.announce();
      return database.transaction(
        function* (): SqlPlan<{ row: CommandRow; isNew: boolean }> {
          const [inserted] = yield* run(
            `INSERT INTO commands (${COLUMNS.join(", ")}) VALUES (${COLUMNS.map(() => "?").join(", ")})
             ON CONFLICT (principal, name, idempotency_key) DO NOTHING RETURNING *`,
            [
              ...[
                command.id,
                command.connection,
                command.principal,
                command.name,
                command.inputHash,
                "PENDING",
              ],
              ...[command.idempotencyKey, command.createdAt, command.providerKey, command.providerId, owner],
            ],
          );
          if (inserted !== undefined) return { row: toRow(inserted), isNew: true };
          const known = yield* withKey(command.principal, command.name, command.idempotencyKey);
          if (known === null) throw new Error("a command collided with a row that is not there");
          return { row: known, isNew: false };
        },
        { durable: true },
      );
    },
    async finish(id, { outcome, error, answer, providerKey, providerId, finishedAt }) {
      // A process that was taken for dead may still learn the truth: the provider's answer beats UNKNOWN.
      await all(
        `UPDATE commands SET outcome = ?, error = ?, answer = ?, finished_at = ?,
           provider_key = COALESCE(?, provider_key), provider_id = COALESCE(?, provider_id)
         WHERE id = ? AND outcome IN ('PENDING', 'UNKNOWN')`,
        [
          ...[outcome, error === null ? null : JSON.stringify(error), JSON.stringify(answer), finishedAt],
          ...[providerKey, providerId, id],
        ],
      );
    },
    async hasEarlier({ id, connection, providerKey, createdAt }) {
      const rows = await all(
        `SELECT 1 AS found FROM commands WHERE outcome = 'PENDING' AND owner <> ? AND connection = ? AND provider_key = ?
           AND (created_at < ? OR (created_at = ? AND id < ?)) LIMIT 1`,
        [owner, connection, providerKey, createdAt, createdAt, id],
      );
      return rows.length > 0;
    },
    abandon: ({ error, finishedAt }) =>
      database.transaction(function* (): SqlPlan<CommandRow[]> {
        const owners = yield* run(
          "SELECT DISTINCT owner FROM commands WHERE outcome = 'PENDING' AND owner <> ?",
          [owner],
        );
        const abandoned: CommandRow[] = [];
        for (const { owner: other } of owners) {
          const question = dialect.isGone(other as number);
          if (question !== null) {
            const [presence] = yield* run(question.sql, question.values);
            if (presence?.["gone"] !== true) continue;
          }
          const rows = yield* run(
            `UPDATE commands SET outcome = 'UNKNOWN', error = ?, finished_at = ?
             WHERE outcome = 'PENDING' AND owner = ? RETURNING *`,
            [JSON.stringify(error), finishedAt, other as number],
          );
          abandoned.push(...rows.map(toRow));
        }
        return abandoned;
      }),
  };
}

function toRow(row: SqlRow): CommandRow {
  return {
    id: row["id"] as string,
    connection: row["connection"] as string,
    principal: row["principal"] as string,
    name: row["name"] as string,
    inputHash: row["input"] as string,
    idempotencyKey: row["idempotency_key"] as string | null,
    providerKey: row["provider_key"] as string | null,
    providerId: row["provider_id"] as string | null,
    outcome: row["outcome"] as CommandRow["outcome"],
    error: fromJson(row["error"]) as CommandRow["error"],
    answer: fromJson(row["answer"]) as CommandRow["answer"],
    createdAt: row["created_at"] as number,
    finishedAt: row["finished_at"] as number | null,
  };
}
