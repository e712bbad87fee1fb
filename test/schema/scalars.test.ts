import { Kind, parseValue } from "graphql";
import { describe, expect, test } from "vitest";
import { DateTimeScalar, DecimalScalar, JsonScalar } from "../../schema/index.js";

describe("DateTime", () => {
  test.each([
    [1_772_360_100_000, "2026-03-01T10:15:00.000Z"],
    [new Date(1_772_360_100_001), "2026-03-01T10:15:00.001Z"],
    ["2026-03-01T11:15:00+01:00", "2026-03-01T10:15:00.000Z"],
  ])("writes %s in UTC with milliseconds", (source, written) => {
    expect(DateTimeScalar.serialize(source)).toBe(written);
  });

  test.each([
    ["2026-03-01T10:15:00.000Z", 1_772_360_100_000],
    ["2026-03-01t12:15:00.25+02:00", 1_772_360_100_250],
    ["2024-02-29T00:00:00Z", 1_709_164_800_000],
    ["2016-12-31T23:59:60Z", 1_483_228_799_999],
  ])("reads %s", (text, ms) => {
    expect(DateTimeScalar.parseValue(text)).toBe(ms);
    expect(DateTimeScalar.parseLiteral({ kind: Kind.STRING, value: text })).toBe(ms);
  });

  test.each(["2026-03-01T10:15:00", "2026-03-01", "2026-02-30T00:00:00Z", "2026-13-01T00:00:00Z", "now", ""])(
    "refuses %j and says what it expected and got",
    (text) => {
      expect(() => DateTimeScalar.parseValue(text)).toThrow(
        `DateTime expected an RFC 3339 time with a zone, such as "2026-03-01T10:15:00.000Z", and got ${JSON.stringify(text)}.`,
      );
    },
  );

  test("refuses numbers as arguments and what no date can be as a source", () => {
    expect(() => DateTimeScalar.parseValue(0)).toThrow("got a number");
    expect(() => DateTimeScalar.parseLiteral({ kind: Kind.INT, value: "0" })).toThrow("IntValue");
    expect(() => DateTimeScalar.serialize(Number.NaN)).toThrow("DateTime expected milliseconds");
  });
});

describe("Decimal", () => {
  test.each([
    ["0.025", "0.025"],
    ["9007199254.740993", "9007199254.740993"],
    ["2.50e-2", "0.025"],
    ["-0.0", "0"],
    ["007", "7"],
    ["12e3", "12000"],
    [0.1, "0.1"],
    [1e-7, "0.0000001"],
  ])("brings %s to plain notation, exactly", (value, plain) => {
    expect(DecimalScalar.parseValue(value)).toBe(plain);
    expect(DecimalScalar.serialize(value)).toBe(plain);
  });

  test("reads number literals from their text", () => {
    expect(DecimalScalar.parseLiteral({ kind: Kind.FLOAT, value: "0.12345678901234567890" })).toBe(
      "0.1234567890123456789",
    );
  });

  test.each(["", "1,5", "NaN", "1e", true, Number.POSITIVE_INFINITY])("refuses %j", (value) => {
    expect(() => DecimalScalar.parseValue(value)).toThrow("Decimal expected a number as a string");
  });
});

describe("JSON", () => {
  test("takes literals with variables inside", () => {
    const literal = parseValue('{ queueState: "Queued", n: [1, 2.5, null, $x] }');
    expect(JsonScalar.parseLiteral(literal, { x: true })).toEqual({
      queueState: "Queued",
      n: [1, 2.5, null, true],
    });
  });

  test("leaves values as they are", () => {
    const value = { a: [1, { b: null }] };
    expect(JsonScalar.serialize(value)).toBe(value);
    expect(JsonScalar.parseValue(value)).toBe(value);
  });
});
