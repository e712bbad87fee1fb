import { composeServices } from "@apollo/composition";
import { readFileSync } from "node:fs";
import { parse } from "graphql";
import { describe, expect, it } from "vitest";
import { createPlainSchema, createSchema } from "../../src/gateway/create-schema.js";
import { printSchemaSdl } from "../../src/gateway/emit-schema.js";
import { compareWithContract } from "./compare-with-contract.js";
import { findUndescribed } from "./find-undescribed.js";

const read = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8");

describe("the graph", () => {
  it("is what schema/switchboard.graphql says (npm run fix:schema writes it anew)", () => {
    expect(printSchemaSdl()).toBe(read("../../schema/switchboard.graphql"));
  });

  it("keeps every name, argument and nullability of the contract that it serves already", () => {
    expect(compareWithContract(createSchema(), read("./contract.graphql"), { roots: "present" })).toEqual([]);
  });

  it("describes every type, field, argument and value", () => {
    expect(findUndescribed(createPlainSchema())).toEqual([]);
  });

  it("composes with a subgraph that extends its nodes", () => {
    const crm = `
      extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@external"])
      type Query { deal(id: ID!): Deal }
      type Deal @key(fields: "id") { id: ID!  call: SpekoSession }
      type SpekoSession @key(fields: "id") { id: ID!  deals: [Deal!]! }
    `;
    const { errors, supergraphSdl } = composeServices([
      { name: "switchboard", url: "http://switchboard.test", typeDefs: parse(printSchemaSdl()) },
      { name: "crm", url: "http://crm.test", typeDefs: parse(crm) },
    ]);
    expect(errors ?? []).toEqual([]);
    expect(supergraphSdl).toContain("deals");
  });
});
