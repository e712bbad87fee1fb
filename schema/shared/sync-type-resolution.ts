import { isInterfaceType, type GraphQLSchema } from "graphql";
import { resolveNodeType } from "./node.type.js";

/**
 * Lets interfaces find their object type without a promise. type-graphql wraps every `resolveType` into an async
 * function, which costs a tick for each node of a list, and which executors that compile operations do not await.
 * Changes the schema in place.
 */
export function resolveTypesSynchronously(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (isInterfaceType(type)) type.resolveType = resolveNodeType;
  }
}
