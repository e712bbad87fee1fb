/**
 * What really happened: the change log as it stands in the database, and beside each of its rows the session as it was
 * right then. The second is written by a trigger of this test's, in the transaction that writes the row.
 */
import { DatabaseUnavailableError } from "../../../src/errors/index.js";
import { createCursors, type Cursors } from "../../../src/live/cursors.js";
import { toGlobalId } from "../../../src/model/index.js";
import { createStore } from "../../../src/store/create-store.js";
import { migrate } from "../../../src/store/migrations/migrate.js";
import { openDatabase } from "../../../src/store/open-database.js";
import type { ChangeRow } from "../../../src/store/store.js";

/** A session right after a change. */
export interface Seen {
  state: string;
  phase: string;
  title: string | null;
  isStarted: boolean;
  isAnswered: boolean;
  endedAt: number | null;
  fields: Record<string, string | null>;
  addresses: string[];
  /** All that a search looks in, with a space around each word. */
  words: string;
  turns: number[];
  /** Keys. */
  events: string[];
  transfers: string[];
  /** Keys of steps of transfers, as the timeline has them. */
  steps: string[];
}

/** A row of the log. */
export interface Happened extends ChangeRow {
  /** The session's id in the graph, and what ids of what it has begin with. */
  id: string;
  providerId: string;
  seen: Seen;
}

export interface Truth {
  /** The log so far, oldest first. */
  readonly log: readonly Happened[];
  readonly cursors: Cursors;
  /** Reads on; while the database is away, nothing is new. Answers the number of the last row. */
  look(): Promise<number>;
  /** Throws where a row that was read once is no longer there, or another one has come before it. */
  confirm(): Promise<void>;
  close(): Promise<void>;
}

const AT_ONCE = 1_000;
/** Transactions whose commit comes late, and how late at most, seconds: between them others can overtake. */
const SLOW_COMMITS = 0.2;
const COMMIT_TAKES_S = 0.1;

const SEEN = `SELECT jsonb_build_object(
  'state', s.state, 'phase', s.phase, 'title', s.title, 'endedAt', s.ended_at, 'fields', s.fields,
  'isStarted', s.started_at IS NOT NULL, 'isAnswered', s.answered_at IS NOT NULL,
  'addresses', (SELECT coalesce(jsonb_agg(address), '[]') FROM session_addresses WHERE session_key = s.key),
  'words', ' ' || concat_ws('  ', (SELECT string_agg(search, '  ') FROM session_search WHERE session_key = s.key),
    (SELECT string_agg(search, '  ') FROM transcript_entries WHERE session_key = s.key)) || ' ',
  'turns', (SELECT coalesce(jsonb_agg(key ORDER BY key), '[]') FROM transcript_entries WHERE session_key = s.key),
  'events', (SELECT coalesce(jsonb_agg(key), '[]') FROM events WHERE session_key = s.key),
  'transfers', (SELECT coalesce(jsonb_agg(key ORDER BY position), '[]') FROM transfers WHERE session_key = s.key),
  'steps', (SELECT coalesce(jsonb_agg('~2-' || key || step), '[]') FROM transfers, (VALUES
      ('-requested', 'createdAt', NULL), ('-settled', 'completedAt', 'updatedAt')) AS steps (step, at, or_at)
    WHERE session_key = s.key AND coalesce(data::jsonb ->> at, data::jsonb ->> or_at) IS NOT NULL
    AND (step = '-requested' OR data::jsonb ->> 'status' IN ('COMPLETED', 'FAILED', 'CANCELLED')))
) FROM sessions s WHERE s.key = NEW.session_key`;

/** Migrates an empty database and puts the witness into it, before anything is stored there. */
export async function openTruth(url: string): Promise<Truth> {
  const database = await openDatabase(url);
  await migrate(database);
  await database.knex.raw(`CREATE TABLE torture_seen (sequence bigint PRIMARY KEY, seen jsonb NOT NULL)`);
  await database.knex.raw(`CREATE FUNCTION torture_look() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO torture_seen SELECT NEW.sequence, (${SEEN});
    IF random() < ${SLOW_COMMITS} THEN PERFORM pg_sleep(random() * ${COMMIT_TAKES_S}); END IF;
    RETURN NULL; END $$`);
  await database.knex.raw(
    "CREATE TRIGGER torture AFTER INSERT ON changes FOR EACH ROW EXECUTE FUNCTION torture_look()",
  );
  const store = createStore(database);
  const log: Happened[] = [];

  async function readFrom(from: number): Promise<Happened[]> {
    const rows = await store.changes.after(from, AT_ONCE, "all");
    const sessions = await store.sessions.byKeys([...new Set(rows.map((row) => row.sessionKey))], "all");
    const providerIds = new Map(sessions.map((row) => [row?.key, row?.providerId ?? ""]));
    const seen = await database.all("SELECT * FROM torture_seen WHERE sequence > ? AND sequence <= ?", [
      from,
      rows.at(-1)?.sequence ?? from,
    ]);
    const seenAt = new Map(seen.map((row) => [row["sequence"], row["seen"] as Seen]));
    return rows.map((row) => {
      const providerId = providerIds.get(row.sessionKey) ?? "";
      const at = seenAt.get(row.sequence);
      if (at === undefined) throw new Error(`nobody has seen change ${row.sequence}`);
      return { ...row, providerId, id: toGlobalId("session", row.connection, providerId), seen: at };
    });
  }

  async function readOn(): Promise<number> {
    for (let rows: Happened[] = []; ;) {
      rows = await readFrom(log.at(-1)?.sequence ?? 0).catch((error: unknown) => {
        if (error instanceof DatabaseUnavailableError) return [];
        throw error;
      });
      log.push(...rows);
      if (rows.length < AT_ONCE) return log.at(-1)?.sequence ?? 0;
    }
  }
  let reading: Promise<number> | null = null;

  return {
    log,
    cursors: createCursors(await store.changes.cursorKey()),
    look: () => (reading ??= readOn().finally(() => (reading = null))),
    async confirm() {
      const last = log.at(-1)?.sequence ?? 0;
      const rows = await database.all("SELECT sequence FROM changes WHERE sequence <= ? ORDER BY sequence", [
        last,
      ]);
      const now = rows.map((row) => row["sequence"]).join(" ");
      if (now !== log.map(({ sequence }) => sequence).join(" "))
        throw new Error(`the log is not what it was: ${rows.length} rows up to ${last} of ${log.length}`);
    },
    close: () => store.close(),
  };
}
