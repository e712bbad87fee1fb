declare module "knex/lib/dialects/better-sqlite3/index.js" {
  import type { Knex } from "knex";

  /** knex's client for better-sqlite3, of which knex publishes no types. */
  export default class BetterSqliteClient extends Knex.Client {
    acquireRawConnection(): Promise<unknown>;
    destroyRawConnection(connection: unknown): Promise<void>;
  }
}
