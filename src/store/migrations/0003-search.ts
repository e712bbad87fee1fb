/**
 * Full-text search. Words are indexed where they are kept: turns in their own rows, everything else that a session is
 * found by in `session_search`, a row for each text. `search` holds tokens (src/model/search-text.ts) with a space
 * between them; triggers take them into the database's own index, so that whoever deletes a session, a turn, a log line
 * or a report has it forgotten by the search as well.
 *
 * Rows that exist already are not touched here: `search_rebuild` says that sessions up to a key are still to be indexed
 * (src/ingest/rebuild-search.ts).
 */
import type { Knex } from "knex";

/** Tables whose rows are texts of `session_search`, with what the part is called there. */
const PARTS = [
  ["members", "'member:' || old.key"],
  ["events", "'event:' || old.key"],
  ["reports", "'report'"],
] as const;

export async function up(knex: Knex): Promise<void> {
  const isPostgres = (knex.client as { config: { client?: unknown } }).config.client === "pg";
  await knex.schema.createTable("session_search", (table) => {
    table.bigIncrements("id");
    const key = table.bigInteger("session_key").notNullable();
    key.references("key").inTable("sessions").onDelete("CASCADE");
    table.text("part").notNullable();
    // 1 for what whoever may read sessions may read: titles and names.
    table.smallint("open").notNullable();
    table.text("search").notNullable();
    table.unique(["session_key", "part"]);
  });
  await knex.schema.alterTable("transcript_entries", (table) => {
    // When it was said, in milliseconds times 2048, plus what tells it from others of that millisecond.
    table.bigInteger("place");
  });
  await knex.schema.createTable("search_rebuild", (table) => {
    table.bigInteger("until").notNullable();
  });
  await knex.raw(
    "INSERT INTO search_rebuild (until) SELECT max(key) FROM sessions HAVING max(key) IS NOT NULL",
  );
  for (const statement of isPostgres ? POSTGRES : SQLITE) await knex.raw(statement);
}

const ADD_WORDS = (index: string, place: string) =>
  `INSERT INTO ${index} (rowid, search) VALUES (new.${place}, new.search);`;
/** FTS5 is told what it indexed: it keeps no copy of the text. */
const TAKE_WORDS = (index: string, place: string) =>
  `INSERT INTO ${index} (${index}, rowid, search) VALUES ('delete', old.${place}, old.search);`;
const INDEXED = (row: string) => `${row}.place IS NOT NULL AND ${row}.search IS NOT NULL`;

/** `ascii` splits at spaces and keeps everything beyond ASCII: tokens have no other ASCII than letters and digits. */
const SQLITE = [
  "CREATE UNIQUE INDEX transcript_entries_place ON transcript_entries (place) WHERE place IS NOT NULL",
  `CREATE VIRTUAL TABLE transcript_words USING fts5(search, content='transcript_entries', content_rowid='place',
     tokenize='ascii', columnsize=0)`,
  `CREATE VIRTUAL TABLE session_words USING fts5(search, content='session_search', content_rowid='id',
     tokenize='ascii', columnsize=0)`,
  `CREATE TRIGGER transcript_words_insert AFTER INSERT ON transcript_entries WHEN ${INDEXED("new")}
   BEGIN ${ADD_WORDS("transcript_words", "place")} END`,
  `CREATE TRIGGER transcript_words_delete AFTER DELETE ON transcript_entries WHEN ${INDEXED("old")}
   BEGIN ${TAKE_WORDS("transcript_words", "place")} END`,
  // One trigger, since FTS5 must have the old words taken before it is given the new ones.
  `CREATE TRIGGER transcript_words_update AFTER UPDATE OF search, place ON transcript_entries
   WHEN old.search IS NOT new.search OR old.place IS NOT new.place
   BEGIN
     INSERT INTO transcript_words (transcript_words, rowid, search)
       SELECT 'delete', old.place, old.search WHERE ${INDEXED("old")};
     INSERT INTO transcript_words (rowid, search) SELECT new.place, new.search WHERE ${INDEXED("new")};
   END`,
  `CREATE TRIGGER session_words_insert AFTER INSERT ON session_search
   BEGIN ${ADD_WORDS("session_words", "id")} END`,
  `CREATE TRIGGER session_words_delete AFTER DELETE ON session_search
   BEGIN ${TAKE_WORDS("session_words", "id")} END`,
  `CREATE TRIGGER session_words_update AFTER UPDATE OF search ON session_search
   BEGIN ${TAKE_WORDS("session_words", "id")} ${ADD_WORDS("session_words", "id")} END`,
  ...PARTS.map(
    ([table, part]) => `CREATE TRIGGER session_search_${table} AFTER DELETE ON ${table}
     BEGIN DELETE FROM session_search WHERE session_key = old.session_key AND part = ${part}; END`,
  ),
];

/** Vectors without positions, made of our tokens as they are: PostgreSQL's parser and its limits have no say. */
const POSTGRES = [
  "ALTER TABLE transcript_entries ADD COLUMN words tsvector",
  `ALTER TABLE session_search ADD COLUMN words tsvector
     GENERATED ALWAYS AS (array_to_tsvector(string_to_array(search, ' '))) STORED`,
  "CREATE INDEX transcript_entries_place ON transcript_entries (place) WHERE place IS NOT NULL",
  "CREATE INDEX transcript_words ON transcript_entries USING gin (words) WHERE words IS NOT NULL",
  "CREATE INDEX session_words ON session_search USING gin (words)",
  `CREATE FUNCTION index_turn() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     new.words := CASE WHEN new.place IS NULL THEN NULL
       ELSE array_to_tsvector(string_to_array(new.search, ' ')) END;
     RETURN new;
   END $$`,
  `CREATE TRIGGER transcript_words BEFORE INSERT OR UPDATE OF search, place ON transcript_entries
   FOR EACH ROW EXECUTE FUNCTION index_turn()`,
  ...PARTS.flatMap(([table, part]) => [
    `CREATE FUNCTION forget_${table}() RETURNS trigger LANGUAGE plpgsql AS $$
     BEGIN
       DELETE FROM session_search WHERE session_key = old.session_key AND part = ${part};
       RETURN NULL;
     END $$`,
    `CREATE TRIGGER session_search_${table} AFTER DELETE ON ${table}
     FOR EACH ROW EXECUTE FUNCTION forget_${table}()`,
  ]),
];

export async function down(knex: Knex): Promise<void> {
  const isPostgres = (knex.client as { config: { client?: unknown } }).config.client === "pg";
  if (isPostgres) {
    for (const [table] of PARTS) await knex.raw(`DROP FUNCTION forget_${table}() CASCADE`);
    await knex.raw("DROP FUNCTION index_turn() CASCADE");
    await knex.raw("ALTER TABLE transcript_entries DROP COLUMN words");
    await knex.schema.dropTable("session_search");
  } else {
    for (const [table] of PARTS) await knex.raw(`DROP TRIGGER session_search_${table}`);
    for (const event of ["insert", "delete", "update"])
      await knex.raw(`DROP TRIGGER transcript_words_${event}`);
    await knex.schema.dropTable("session_search");
    await knex.raw("DROP TABLE transcript_words");
    await knex.raw("DROP TABLE session_words");
  }
  await knex.raw("DROP INDEX transcript_entries_place");
  await knex.raw("ALTER TABLE transcript_entries DROP COLUMN place");
  await knex.schema.dropTable("search_rebuild");
}
