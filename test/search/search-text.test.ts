/** What a word is, what a query means, and what is shown of a match. */
import { describe, expect, it } from "vitest";
import { parseSearchQuery, scoreOf, tokenise, toSearchText, toSnippet } from "../../src/model/index.js";

function query(text: string) {
  const parsed = parseSearchQuery(text);
  if ("problem" in parsed) throw new Error(parsed.problem);
  return parsed;
}

describe("tokens", () => {
  it.each([
    ["case and accents", "Ça VA, Ærøskøbing? ÉTÉ", "ca va ærøskøbing ete"],
    ["accents written as marks of their own", "e\u0301te\u0301", "ete"],
    ["sharp s and final sigma", "STRASSE Straße ΟΔΟΣ οδος", "strasse strasse οδοσ οδοσ"],
    ["compatibility forms", "ﬁne x² Ⅳ ＡＢ１", "fine x2 iv ab1"],
    ["apostrophes and hyphens part words", "don't don’t e-mail O'Brien", "don t don t e mail o brien"],
    ["a soft hyphen and direction marks do not", "in\u00advoice \u200fשלום\u200e", "invoice שלום"],
    ["Hebrew points and Arabic vowels are dropped", "שָׁלוֹם كِتَاب", "שלום كتاب"],
    ["Chinese, a character each", "东京abc塔", "东 京 abc 塔"],
    ["Japanese syllables keep their voicing marks", "がカ", "か \u3099 カ"],
    ["Thai, vowels included", "กิน", "ก \u0e34 น"],
    ["Hindi vowels belong to the word", "किताब", "किताब"],
    ["emoji, without skin tones", "ok 👍🏽👩‍💻 🇩🇪", "ok 👍 👩 💻 🇩 🇪"],
    ["digits", "call 555-0199 №7", "call 555 0199 no7"],
    ["nothing but punctuation", "… !? ()", null],
  ])("%s", (_title, text, tokens) => {
    expect(toSearchText(text)).toBe(tokens);
  });

  it("do not depend on what stands around them", () => {
    const texts = ["ΟΔΟΣ", "İstanbul", "straße", "가나다", "ｶﾞ", "ﬃ", "日本語", "a\u0301"];
    const alone = texts.map((text) => toSearchText(text));
    expect(toSearchText(texts.join(" "))).toBe(alone.join(" "));
  });

  it("say where they stand in the original, marks included", () => {
    const text = "👋 Cafe\u0301!";
    expect(tokenise(text).map(({ start, end }) => text.slice(start, end))).toEqual(["👋", "Cafe\u0301"]);
  });

  it("part a run without end, and stop at 200,000 characters", () => {
    expect(tokenise("x".repeat(130)).map(({ text }) => text.length)).toEqual([64, 64, 2]);
    const long = toSearchText("word ".repeat(100_000)) ?? "";
    expect(long.length).toBeLessThanOrEqual(200_000);
    expect(long.endsWith("word")).toBe(true);
  });
});

describe("queries", () => {
  it("read words, phrases, beginnings and minus", () => {
    expect(query('Refund "please HOLD" invo* -spam -"do not call" e-mail foo"bar baz"')).toEqual({
      must: [
        { tokens: ["refund"], isPrefix: false },
        { tokens: ["please", "hold"], isPrefix: false },
        { tokens: ["invo"], isPrefix: true },
        { tokens: ["e", "mail"], isPrefix: false },
        { tokens: ["foo"], isPrefix: false },
        { tokens: ["bar", "baz"], isPrefix: false },
      ],
      mustNot: [
        { tokens: ["spam"], isPrefix: false },
        { tokens: ["do", "not", "call"], isPrefix: false },
      ],
    });
  });

  it("have no operators but these", () => {
    const words = query("(cat OR dog) AND NEAR(a b, 2) text:x ^y {z} + & rock").must;
    // What is written without a space in between is looked for in a row.
    expect(words.map(({ tokens }) => tokens.join(" "))).toEqual([
      ...["cat", "or", "dog", "and", "near a", "b", "2", "text x", "y", "z", "rock"],
    ]);
  });

  it.each([
    ['open "phrase', /closing quotation mark/],
    ['"', /closing quotation mark/],
    ["-spam", /without a minus/],
    ['-spam -"do not"', /without a minus/],
    ["*", /right before each \*/],
    ["word *", /right before each \*/],
    ["word -*", /right before each \*/],
    ['"a phrase"*', /right before each \*/],
    ["!? … ()", /at least one word/],
    ["-", /at least one word/],
    ['""', /at least one word/],
    ["   ", /at least one word/],
    ["x".repeat(501), /at most 500 characters, got 501/],
    [Array.from({ length: 33 }, (_, index) => `w${index}`).join(" "), /at most 32 words and phrases, got 33/],
  ])("%j is refused", (text, problem) => {
    expect(parseSearchQuery(text)).toEqual({ problem: expect.stringMatching(problem) as string });
  });

  it("take 500 characters and 32 terms", () => {
    expect(query("👍".repeat(500)).must[0]?.tokens).toHaveLength(500);
    expect(query(Array.from({ length: 32 }, (_, index) => `w${index}`).join(" ")).must).toHaveLength(32);
  });
});

