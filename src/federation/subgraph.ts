/** This graph as a Federation 2 subgraph: `_service`, `_entities`, and keys on everything that has an id. */
import { buildSubgraphSchema, printSubgraphSchema, type GraphQLResolverMap } from "@apollo/subgraph";
import { isObjectType, lexicographicSortSchema, parse, type GraphQLSchema } from "graphql";
import { createResolversMap } from "type-graphql";

/** The federation version whose directives the schema uses. */
const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable"])`;

/** The subgraph's SDL, federation directives included: what a router composes. Types and fields in a fixed order. */
export function printSubgraph(schema: GraphQLSchema): string {
  return `${LINK}\n\n${printSubgraphSchema(lexicographicSortSchema(schema))}\n`;
}

/** Finds what a reference from another subgraph means: the key's fields in, the source object out, null when unknown. */
export type ResolveReference<Context> = (
  reference: { __typename: string; id: string },
  context: Context,
) => unknown;

/**
 * Turns the schema that type-graphql built into a subgraph. Every object type with `@key` resolves references through
 * one function: ids say by themselves what they name.
 */
export function toSubgraph<Context>(
  schema: GraphQLSchema,
  resolveReference: ResolveReference<Context>,
): GraphQLSchema {
  const resolvers = createResolversMap(schema) as GraphQLResolverMap<Context>;
  for (const type of Object.values(schema.getTypeMap())) {
    const keyed =
      isObjectType(type) && type.astNode?.directives?.some((directive) => directive.name.value === "key");
    if (keyed) Object.assign((resolvers[type.name] ??= {}), { __resolveReference: resolveReference });
  }
  return buildSubgraphSchema([{ typeDefs: parse(`${LINK}\n${printSubgraphSchema(schema)}`), resolvers }]);
}
