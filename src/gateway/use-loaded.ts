/**
 * What a list has loaded for its page is answered from the node, without calling the field's resolver: no promise, no
 * tick. Only fields without arguments, whose answer cannot depend on anything else.
 */
import { isObjectType, type GraphQLSchema } from "graphql";

/**
 * Wraps the field resolvers of session types so that a property on the source comes first. Other sources carry facts
 * under a field's name that are not yet its answer (a party's number). Changes the schema in place; call it once.
 */
export function useLoaded(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || !type.getInterfaces().some((face) => face.name === "Session")) continue;
    for (const field of Object.values(type.getFields())) {
      const { resolve, name } = field;
      if (resolve === undefined || field.args.length > 0) continue;
      field.resolve = (source: Record<string, unknown>, args, context, info) => {
        const loaded = source[name];
        return loaded !== undefined ? loaded : resolve(source, args, context, info);
      };
    }
  }
  return schema;
}
