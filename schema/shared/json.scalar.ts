import { GraphQLScalarType, valueFromASTUntyped } from "graphql";

/** Any JSON value, untouched in both directions. Literals may hold variables at any depth. */
export const JsonScalar = new GraphQLScalarType<unknown, unknown>({
  name: "JSON",
  description:
    "Any JSON value: an object, a list, a string, a number, a boolean or null. Its shape is whatever its sender chose.",
  specifiedByURL: "https://www.rfc-editor.org/rfc/rfc8259",
  serialize: (value) => value,
  parseValue: (value) => value,
  parseLiteral: (node, variables) => valueFromASTUntyped(node, variables),
});
