/** Searches as clients make them: over HTTP, on both databases, with what people say and type. */
import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createIngest } from "../../src/ingest/create-ingest.js";
import type { Ingest } from "../../src/ingest/ingest.js";
import { openDatabase } from "../../src/store/open-database.js";
import type { Database } from "../../src/store/sql.js";
import { DATABASES } from "../support/databases.js";
import { startTestWorld, type TestWorld } from "../support/gateway.js";
import { event, facts, member } from "../support/snapshots.js";
import { conversation, turn } from "./turns.js";

const sha256 = (key: string) => createHash("sha256").update(key).digest("hex");
const ALL = ["sessions:read", "transcripts:read", "pii:read"];
const KEYS = [
  { name: "everything", sha256: sha256("k-all"), scopes: ALL, connections: ["*"] },
  { name: "only plivo", sha256: sha256("k-plivo"), scopes: ALL, connections: ["plivo"] },
  { name: "lists only", sha256: sha256("k-list"), scopes: ["sessions:read"], connections: ["*"] },
];

interface Hit {
  snippet: string;
  score: number;
  entry: { index: number; text: string };
  session: { providerId: string };
}
interface Found {
  searchTranscripts: {
    totalCount: number;
    edges: { cursor: string; node: Hit }[];
    pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; endCursor: string | null };
  };
}
const SEARCH = `query ($query: String!, $filter: SessionFilter, $first: Int, $after: String, $count: Boolean = true) {
  searchTranscripts(query: $query, filter: $filter, first: $first, after: $after) {
    totalCount @include(if: $count)
    edges { cursor node { snippet score entry { index text } session { providerId } } }
    pageInfo { hasNextPage hasPreviousPage endCursor }
  }
}`;

