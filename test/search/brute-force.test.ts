/** Random texts and random queries: both databases find what a matcher finds that shares nothing with them. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createIngest } from "../../src/ingest/create-ingest.js";
import { parseSearchQuery } from "../../src/model/index.js";
import { createSessionRepository } from "../../src/store/repositories/session-repository.js";
import { createStore } from "../../src/store/create-store.js";
import { openDatabase } from "../../src/store/open-database.js";
import type { Database } from "../../src/store/sql.js";
import type { Store } from "../../src/store/store.js";
import { DATABASES } from "../support/databases.js";
import { event, facts, member, snapshot } from "../support/snapshots.js";
import { turn } from "./turns.js";

/** Spellings, and the words that they are. Few, so that phrases and repetitions occur. */
const SPELLINGS: readonly (readonly [string, readonly string[]])[] = [
  ...([["a", ["a"]], ["A", ["a"]], ["ab", ["ab"]], ["abc", ["abc"]], ["Été", ["ete"]], ["ete", ["ete"]]] as const),
  ...([["b-a", ["b", "a"]], ["a’b", ["a", "b"]], ["Straße", ["strasse"]], ["and", ["and"]], ["NOT", ["not"]]] as const),
  ...([["東京", ["東", "京"]], ["京都", ["京", "都"]], ["👍🏽", ["👍"]], ["שָׁלוֹם", ["שלום"]], ["7", ["7"]]] as const),
]; // prettier-ignore

let seed = 7;
function random(below: number): number {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
  return Math.floor((seed / 2 ** 32) * below);
}
const pick = <T>(list: readonly T[]): T => list[random(list.length)] as T;

interface Said {
  text: string;
  words: string[];
}
function say(most: number): Said {
  const chosen = Array.from({ length: random(most + 1) }, () => pick(SPELLINGS));
  return {
    text: chosen.map(([spelling]) => spelling).join(pick([" ", ", ", "\n", " — "])),
    words: chosen.flatMap(([, words]) => words),
  };
}

interface Term {
  text: string;
  words: string[];
  isPrefix: boolean;
}
function term(): Term {
  const kind = random(4);
  if (kind === 0) {
    const said = say(3);
    if (said.words.length > 0) return { text: `"${said.text}"`, words: said.words, isPrefix: false };
  }
  const [text, words] = pick(SPELLINGS);
  if (kind === 1) {
    const cut = [...(words.at(-1) ?? "")].slice(0, 1 + random(2)).join("");
    const beginning = [...words.slice(0, -1), cut];
    return { text: `${beginning.join("-")}*`, words: beginning, isPrefix: true };
  }
  return { text, words: [...words], isPrefix: false };
}

function occurs({ words, isPrefix }: Term, said: Said): boolean {
  return said.words.some((_, start) =>
    words.every((word, offset) => {
      const found = said.words[start + offset];
      if (found === undefined) return false;
      return isPrefix && offset === words.length - 1 ? found.startsWith(word) : found === word;
    }),
  );
}

interface Talk {
  id: string;
  title: Said;
  name: Said;
  line: Said;
  summary: Said;
  turns: Said[];
}
const parse = (text: string) => {
  const query = parseSearchQuery(text);
  if ("problem" in query) throw new Error(`${text}: ${query.problem}`);
  return query;
};

