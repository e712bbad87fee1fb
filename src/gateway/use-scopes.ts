/**
 * Rights per field. A field says which scope it needs where it is declared (`@RequiresScope` in `schema/`); here, and
 * only here, that is enforced. The check is synchronous, so fields without a resolver stay on the executor's fast path.
 */
import {
  defaultFieldResolver, isObjectType, type GraphQLFieldResolver, type GraphQLObjectType, type GraphQLSchema,
} from "graphql"; // prettier-ignore
import type { OperationContext } from "../context/context.js";
import type { Scope } from "../context/principal.js";
import { ForbiddenError } from "../errors/index.js";

/** Root fields that anybody with valid credentials may ask. */
const OPEN_ROOT_FIELDS: ReadonlySet<string> = new Set(["viewer", "_service"]);

/** What it takes to ask at all; undefined below the root. */
function rootScope(schema: GraphQLSchema, type: GraphQLObjectType): Scope | undefined {
  if (type === schema.getQueryType() || type === schema.getSubscriptionType()) return "sessions:read";
  return type === schema.getMutationType() ? "sessions:write" : undefined;
}

/** Wraps the resolver of every field that needs a scope. Changes the schema in place; call it once per schema. */
export function useScopes(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith("__")) continue;
    const root = rootScope(schema, type);
    for (const field of Object.values(type.getFields())) {
      const declared = field.extensions["scope"] as Scope | undefined;
      const needed: Scope[] = [];
      if (root !== undefined && !OPEN_ROOT_FIELDS.has(field.name)) needed.push(root);
      if (declared !== undefined) needed.push(declared);
      if (needed.length === 0) continue;
      field.resolve = guard(field.resolve ?? defaultFieldResolver, needed);
      // Whoever may not be told is refused before anything is, not with the first thing that happens.
      if (field.subscribe) field.subscribe = guard(field.subscribe, needed);
    }
  }
  return schema;
}

function guard(
  resolve: GraphQLFieldResolver<unknown, OperationContext>,
  needed: readonly Scope[],
): GraphQLFieldResolver<unknown, OperationContext> {
  return (source, args, context, info) => {
    for (const scope of needed) {
      if (!context.principal.scopes.has(scope)) throw new ForbiddenError(scope);
    }
    return resolve(source, args, context, info);
  };
}
