import { readdirSync, readFileSync } from "node:fs";
import { parse, validate } from "graphql";
import { expect, it } from "vitest";
import { createSchema } from "../../src/gateway/create-schema.js";

const folder = new URL("../../web/playground/examples/", import.meta.url);
const schema = createSchema();

it.each(readdirSync(folder))("the example %s is a valid operation that explains itself", (name) => {
  const text = readFileSync(new URL(name, folder), "utf8");
  expect(text.startsWith("# ")).toBe(true);
  expect(validate(schema, parse(text))).toEqual([]);
});
