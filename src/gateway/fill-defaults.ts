/**
 * graphql-jit 0.8 demands input members that are non-null and have a default, although they may be left out (GraphQL
 * specification, "Input Object Required Fields"). They are filled in before it looks.
 */
import {
  getNamedType, isEnumType, isInputObjectType, isInputType, isListType, isNonNullType, typeFromAST,
  type GraphQLInputObjectType, type GraphQLInputType, type GraphQLSchema, type OperationDefinitionNode,
} from "graphql"; // prettier-ignore

type Variables = Record<string, unknown>;

/** Fills in what the variables of one operation leave out. The variables that came are not changed. */
export type FillDefaults = (variables: Variables) => Variables;

/** Builds the filling for an operation; null when none of its variables can need it. */
export function createFillDefaults(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
): FillDefaults | null {
  const types = (operation.variableDefinitions ?? []).flatMap(({ variable, type: node }) => {
    const type = typeFromAST(schema, node);
    return isInputType(type) && needsFilling(type, new Set()) ? [{ name: variable.name.value, type }] : [];
  });
  if (types.length === 0) return null;
  return (variables) => {
    const filled = { ...variables };
    for (const { name, type } of types)
      if (Object.hasOwn(filled, name)) filled[name] = fill(filled[name], type);
    return filled;
  };
}

function needsFilling(type: GraphQLInputType, seen: Set<GraphQLInputObjectType>): boolean {
  const named = getNamedType(type);
  if (!isInputObjectType(named) || seen.has(named)) return false;
  seen.add(named);
  const fields = Object.values(named.getFields());
  return fields.some((field) => hasDemandedDefault(field) || needsFilling(field.type, seen));
}

const hasDemandedDefault = ({
  type,
  defaultValue,
}: {
  type: GraphQLInputType;
  defaultValue?: unknown;
}): boolean => isNonNullType(type) && defaultValue !== undefined;

/** What does not fit its type is left as it is: the executor says what is wrong with it. */
function fill(value: unknown, type: GraphQLInputType): unknown {
  if (value === null || value === undefined) return value;
  if (isNonNullType(type)) return fill(value, type.ofType);
  if (isListType(type)) {
    const item = type.ofType;
    return Array.isArray(value) ? value.map((each) => fill(each, item)) : fill(value, item);
  }
  if (!isInputObjectType(type) || typeof value !== "object" || Array.isArray(value)) return value;
  const filled: Variables = { ...value };
  for (const field of Object.values(type.getFields())) {
    if (filled[field.name] !== undefined) filled[field.name] = fill(filled[field.name], field.type);
    else if (hasDemandedDefault(field)) filled[field.name] = external(field.defaultValue, field.type);
  }
  return filled;
}

/** A default as a client would have written it: enums by name, everything else as JSON has it. */
function external(value: unknown, type: GraphQLInputType): unknown {
  const named = getNamedType(type);
  return isEnumType(named) ? named.serialize(value) : value;
}