describe("random searches", () => {
  const talks: Talk[] = [];
  const opened: { name: string; database: Database; store: Store; drop: () => Promise<void> }[] = [];

  const look = (talk: Talk, observedAt: number) =>
    snapshot(talk.id, {
      observedAt,
      facts: facts({ title: talk.title.text, startedAt: 1_000 }),
      members: [member("m", { displayName: talk.name.text })],
      events: [event("e", { message: talk.line.text })],
      report: { ...REPORT, summary: talk.summary.text },
      transcript: talk.turns.map(({ text }, index) => turn(index, text, { startedAt: (index % 3) * 1_000 })),
      sections: ["members", "events", "report", "transcript"],
    });

  beforeAll(async () => {
    for (const kind of DATABASES) {
      const { url, drop } = await kind.create();
      const database = await openDatabase(url);
      opened.push({ name: kind.name, database, store: createStore(database), drop });
    }
    for (let index = 0; index < 120; index += 1) {
      const [title, name, line, summary] = [say(3), say(2), say(4), say(4)];
      talks.push({
        id: `s${index}`,
        title,
        name,
        line,
        summary,
        turns: Array.from({ length: 6 }, () => say(7)),
      });
    }
    const first = talks.map((talk) => look(talk, 1_000));
    // Half of what was heard is corrected afterwards, some of it to nothing.
    for (const talk of talks.filter((_, index) => index % 2 === 0)) {
      talk.turns = talk.turns.map((said) => (random(2) === 0 ? said : say(5)));
      [talk.title, talk.line, talk.summary] = [say(3), say(4), say(4)];
    }
    const second = talks.map((talk) => look(talk, 2_000));
    for (const { database } of opened) {
      const ingest = createIngest(database, { now: () => 5_000 });
      await ingest.ingest("one", first);
      await ingest.ingest("one", second);
    }
  });

  afterAll(async () => {
    for (const { store, drop } of opened) {
      await store.close();
      await drop();
    }
  });

  const SEARCHES = Array.from({ length: 300 }, () => ({
    must: Array.from({ length: 1 + random(3) }, term),
    mustNot: Array.from({ length: random(3) }, term),
  }));
  const spell = ({ must, mustNot }: (typeof SEARCHES)[number]) =>
    [...must.map(({ text }) => text), ...mustNot.map(({ text }) => `-${text}`)].join(" ");

  it("find exactly the turns that match, the same ones in the same order everywhere", async () => {
    let found = 0;
    for (const search of SEARCHES) {
      const query = parse(spell(search));
      const expected = talks
        .flatMap(({ id, turns }) => turns.map((said, index) => ({ key: `${id} ${index}`, said })))
        .filter(({ said }) => search.must.every((each) => occurs(each, said)))
        .filter(({ said }) => !search.mustNot.some((each) => occurs(each, said)))
        .map(({ key }) => key);
      found += expected.length;
      const orders = [];
      for (const { name, store } of opened) {
        const matches = await store.search.turns({ query, filter: {} }, "all");
        const entries = await store.search.entries(matches.map(({ place }) => place));
        const rows = await store.sessions.byKeys(
          matches.map(({ sessionKey }) => sessionKey),
          "all",
        );
        const keys = matches.map(
          ({ place }, index) => `${rows[index]?.providerId ?? ""} ${entries.get(place)?.index ?? ""}`,
        );
        expect([...keys].sort(), `${name}: ${spell(search)}`).toEqual([...expected].sort());
        expect(await store.search.count({ query, filter: {} }, "all")).toBe(expected.length);
        orders.push(keys);
      }
      for (const order of orders) expect(order).toEqual(orders[0]);
    }
    expect(found).toBeGreaterThan(1_000);
  });

  it.each([
    ["words looked up", false, undefined],
    ["words looked up", true, undefined],
    // As if each of them were frequent: looked for in the texts of one session after the other.
    ["frequent words", false, 0],
    ["frequent words", true, 0],
    ["some of them frequent", false, 60],
  ] as const)(
    "find exactly the sessions that match, %s; titles and names only: %s",
    async (_, onlyOpen, few) => {
      let found = 0;
      for (const search of SEARCHES) {
        const text = { query: parse(spell(search)), onlyOpen };
        const expected = talks
          .filter(({ title, name, line, summary, turns }) => {
            const texts = onlyOpen ? [title, name] : [title, name, line, summary, ...turns];
            const has = (each: Term) => texts.some((said) => occurs(each, said));
            return search.must.every(has) && !search.mustNot.some(has);
          })
          .map(({ id }) => id);
        found += expected.length;
        for (const { name, database } of opened) {
          const sessions = createSessionRepository(database, few);
          const page = await sessions.page(
            { filter: { text }, order: { field: "STARTED_AT", direction: "ASC" }, limit: 1_000 },
            "all",
          );
          const ids = page.map(({ row }) => row.providerId);
          expect(ids.sort(), `${name}: ${spell(search)}`).toEqual(expected.sort());
        }
      }
      expect(found).toBeGreaterThan(500);
    },
  );

  it("leave SQLite's index as its own check wants it, also after deletions", async () => {
    for (const { name, database, store } of opened) {
      await database.all("DELETE FROM sessions WHERE provider_key IN ('s1', 's2')", []);
      await database.all("DELETE FROM events WHERE session_key IN (SELECT key FROM sessions WHERE provider_key = 's3')", []);
      for (const index of ["transcript_words", "session_words"]) {
        if (name === "sqlite") await database.all(`INSERT INTO ${index} (${index}, rank) VALUES ('integrity-check', 1)`, []);
      }
      const [left] = await database.all("SELECT count(*) AS count FROM session_search WHERE part LIKE 'event:%'", []);
      const lines = talks.filter(({ id, line }) => !["s1", "s2", "s3"].includes(id) && line.words.length > 0);
      expect(Number(left?.["count"])).toBe(lines.length);
      const query = parse("a");
      const turns = talks.filter(({ id }) => !["s1", "s2"].includes(id)).flatMap((talk) => talk.turns);
      expect(await store.search.count({ query, filter: {} }, "all")).toBe(
        turns.filter(({ words }) => words.includes("a")).length,
      );
    }
  }); // prettier-ignore
});

const REPORT = {
  ...{ origin: "PROVIDER" as const, outcome: null, structuredData: null, cost: null, costMicroUsd: null },
  ...{ costBreakdown: [], analysisStatus: null, postCallWebhookStatus: null, scheduledCallback: null },
  ...{ organizationId: null, metadata: null, createdAt: null, updatedAt: null, fields: {} },
};
