/** How many statements an operation costs the database, however many sessions it is about. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SECTIONS, toGlobalId, type SessionSnapshot } from "../../src/model/index.js";
import { openCachedGateway, type CachedGateway } from "../support/cached-gateway.js";
import { DATABASES } from "../support/databases.js";
import { facts, member, party, snapshot, transfer } from "../support/snapshots.js";

const NOW = 1_000_000;
const SESSIONS = 50;
const TURNS = 4;

const ALL_UNIFIED = `
  __typename id provider providerId channel direction phase state title startedAt answeredAt endedAt updatedAt durationSeconds
  connection { name } from { address displayName number { e164 } } to { address } cost { amount currency }
  members { id role state party { address } } interactions { id legs { role } recording { id } }
  transfers { id kind status transferTo } transcript { entryCount text entries(first: 3) { totalCount nodes { index text } } }
  report { origin summary } recordings { id status }
  timeline(first: 20) { nodes { id at type source } } freshness { stale source }`;

const turn = (index: number) => ({
  ...{
    index,
    text: `turn ${index}`,
    providerId: null,
    source: "USER" as const,
    startedAt: null,
    endedAt: null,
  },
  ...{ provider: null, model: null, metadata: null, fields: {} },
});

describe.each(DATABASES)("statements on $name", (kind) => {
  let gateway: CachedGateway;
  const ids = Array.from({ length: SESSIONS }, (_, index) => toGlobalId("session", "speko", `s${index}`));

  const looks = (observedAt: number, title: string) =>
    ids.map((_, index) =>
      snapshot(`s${index}`, {
        observedAt,
        facts: facts({
          phase: "ENDED",
          state: "COMPLETED",
          startedAt: index,
          endedAt: 500,
          title,
          from: party("+1202"),
        }),
        members: [member("a"), member("b")],
        interactions: [],
        transfers: index % 2 === 0 ? [transfer("t")] : [],
        transcript: Array.from({ length: TURNS }, (_, place) => turn(place)),
        recordings: [],
        events: [],
        sections: SECTIONS,
      }),
    );

  beforeAll(async () => {
    gateway = await openCachedGateway(kind, NOW);
    await gateway.ingest.ingest("speko", looks(NOW, "Call"));
  });
  afterAll(() => gateway[Symbol.asyncDispose]());

  /** How often each table was read by an operation. */
  async function tablesOf(query: string, variables: object = {}): Promise<Record<string, number>> {
    gateway.statements.length = 0;
    await gateway.query(query, variables);
    // The first table named, wherever it stands: functions that make rows of a list are none.
    const tables = gateway.statements.map(({ sql }) => /\bFROM (\w+)\b(?!\()/.exec(sql)?.[1] ?? sql);
    const groups = [...Map.groupBy(tables, (table) => table)];
    return Object.fromEntries(groups.map(([name, all]) => [name, all.length]));
  }

  const CHILDREN = {
    ...{
      members: 1,
      interactions: 1,
      legs: 1,
      transfers: 1,
      transcript_entries: 1,
      reports: 1,
      recordings: 1,
    },
    events: 1,
  };

  it("reads each table once for 50 sessions by id with all unified fields", async () => {
    const tables = await tablesOf(
      `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Session { ${ALL_UNIFIED} } } }`,
      { ids },
    );
    expect(tables).toEqual({ sessions: 1, ...CHILDREN });
  });

  it("reads each table once for a page of 40 with all unified fields", async () => {
    const tables = await tablesOf(`{ sessions(first: 40) { nodes { ${ALL_UNIFIED} } } }`);
    expect(tables).toEqual({ sessions: 1, ...CHILDREN });
  });

  it("reads pages of 40 transcripts with one statement, and counts them with another", async () => {
    const query = `query ($after: String) { sessions(first: 40) { nodes {
      transcript { entries(first: 2, after: $after) { nodes { index } pageInfo { hasNextPage endCursor } totalCount } } } } }`;
    type Page = {
      nodes: { index: number }[];
      pageInfo: { hasNextPage: boolean; endCursor: string };
      totalCount: number;
    };
    type Answer = { sessions: { nodes: { transcript: { entries: Page } }[] } };
    const first = await gateway.query<Answer>(query);
    const [page] = first.sessions.nodes.map(({ transcript }) => transcript.entries);
    expect(page).toMatchObject({ nodes: [{ index: 0 }, { index: 1 }], totalCount: TURNS });
    expect(page?.pageInfo.hasNextPage).toBe(true);
    const second = await gateway.query<Answer>(query, { after: page?.pageInfo.endCursor });
    for (const { transcript } of second.sessions.nodes) {
      expect(transcript.entries.nodes).toEqual([{ index: 2 }, { index: 3 }]);
      expect(transcript.entries.pageInfo.hasNextPage).toBe(false);
    }
    expect(await tablesOf(query)).toEqual({ sessions: 1, transcript_entries: 2 });
  });

  it("counts connections and lists without looking at a session", async () => {
    const tables = await tablesOf("{ connections { sessionCount liveCount } }");
    expect(tables).toEqual({ session_counts: 1 });
    const counted = await tablesOf("{ sessions(first: 1, filter: { phases: [ENDED] }) { totalCount } }");
    // The first of the two says how to read the page.
    expect(counted).toEqual({ session_counts: 2, sessions: 1 });
  });

  /** What is read and what is written while looks are taken in. */
  async function taking(taken: SessionSnapshot[]): Promise<{ reads: string[]; writes: string[] }> {
    gateway.statements.length = 0;
    await gateway.ingest.ingest("speko", taken);
    const statements = gateway.statements.map(({ sql }) => sql.trim());
    const isRead = (sql: string) => /^SELECT/i.test(sql);
    return { reads: statements.filter(isRead), writes: statements.filter((sql) => !isRead(sql)) };
  }
  const isPostgres = kind.name === "postgres";

  it("knows 50 looks that tell the same again by their rows, and writes only when they were read", async () => {
    const { reads, writes } = await taking(looks(NOW + 1, "Call"));
    expect(new Set(writes)).toHaveLength(1);
    expect(writes[0]).toMatch(/^UPDATE sessions SET fetched_at/);
    expect(writes).toHaveLength(isPostgres ? 1 : SESSIONS);
    // The rows, what has been erased, and on PostgreSQL the lock.
    expect(reads).toHaveLength(isPostgres ? 3 : 2);
  });

  it("compares 50 sessions table by table where a look tells more or less than the last one", async () => {
    const { reads, writes } = await taking(
      looks(NOW + 2, "Call").map(({ report: _, fields, ...look }) => ({
        ...look,
        fields: { ...fields, unset: null },
      })),
    );
    expect(writes).toHaveLength(isPostgres ? 1 : SESSIONS);
    // One for each table that the looks touch, one for what has been erased, and on PostgreSQL the lock.
    expect(reads).toHaveLength(isPostgres ? 12 : 11);
  });

  it("writes nothing but the row, its words and the change where only the title differs", async () => {
    const { writes } = await taking(looks(NOW + 3, "Call again"));
    expect([...new Set(writes.map((sql) => /^\w+(?: INTO)? (\w+)/.exec(sql)?.[1]))]).toEqual([
      "sessions",
      "session_search",
      "changes",
    ]);
    // Words go in by 32 on SQLite.
    expect(writes).toHaveLength(isPostgres ? 3 : 2 * SESSIONS + Math.ceil(SESSIONS / 32));
  });
});