describe.each(DATABASES)("searching on $name", (kind) => {
  let world: TestWorld;
  let database: Database;
  let ingest: Ingest;
  let drop: () => Promise<void>;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "switchboard-search-"));
    const file = join(folder, "keys.json");
    await writeFile(file, JSON.stringify(KEYS));
    const created = await kind.create();
    drop = created.drop;
    world = await startTestWorld({
      sandbox: { days: 1 },
      environment: {
        SWITCHBOARD_AUTH: "required",
        SWITCHBOARD_API_KEYS_FILE: file,
        DATABASE_URL: created.url,
      },
    });
    database = await openDatabase(created.url);
    ingest = createIngest(database, { now: () => 5_000 });
  });
  afterAll(async () => {
    await database.close();
    await world[Symbol.asyncDispose]();
    await drop();
    await rm(folder, { recursive: true, force: true });
  });

  const ask = <Data>(query: string, variables: object, key = "k-all") =>
    world.gateway.query<Data>(query, variables, { authorization: `Bearer ${key}` });
  async function search(query: string, rest: object = {}, key = "k-all") {
    const { data, errors } = await ask<Found>(SEARCH, { query, ...rest }, key);
    expect(errors).toEqual([]);
    if (data === null) throw new Error("no data");
    return data.searchTranscripts;
  }
  const hitsOf = async (query: string, rest: object = {}, key = "k-all") =>
    (await search(query, rest, key)).edges.map(
      ({ node }) => `${node.session.providerId} ${node.entry.index}`,
    );
  async function sessionsWith(text: string, key = "k-all"): Promise<string[]> {
    const { data, errors } = await ask<{ sessions: { nodes: { providerId: string }[] } }>(
      "query ($text: String!) { sessions(filter: { text: $text }) { nodes { providerId } } }",
      { text },
      key,
    );
    expect(errors).toEqual([]);
    return data?.sessions.nodes.map(({ providerId }) => providerId).sort() ?? [];
  }

  describe("what people say", () => {
    const SAID = [
      "I would like a refund for my zebracard, please",
      "Please hold the line, don't hang up",
      "Your e-mail is ana.köhler@example.com?",
      "L'été dernier à Orléans — c’était déjà payé",
      "我想退款，可以吗？东京都的酒店",
      "ホテルの予約をキャンセルしたい",
      "ฉันต้องการยกเลิกการจอง",
      "Danke 👍🏽 bis morgen 🎉",
      "אני רוצה לְבַטֵּל את ההזמנה",
      "أريد إلغاء الحَجْز من فضلك",
      "AND OR NOT NEAR zebracard AND",
      "Straße 12, ＺＥＢＲＡＣＡＲＤ No. 4711",
    ];
    beforeAll(() => ingest.ingest("speko", [conversation(SAID, 0, { providerId: "said" })]));

    it.each([
      ["a word", "refund zebracard", [0], "<<refund>> for my <<zebracard>>"],
      ["a phrase", '"hold the line"', [1], "Please <<hold the line>>, don't"],
      ["words out of order are no phrase", '"line the hold"', [], ""],
      ["a beginning", "zebrac*", [0, 10, 11], ""],
      ["the beginning of a phrase's last word", "l'ét*", [3], "<<L'été>> dernier"],
      ["minus a word", "zebracard -refund -strasse", [10], ""],
      ["minus a phrase", 'zebracard -"like a refund"', [10, 11], ""],
      ["minus a beginning", "zebracard -refu*", [10, 11], ""],
      ["an apostrophe, whichever", "don’t", [1], "<<don't>> hang up"],
      ["a hyphen", "e-mail", [2], "Your <<e-mail>> is"],
      ["an address", "köhler@example.com", [2], "ana.<<köhler@example.com>>?"],
      ["without accents", "ete dernier orleans deja", [3], "<<été>> <<dernier>> à <<Orléans>> — c’était <<déjà>>"],
      ["with accents where there are none", "réfund", [0], "<<refund>>"],
      ["Chinese, a part of a sentence", "退款", [4], "我想<<退款>>，可以吗"],
      ["Chinese, only in a row", "京东", [], ""],
      ["Japanese", "キャンセル", [5], "予約を<<キャンセル>>したい"],
      ["Thai, without spaces", "ยกเลิก", [6], "<<ยกเลิก>>การจอง"],
      ["emoji", "👍 morgen", [7], "Danke <<👍🏽>> bis <<morgen>> 🎉"],
      ["Hebrew, without points", "לבטל", [8], "רוצה <<לְבַטֵּל>> את"],
      ["Arabic, without vowels", "الحجز", [9], "<<الحَجْز>>"],
      ["operators of other languages are words", "AND NEAR OR", [10], ""],
      ["full width and sharp s", "strasse zebracard 4711", [11], "<<Straße>> 12, <<ＺＥＢＲＡＣＡＲＤ>> No. <<4711>>"],
    ] as const)("%s", async (_title, query, indexes, snippet) => {
      const { edges, totalCount } = await search(query, { filter: { startedBefore: "2026-01-01T00:00:01Z" } });
      const own = edges.filter(({ node }) => node.session.providerId === "said");
      expect(own.map(({ node }) => node.entry.index).sort((a, b) => a - b)).toEqual(indexes);
      expect(totalCount).toBe(edges.length);
      if (snippet !== "") expect(own[0]?.node.snippet).toContain(snippet);
      for (const { node } of own) {
        expect(node.snippet.replaceAll(/<<|>>/g, "")).toBe(SAID[node.entry.index]);
        expect(node.score).toBeGreaterThan(0);
        expect(node.score).toBeLessThan(1);
      }
    }); // prettier-ignore

    it("is ranked: more often and shorter is better, equal ones latest first", async () => {
      const texts = [
        "quagga",
        "quagga then many other words that nobody asked for at all",
        "quagga quagga",
        "quagga",
      ];
      await ingest.ingest("speko", [conversation(texts, 1, { providerId: "ranked" })]);
      expect(await hitsOf("quagga")).toEqual(["ranked 2", "ranked 3", "ranked 0", "ranked 1"]);
      const scores = (await search("quagga")).edges.map(({ node }) => node.score);
      expect(scores[1]).toBe(scores[2]);
      expect([...scores].sort((a, b) => b - a)).toEqual(scores);
    });

    it("loads the sessions of a page once, with what is selected on them", async () => {
      const { data, errors } = await ask<{ searchTranscripts: { nodes: unknown[] } }>(
        `{ searchTranscripts(query: "zebracard", first: 2) { nodes { entry { id } session { id __typename connection { name } members { id } transcript { entryCount } } } } }`,
        {},
      );
      expect(errors).toEqual([]);
      expect(data?.searchTranscripts.nodes).toHaveLength(2);
      expect(data?.searchTranscripts.nodes[0]).toMatchObject({
        session: { __typename: "SpekoSession", connection: { name: "speko" }, members: [] },
      });
    });
  });

  it("is up to date with every look: a corrected turn is found by its new words only", async () => {
    const first = conversation(["I said okapii", "and more"], 2, { providerId: "corrected" });
    await ingest.ingest("speko", [first]);
    expect(await hitsOf("okapii")).toEqual(["corrected 0"]);
    const look = (text: string, index: number, observedAt: number) => ({
      ...first,
      observedAt,
      transcript: [turn(index, text)],
    });
    await ingest.ingest("speko", [look("I said okapi", 0, first.observedAt + 1)]);
    expect(await hitsOf("okapii")).toEqual([]);
    expect(await hitsOf("okapi")).toEqual(["corrected 0"]);
    expect(await sessionsWith("okapii")).toEqual([]);
    await ingest.ingest("speko", [look("an okapi, yes", 2, first.observedAt + 2)]);
    expect(await hitsOf("okapi -said")).toEqual(["corrected 2"]);
    expect(await hitsOf("more")).toContain("corrected 1");
    // An older look changes nothing.
    await ingest.ingest("speko", [look("I said okapii", 0, first.observedAt - 1)]);
    expect(await hitsOf("okapii")).toEqual([]);
  });

  it("filter.text takes its terms from anywhere in the session, and minus from nowhere", async () => {
    const base = conversation(["the gnu is late"], 3, { providerId: "anywhere" });
    await ingest.ingest("speko", [
      {
        ...base,
        facts: facts({ ...base.facts, title: "Ünique booking" }),
        members: [member("m", { displayName: "Wilhelmina Gnuish" })],
        events: [event("e", { message: "transferred to gnudesk" })],
        sections: ["transcript", "members", "events"],
      },
      conversation(["another gnu"], 4, { providerId: "elsewhere" }),
    ]);
    expect(await sessionsWith("gnu")).toEqual(["anywhere", "elsewhere"]);
    expect(await sessionsWith('gnu unique wilhelmina gnudesk "is late"')).toEqual(["anywhere"]);
    expect(await sessionsWith("gnu -wilhelmina")).toEqual(["elsewhere"]);
    expect(await sessionsWith("gnu -late -another")).toEqual([]);
    expect(await sessionsWith('"booking wilhelmina"')).toEqual([]);
    expect(await hitsOf("gnu", { filter: { text: "unique" } })).toEqual(["anywhere 0"]);
    expect(await hitsOf("gnu", { filter: { text: "-unique gnu", providers: ["SPEKO"] } })).toEqual(["elsewhere 0"]);
    expect(await hitsOf("gnu", { filter: { providers: ["PLIVO"] } })).toEqual([]);
  }); // prettier-ignore

  describe("rights", () => {
    beforeAll(async () => {
      const base = conversation(["the secret is tarantula"], 5, { providerId: "hidden" });
      await ingest.ingest("speko", [
        {
          ...base,
          facts: facts({ ...base.facts, title: "Openword" }),
          events: [event("e", { message: "logword" })],
          report: {
            ...{
              origin: "PROVIDER",
              summary: "summaryword",
              outcome: null,
              structuredData: null,
              cost: null,
            },
            ...{ costMicroUsd: null, costBreakdown: [], analysisStatus: null, postCallWebhookStatus: null },
            ...{ scheduledCallback: null, organizationId: null, metadata: null, createdAt: null },
            ...{ updatedAt: null, fields: {} },
          },
        },
      ]);
      await ingest.ingest("plivo", [
        conversation(["a visible tarantula"], 6, { providerId: "seen", provider: "PLIVO" }),
      ]);
    });

    it("a connection that one may not see is not found, not counted, not walked to", async () => {
      expect(await hitsOf("tarantula")).toEqual(["seen 0", "hidden 0"]);
      const found = await search("tarantula", {}, "k-plivo");
      expect(found.totalCount).toBe(1);
      expect(found.edges.map(({ node }) => node.session.providerId)).toEqual(["seen"]);
      expect(await hitsOf("secret", {}, "k-plivo")).toEqual([]);
      expect(await hitsOf("tarantula", { filter: { connections: ["speko"] } }, "k-plivo")).toEqual([]);
      const [first] = (await search("tarantula", { first: 1 })).edges;
      const after = { after: first?.cursor };
      expect((await hitsOf("tarantula", after, "k-plivo")).every((hit) => hit === "seen 0")).toBe(true);
      expect(await sessionsWith("tarantula", "k-plivo")).toEqual(["seen"]);
    });

    it("without transcripts:read the search fails, with its count", async () => {
      const { data, errors } = await ask(SEARCH, { query: "tarantula" }, "k-list");
      expect(data).toBeNull();
      expect(errors.map(({ extensions }) => extensions)).toEqual([
        expect.objectContaining({ code: "FORBIDDEN", scope: "transcripts:read" }),
      ]);
    });

    it("without transcripts:read, filter.text knows titles and names only", async () => {
      const texts = ["tarantula", "tarant*", "logword", "summaryword", "openword tarantula", '"the secret"'];
      for (const text of texts) {
        expect(await sessionsWith(text, "k-list"), text).toEqual([]);
        expect(await sessionsWith(text), text).toContain("hidden");
      }
      expect(await sessionsWith("openword", "k-list")).toEqual(["hidden"]);
      // What may not be read does not take anything away either.
      expect(await sessionsWith("openword -tarantula -logword", "k-list")).toEqual(["hidden"]);
      expect(await sessionsWith("openword -tarantula")).toEqual([]);
    });
  });

  describe("bad queries are refused by what is wrong", () => {
    it.each([
      ['say "hello', /closing quotation mark/],
      ["-hello", /without a minus/],
      ["hello *", /before each \*/],
      ["?!…", /at least one word/],
      ["", /at least one word/],
      ["x".repeat(501), /at most 500 characters, got 501/],
      ["w ".repeat(33), /at most 32 words and phrases, got 33/],
    ])("%j", async (query, message) => {
      const found = await ask(SEARCH, { query });
      expect(found.errors.map(({ extensions }) => extensions["code"])).toEqual(["BAD_USER_INPUT"]);
      expect(found.errors[0]?.message).toMatch(message);
      expect(found.errors[0]?.message).toMatch(/^query: /);
      const filtered = await ask("query ($text: String!) { sessions(filter: { text: $text }) { totalCount } }", {
        text: query,
      });
      expect(filtered.errors.map(({ extensions }) => extensions["code"])).toEqual(["BAD_USER_INPUT"]);
      expect(filtered.errors[0]?.message).toMatch(/^filter.text: /);
    }); // prettier-ignore

    it.each([
      ["no cursor", "nonsense!"],
      ["another list's", Buffer.from('["STARTED_AT","DESC",1,"ab"]').toString("base64url")],
      ["a forged one", Buffer.from('["x",1,1,"1 OR 1",1]').toString("base64url")],
      ["an endless one", "a".repeat(10_000)],
    ])("a cursor: %s", async (_title, after) => {
      const { errors } = await ask(SEARCH, { query: "zebracard", after });
      expect(errors.map(({ extensions }) => extensions["code"])).toEqual(["BAD_USER_INPUT"]);
      expect(errors[0]?.message).toMatch(/after: expected a cursor/);
    });

    it("a cursor of another query", async () => {
      const { edges } = await search("zebracard", { first: 1 });
      const { errors } = await ask(SEARCH, { query: "refund", after: edges[0]?.cursor });
      expect(errors[0]?.message).toMatch(/belongs to another query/);
    });
  });

  it("nothing that is typed reaches a database's own language", async () => {
    const typed = [
      ...["'", "''", "' OR 1=1 --", "'); DROP TABLE sessions; --", "\\'", "\\", "%", "_", "a%b", "$1", "?", ":name"],
      ...["a & b", "a | b", "!a", "a <-> b", "a:*", "a:A", "(a", "a)", "NEAR(a b)", "search:a", "^a", "a + b", "{a}"],
      ...["AND", "OR", "NOT", "a AND", "NOT a", "a NOT b", "a OR", '""', '"" a', 'a "" b', '"a" "b"', '"a\'b"', "a'b*"],
      ...["\u0000", "a\u0000b", "\ud800", "a\ud800b", "¶", "a ¶ b", "\u200b", "\u202e", "*a", "a**", "--a", "-*-", "- a"],
    ]; // prettier-ignore
    for (const query of typed) {
      for (const [operation, variables] of [
        [SEARCH, { query }],
        ["query ($query: String!) { sessions(filter: { text: $query }) { totalCount } }", { query }],
      ] as const) {
        const { errors } = await ask(operation, variables);
        const codes = errors.map(({ extensions }) => extensions["code"]);
        expect([[], ["BAD_USER_INPUT"]], JSON.stringify(query)).toContainEqual(codes);
      }
    }
    expect((await search("zebracard")).totalCount).toBeGreaterThan(0);
  });

  describe("walking through hits", () => {
    /** More than are ranked, so that a walk goes on into what lies further back. */
    const SESSIONS = 70;
    const TURNS = 20;
    const texts = (session: number) =>
      Array.from(
        { length: TURNS },
        (_, index) =>
          `aardvark ${"aardvark ".repeat((session + index) % 4)}${"filler ".repeat((session * index) % 5)}`,
      );
    beforeAll(() =>
      ingest.ingest(
        "speko",
        Array.from({ length: SESSIONS }, (_, session) =>
          conversation(texts(session), 100 + session, { providerId: `walk${session}` }),
        ),
      ),
    );

    async function walk(size: number, between: (page: number) => Promise<unknown>) {
      const seen: { key: string; score: number }[] = [];
      let after: string | null = null;
      for (let page = 0; ; page += 1) {
        const found: Found["searchTranscripts"] = await search("aardvark", { first: size, after, count: false });
        expect(found.pageInfo.hasPreviousPage).toBe(after !== null);
        seen.push(
          ...found.edges.map(({ node }) => ({
            key: `${node.session.providerId} ${node.entry.index}`,
            score: node.score,
          })),
        );
        if (!found.pageInfo.hasNextPage) return seen;
        after = found.pageInfo.endCursor;
        await between(page);
      }
    } // prettier-ignore

    it("every hit once: the latest 1,000 best first, then the others latest first", async () => {
      const seen = await walk(100, () => Promise.resolve());
      const expected = Array.from({ length: SESSIONS * TURNS }, (_, at) => `walk${Math.floor(at / TURNS)} ${at % TURNS}`);
      expect(new Set(seen.map(({ key }) => key))).toEqual(new Set(expected));
      expect(seen).toHaveLength(SESSIONS * TURNS);
      const scores = seen.slice(0, 1_000).map(({ score }) => score);
      expect(scores).toEqual([...scores].sort((a, b) => b - a));
      expect(new Set(seen.slice(0, 1_000).map(({ key }) => key))).toEqual(new Set(expected.slice(-1_000)));
      expect(seen.slice(1_000).map(({ key }) => key)).toEqual(expected.slice(0, -1_000).reverse());
      expect((await search("aardvark", { first: 1 })).totalCount).toBe(SESSIONS * TURNS);
    }); // prettier-ignore

    it("turns that arrive meanwhile neither hide nor repeat any", async () => {
      const before = await walk(100, () => Promise.resolve());
      const seen = await walk(90, (page) =>
        ingest.ingest("speko", [
          conversation(texts(page), 1_000 + page, { providerId: `late${page}` }),
          conversation(["aardvark ".repeat(9)], -1_000 - page, { providerId: `early${page}` }),
          conversation(["aardvark ".repeat(9)], 150, { providerId: `between${page}` }),
        ]),
      );
      const keys = seen.map(({ key }) => key);
      expect(new Set(keys).size).toBe(keys.length);
      const old = new Set(before.map(({ key }) => key));
      expect(keys.filter((key) => old.has(key))).toEqual(before.map(({ key }) => key));
      expect(keys.filter((key) => key.startsWith("late"))).toEqual([]);
    });
  });
});
