import { readdirSync, readFileSync } from "node:fs";
import { getVariableValues, Kind, parse, validate } from "graphql";
import { expect, it } from "vitest";
import { createSchema } from "../../src/gateway/create-schema.js";

const folder = new URL("../../web/playground/examples/", import.meta.url);
const schema = createSchema();

const files = readdirSync(folder);
const read = (name: string) => readFileSync(new URL(name, folder), "utf8");

it.each(files.filter((name) => name.endsWith(".graphql")))(
  "the example %s is a valid operation that explains itself and has the variables it needs",
  (name) => {
    const text = read(name);
    expect(text.startsWith("# ")).toBe(true);
    const document = parse(text);
    expect(validate(schema, document)).toEqual([]);

    const declared = document.definitions.flatMap((definition) =>
      definition.kind === Kind.OPERATION_DEFINITION ? (definition.variableDefinitions ?? []) : [],
    );
    const beside = name.replace(/\.graphql$/, ".variables.json");
    const given = files.includes(beside) ? (JSON.parse(read(beside)) as Record<string, unknown>) : {};
    const { errors } = getVariableValues(schema, declared, given);
    expect(errors).toBeUndefined();
    expect(Object.keys(given)).toEqual(declared.map(({ variable }) => variable.name.value));
  },
);