describe("snippets", () => {
  it.each([
    ["refund", "A Refund, please. REFUND!", "A <<Refund>>, please. <<REFUND>>!"],
    ['"please hold"', "Please, hold the line", "<<Please, hold>> the line"],
    ["invo*", "Two invoices", "Two <<invoices>>"],
    ["cafe", "Das Cafe\u0301 ist zu", "Das <<Cafe\u0301>> ist zu"],
    ["京都", "东京都是", "东<<京都>>是"],
    ["ก", "กิน", "<<กิ>>น"],
    ["👍", "fine 👍🏽!", "fine <<👍🏽>>!"],
    ["שלום", "אמר שָׁלוֹם לו", "אמר <<שָׁלוֹם>> לו"],
    ["don't", "I don’t know", "I <<don’t>> know"],
    ["a b", "a b", "<<a>> <<b>>"],
    ['"x y" "y z"', "x y z", "<<x y z>>"],
  ])("%s in %j", (text, turn, snippet) => {
    expect(toSnippet(turn, query(text))).toBe(snippet);
  });

  it("of a long turn is the part where most matches stand, cut between words", () => {
    const filler = "lorem ipsum dolor ".repeat(40);
    const text = `${filler}needle ${filler}needle in the needle stack ${filler}`;
    const snippet = toSnippet(text, query("needle"));
    expect(snippet).toMatch(/^….*<<needle>> in the <<needle>> stack.*…$/);
    expect(snippet.length).toBeLessThan(230);
    expect(text).toContain(snippet.replaceAll(/<<|>>|…/g, ""));
    for (const word of snippet.replaceAll(/<<|>>|…/g, "").split(" "))
      expect(["lorem", "ipsum", "dolor", "needle", "in", "the", "stack"]).toContain(word);
  });

  it("shows a match at the very end, and one that is longer than a snippet", () => {
    expect(toSnippet(`${"lorem ".repeat(100)}needle`, query("needle"))).toMatch(/lorem <<needle>>$/);
    const phrase = Array.from({ length: 60 }, (_, index) => `word${index}`).join(" ");
    expect(toSnippet(`start ${phrase} end`, query(`"${phrase}"`))).toContain(`<<${phrase}>>`);
  });
});

describe("scores", () => {
  const score = (text: string, asked: string) => scoreOf(toSearchText(text) ?? "", query(asked));

  it("grow with occurrences, shrink with length, and stay between 0 and 1", () => {
    expect(score("refund refund", "refund")).toBeGreaterThan(score("refund again", "refund"));
    expect(score("refund", "refund")).toBeGreaterThan(score("a refund of my money, please", "refund"));
    expect(score("refund ".repeat(10_000), "refund")).toBeLessThan(1);
    expect(score("well ".repeat(30_000) + "refund", "refund")).toBeGreaterThan(0);
  });

  it("count a word that stands twice in a row twice, and beginnings", () => {
    expect(score("no no", "no")).toBeGreaterThan(score("no yes", "no"));
    expect(score("invoice invoices", "invo*")).toBe(score("invo invo", "invo"));
  });
});
