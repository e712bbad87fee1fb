import { readFileSync } from "node:fs";
import {
  isEnumType,
  isNonNullType,
  isObjectType,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
} from "graphql";
import { buildSchemaSync, Query, Resolver } from "type-graphql";
import { beforeAll, describe, expect, test } from "vitest";
import { INPUT_TYPES, OUTPUT_TYPES } from "../../schema/index.js";
import { compareWithContract } from "./compare-with-contract.js";
import { findUndescribed } from "./find-undescribed.js";

const contract = readFileSync(new URL("./contract.graphql", import.meta.url), "utf8");

/** A schema needs a root field, and this one is not in the contract. Called, not written: tests compile no decorators. */
class NothingResolver {
  nothing(): string {
    return "";
  }
}
Resolver()(NothingResolver);
Query(() => String, { description: "Nothing." })(
  NothingResolver.prototype,
  "nothing",
  Object.getOwnPropertyDescriptor(NothingResolver.prototype, "nothing") ?? {},
);

let schema: GraphQLSchema;
beforeAll(() => {
  schema = buildSchemaSync({
    resolvers: [NothingResolver],
    orphanedTypes: [...OUTPUT_TYPES, ...INPUT_TYPES],
    emitSchemaFile: false,
  });
});

function objectTypes(): GraphQLObjectType[] {
  return Object.values(schema.getTypeMap()).filter(
    (type) => isObjectType(type) && !type.name.startsWith("__") && type !== schema.getQueryType(),
  ) as GraphQLObjectType[];
}

function fieldsWhere(condition: (field: GraphQLField<unknown, unknown>) => boolean): string[] {
  return objectTypes().flatMap((type) =>
    Object.values(type.getFields())
      .filter(condition)
      .map((field) => `${type.name}.${field.name}`),
  );
}

describe("the vocabulary", () => {
  test("has everything that the contract names, with the same types, arguments and defaults", () => {
    expect(compareWithContract(schema, contract)).toEqual([]);
  });

  test("describes every type, field, argument and enum value", () => {
    expect(findUndescribed(schema)).toEqual([]);
  });

  test("gives each enum value the internal value of its name, so that stored words need no translation", () => {
    const values = Object.values(schema.getTypeMap())
      .filter((type) => isEnumType(type) && !type.name.startsWith("__"))
      .flatMap((type) => (isEnumType(type) ? type.getValues() : []));
    expect(values.filter(({ name, value }) => name !== value)).toEqual([]);
  });

  test("asks for scopes only on fields that can be null", () => {
    expect(fieldsWhere((field) => "scope" in field.extensions && isNonNullType(field.type))).toEqual([]);
  });

  test("asks for the scopes of the contract", () => {
    const scoped = (scope: string) => fieldsWhere((field) => field.extensions["scope"] === scope).toSorted();
    const onEverySession = (names: readonly string[]) =>
      ["EvoVoiceSession", "PlivoSession", "PortsipSession", "SpekoSession"].flatMap((type) =>
        names.map((name) => `${type}.${name}`),
      );
    expect(scoped("admin")).toEqual(["Connection.lastError", "Connection.webhooks"]);
    expect(scoped("recordings:read")).toEqual(["EvoVoiceFile.uri", "Recording.url"]);
    expect(scoped("transcripts:read")).toEqual(
      [
        ...onEverySession(["report", "timeline", "transcript"]),
        "EvoVoiceFile.transcription",
        "EvoVoiceFile.aiTranscription",
        "ReportPayload.report",
      ].toSorted(),
    );
    // Whoever may act need not be allowed to read what became of it.
    expect(scoped("sessions:read")).toEqual([
      "SessionPayload.session",
      "TransferPayload.nextTransfer",
      "TransferPayload.session",
      "TransferPayload.transfer",
    ]);
    const rawNames = /\.(raw|payload|pipelineConfig|spanTree|applicationData|metadata)$/;
    expect(scoped("raw:read")).toEqual(
      [
        ...objectTypes()
          .flatMap((type) => Object.keys(type.getFields()).map((name) => `${type.name}.${name}`))
          .filter((path) => rawNames.test(path)),
        "PlivoSession.firstPartyPin",
        "PlivoSession.secondPartyPin",
      ].toSorted(),
    );
  });

  test("lets other subgraphs refer to every node by its id, and to nothing else", () => {
    for (const type of objectTypes()) {
      const directives = type.astNode?.directives?.map((directive) => directive.name.value) ?? [];
      const isNode = type.getInterfaces().some((face) => face.name === "Node");
      expect({ type: type.name, directives }).toEqual({ type: type.name, directives: isNode ? ["key"] : [] });
    }
  });
});

describe("the comparison with the contract", () => {
  const differences = (sdl: string) => compareWithContract(schema, sdl);

  test("notices a missing type, field, enum value and interface", () => {
    expect(differences("type Nowhere { a: Int }")).toEqual(["Type Nowhere is missing."]);
    expect(differences("type Money { tip: Int }")).toEqual(["Money.tip is missing."]);
    expect(differences("enum Channel { SMELL }")).toEqual(["Channel.SMELL is missing."]);
    expect(differences("type Money implements Node { currency: String! }")).toEqual([
      "Money does not implement Node.",
    ]);
  });

  test("notices another type, nullability, argument and default", () => {
    expect(differences("type Money { currency: String }")).toEqual([
      "Money.currency is String! instead of String.",
    ]);
    expect(differences("interface Session { timeline(last: Int): TimelineConnection }")).toEqual([
      "Session.timeline: last is missing.",
    ]);
    expect(differences("interface Session { timeline(first: Int = 10): TimelineConnection }")).toEqual([
      "Session.timeline: first defaults to 50 instead of 10.",
    ]);
  });

  test("passes over root fields that are not there yet, unless all are asked for", () => {
    const sdl = "type Query { node(id: ID!): Node }";
    expect(differences(sdl)).toEqual([]);
    expect(compareWithContract(schema, sdl, { roots: "all" })).toEqual(["Query.node is missing."]);
  });
});
