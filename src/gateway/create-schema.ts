/** The executable schema: vocabulary and resolvers, as a subgraph, with the gateway's behaviours wrapped around it. */
import "reflect-metadata";
import { isObjectType, type GraphQLSchema } from "graphql";
import { buildSchemaSync } from "type-graphql";
import { RESOLVERS } from "../../resolvers/index.js";
import { INPUT_TYPES, OUTPUT_TYPES, resolveNodeType, resolveTypesSynchronously } from "../../schema/index.js";
import type { OperationContext } from "../context/context.js";
import { toSubgraph } from "../federation/subgraph.js";
import { useLoaded } from "./use-loaded.js";
import { useScopes } from "./use-scopes.js";

/** Subscriptions are told by the live room; the library insists on having something of its own. */
const NO_PUBSUB = {
  publish: () => undefined,
  subscribe(): never {
    throw new RangeError("every subscription says itself what tells it");
  },
};

/** The graph as type-graphql builds it: what is emitted as `schema/switchboard.graphql`. */
export function createPlainSchema(): GraphQLSchema {
  const schema = buildSchemaSync({
    resolvers: RESOLVERS,
    orphanedTypes: [...OUTPUT_TYPES, ...INPUT_TYPES],
    // Inputs are checked where they are read, with messages that name the member; scalars check themselves.
    validate: false,
    pubSub: NO_PUBSUB,
  });
  resolveTypesSynchronously(schema);
  return schema;
}

/** Builds the schema that the gateway executes. Pure of any connection: everything it asks is in the context. */
export function createSchema(): GraphQLSchema {
  const plain = createPlainSchema();
  const schema = toSubgraph<OperationContext>(plain, async ({ __typename, id }, context) => {
    const node = await context.nodeById(id);
    // Whoever refers to it takes it for something else: there is no such thing under that id.
    return resolveNodeType(node) === __typename ? node : null;
  });
  copyExtensions(plain, schema);
  return useScopes(useLoaded(schema));
}

/** A subgraph is built from printed SDL, which has no extensions: rights and masking marks are carried over by name. */
function copyExtensions(from: GraphQLSchema, to: GraphQLSchema): void {
  for (const type of Object.values(from.getTypeMap())) {
    const copy = to.getType(type.name);
    if (!isObjectType(type) || !isObjectType(copy)) continue;
    const fields = copy.getFields();
    for (const [name, field] of Object.entries(type.getFields())) {
      const target = fields[name];
      if (target !== undefined) target.extensions = { ...target.extensions, ...field.extensions };
    }
  }
}

/** Names of the fields that only the providers' own session types have: what `filter.providerFields` may name. */
export function providerFieldNames(schema: GraphQLSchema): ReadonlySet<string> {
  const session = schema.getType("Session");
  const shared = new Set(session && "getFields" in session ? Object.keys(session.getFields()) : []);
  const names = Object.values(schema.getTypeMap()).flatMap((type) =>
    isObjectType(type) && type.getInterfaces().some((face) => face.name === "Session")
      ? Object.keys(type.getFields())
      : [],
  );
  return new Set(names.filter((name) => !shared.has(name)));
}
