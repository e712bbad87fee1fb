import { expect, test } from "vitest";
import { parseJson } from "../../../src/http/parse-json.js";
import type { FieldProblem } from "../../../src/model/index.js";
import { readObject, toCamelCase, type WireObject } from "../../../src/providers/wire/index.js";

function read(json: string): { wire: WireObject; problems: FieldProblem[] } {
  const problems: FieldProblem[] = [];
  const wire = readObject(parseJson(json), problems);
  if (wire === null) throw new Error("expected an object");
  return { wire, problems };
}

test("missing, null and the empty string all read as null, without a problem", () => {
  const { wire, problems } = read('{"a":null,"b":""}');
  for (const key of ["a", "b", "c", "constructor"]) {
    expect(wire.string(key)).toBeNull();
    expect(wire.text(key)).toBeNull();
    expect(wire.integer(key)).toBeNull();
    expect(wire.number(key)).toBeNull();
    expect(wire.boolean(key)).toBeNull();
    expect(wire.decimal(key)).toBeNull();
    expect(wire.timestamp(key)).toBeNull();
    expect(wire.object(key)).toBeNull();
    expect(wire.array(key)).toBeNull();
    expect(wire.strings(key)).toBeNull();
    expect(wire.objects(key)).toEqual([]);
  }
  expect(problems).toEqual([]);
});

test("quoted integers, numbers and booleans are read as what they mean", () => {
  const { wire, problems } = read('{"i":"5","n":"-1.5","t":"True","f":"false"}');
  expect([wire.integer("i"), wire.number("n"), wire.boolean("t"), wire.boolean("f")]).toEqual([
    5,
    -1.5,
    true,
    false,
  ]);
  expect(problems).toEqual([]);
});

test("decimals keep every digit, quoted or not", () => {
  const { wire } = read('{"a":0.30000000000000001,"b":"0.0250","c":1e-7,"d":9007199254740993,"e":0}');
  expect(["a", "b", "c", "d", "e"].map((key) => wire.decimal(key))).toEqual([
    "0.30000000000000001",
    "0.025",
    "0.0000001",
    "9007199254740993",
    "0",
  ]);
});

test("text takes a number as it was written, string does not take it at all", () => {
  const { wire, problems } = read('{"pin":1234567890123456789}');
  expect(wire.text("pin")).toBe("1234567890123456789");
  expect(wire.string("pin", "firstPartyPin")).toBeNull();
  expect(problems).toEqual([{ path: "pin", field: "firstPartyPin", expected: "string", received: "number" }]);
});

test("a wrong type costs its field, says where and what kind, and never the value", () => {
  const { wire, problems } = read(
    '{"a":{"secret":"+12025550134"},"b":"x12025550134","c":1.5,"d":["+12025550134"],"e":"2024-02-30T00:00:00Z"}',
  );
  expect(wire.string("a")).toBeNull();
  expect(wire.integer("b")).toBeNull();
  expect(wire.integer("c")).toBeNull();
  expect(wire.boolean("d")).toBeNull();
  expect(wire.timestamp("e", ["createdTime", "startedAt"])).toBeNull();
  expect(problems.map(({ field, expected, received }) => [field, expected, received])).toEqual([
    ["a", "string", "object"],
    ["b", "integer", "string of 12 characters"],
    ["c", "integer", "number"],
    ["d", "boolean", "array of 1"],
    ["createdTime", "timestamp", "string of 20 characters"],
    ["startedAt", "timestamp", "string of 20 characters"],
  ]);
  expect(JSON.stringify(problems)).not.toContain("2025550134");
});

test("infinity and NaN are not numbers", () => {
  const { wire, problems } = read('{"a":1e999,"b":"NaN","c":"Infinity","d":"0x10"}');
  expect(["a", "b", "c", "d"].map((key) => wire.number(key))).toEqual([null, null, null, null]);
  expect(problems).toHaveLength(4);
});

test("nested problems carry their path; elements that are not objects are passed over", () => {
  const { wire, problems } = read(
    '{"row":{"calls":[{"start_time":5},7,{"start_time":"2024-01-03T00:00:00Z"}]}}',
  );
  const calls = wire.object("row")?.objects("calls", "interactions") ?? [];
  expect(calls.map((call) => call.timestamp("start_time", "startedAt"))).toEqual([
    null,
    Date.UTC(2024, 0, 3),
  ]);
  expect(problems).toEqual([
    { path: "row.calls[1]", field: "interactions", expected: "object", received: "number" },
    { path: "row.calls[0].start_time", field: "startedAt", expected: "timestamp", received: "number" },
  ]);
});

test("a single object stands for an array of one", () => {
  const { wire, problems } = read('{"interaction":{"type":"call"}}');
  expect(wire.objects("interaction").map((call) => call.string("type"))).toEqual(["call"]);
  expect(problems).toEqual([]);
});

test("a payload that is no object is a problem, not an exception", () => {
  const problems: FieldProblem[] = [];
  expect(readObject([1, 2], problems)).toBeNull();
  expect(problems).toEqual([{ path: "$", field: "raw", expected: "object", received: "array of 2" }]);
});

test("a member is handed over as it came, the empty string included", () => {
  const { wire } = read('{"a":"","b":{"c":[1]}}');
  expect([wire.json("a"), wire.json("b"), wire.json("c"), wire.has("a"), wire.has("c")]).toEqual([
    "",
    { c: [1] },
    null,
    true,
    false,
  ]);
});

test.each([
  ["first_party_pin", "firstPartyPin"],
  ["sessionUUID", "sessionUUID"],
  ["URL", "url"],
  ["DialState", "dialState"],
  ["call-time", "callTime"],
  ["id", "id"],
])("%s is %s in the graph", (wire, graph) => {
  expect(toCamelCase(wire)).toBe(graph);
});
