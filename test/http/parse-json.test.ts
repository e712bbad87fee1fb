import fc from "fast-check";
import { expect, test } from "vitest";
import { numberText, parseJson } from "../../src/http/parse-json.js";

function textsOf(json: string): (string | null)[] {
  const parsed = parseJson(json) as number[];
  return parsed.map((_, index) => numberText(parsed, index));
}

test("numbers that a double cannot hold or prints differently are still read as they were written", () => {
  const texts = [
    "0.30000000000000001",
    "9007199254740993",
    "1e-7",
    "1E-7",
    "0.025",
    "0.10",
    "-0",
    "1e400",
    "100",
  ];
  expect(textsOf(`[${texts.join(", ")}]`)).toEqual(texts);
});

test("a sum made by the sender in floating point comes through as the sender wrote it", () => {
  expect(textsOf(`[${JSON.stringify(0.1 + 0.2)}]`)).toEqual(["0.30000000000000004"]);
});

test("the parsed value itself stays plain JSON", () => {
  const json = '{"a":[1.50,{"b":null,"c":"x: 1.50"}],"d":true,"__proto__":{"e":2.0}}';
  const parsed = parseJson(json);
  expect(parsed).toEqual(JSON.parse(json));
  expect(JSON.stringify(parsed)).toBe(JSON.stringify(JSON.parse(json)));
});

test("texts belong to their own object: equal keys elsewhere do not mix", () => {
  const parsed = parseJson('[{"n":0.10},{"n":0.1},{"n":0.100}]') as object[];
  expect(parsed.map((row) => numberText(row, "n"))).toEqual(["0.10", "0.1", "0.100"]);
});

test("when a key comes twice, the text is that of the value that counts", () => {
  const parsed = parseJson('{"n":0.10,"n":0.200}') as object;
  expect(numberText(parsed, "n")).toBe("0.200");
});

test("where there is no number there is no text", () => {
  const parsed = parseJson('{"a":"1.50","b":null}') as object;
  expect([numberText(parsed, "a"), numberText(parsed, "b"), numberText(parsed, "c")]).toEqual([
    null,
    null,
    null,
  ]);
});

test("any spelling of a number anywhere in a body is kept, through the fast path and the slow one", () => {
  const digits = fc.stringMatching(/^[0-9]{1,20}$/).map((text) => text.replace(/^0+(?=\d)/, ""));
  const number = fc
    .tuple(
      fc.constantFrom("", "-"),
      digits,
      fc.option(fc.stringMatching(/^[0-9]{1,8}$/)),
      fc.integer({ min: -9, max: 9 }),
    )
    .map(
      ([sign, whole, part, power]) =>
        `${sign}${whole}${part === null ? "" : `.${part}`}${power > 5 ? `e${power}` : ""}`,
    );
  fc.assert(
    fc.property(fc.array(number, { minLength: 1 }), fc.constantFrom("", " ", "\n\t"), (numbers, gap) => {
      const rows = numbers.map((text) => `{"n"${gap}:${gap}${text}${gap}}`);
      const parsed = parseJson(`[${rows.join(`${gap},${gap}`)}]`) as object[];
      expect(parsed.map((row) => numberText(row, "n"))).toEqual(numbers);
    }),
  );
});

test("text that is not JSON is refused without being quoted", () => {
  let caught: unknown;
  try {
    parseJson('{"pin":"4321",');
  } catch (error) {
    caught = error;
  }
  expect(caught).toBeInstanceOf(SyntaxError);
  expect(String(caught)).not.toContain("4321");
  expect((caught as Error).cause).toBeUndefined();
});
