import {
  astFromValue,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
  isScalarType,
  Kind,
  parse,
  print,
  visit,
  type DefinitionNode,
  type FieldDefinitionNode,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInterfaceType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  type InputValueDefinitionNode,
  type InterfaceTypeDefinitionNode,
  type ObjectTypeDefinitionNode,
  type TypeDefinitionNode,
} from "graphql";

type Fields = Readonly<Record<string, GraphQLField<unknown, unknown>>>;
type FieldedDefinition = ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode;

const ROOTS: ReadonlySet<string> = new Set(["Query", "Mutation", "Subscription"]);

/**
 * Compares a schema with the public contract and answers every difference as a sentence; none means that the contract
 * is kept. The schema may have more than the contract, but what the contract names must be there with the same type,
 * arguments and defaults. Root fields are compared where the schema has them, and a type that only missing root fields
 * would use may be missing too. The contract is parsed, not built: its provider types leave most fields out.
 *
 * @param options.roots `"all"` demands every root field as well. @default "present"
 */
export function compareWithContract(
  schema: GraphQLSchema,
  contractSdl: string,
  { roots = "present" }: { roots?: "present" | "all" } = {},
): string[] {
  const definitions = new Map<string, TypeDefinitionNode>();
  for (const definition of parse(contractSdl).definitions) {
    if (isTypeDefinition(definition)) definitions.set(definition.name.value, definition);
  }
  const kept = new Map(
    [...definitions].map(([name, definition]) => [name, withoutMissingRootFields(schema, definition, roots)]),
  );
  const needed = reachable(kept);
  return [...kept.values()].flatMap((definition) => {
    const name = definition.name.value;
    const type = schema.getType(name);
    if (type !== undefined) return compareType(type, definition, kept);
    return needed.has(name) ? [`Type ${name} is missing.`] : [];
  });
}

function isTypeDefinition(node: DefinitionNode): node is TypeDefinitionNode {
  return node.kind.endsWith("TypeDefinition");
}

function withoutMissingRootFields(
  schema: GraphQLSchema,
  definition: TypeDefinitionNode,
  roots: "present" | "all",
): TypeDefinitionNode {
  if (roots === "all" || definition.kind !== Kind.OBJECT_TYPE_DEFINITION) return definition;
  if (!ROOTS.has(definition.name.value)) return definition;
  const type = schema.getType(definition.name.value);
  const present = isObjectType(type) ? type.getFields() : {};
  return { ...definition, fields: definition.fields?.filter((field) => field.name.value in present) ?? [] };
}

/** Everything that is answered, and the enums and inputs that it uses. */
function reachable(definitions: ReadonlyMap<string, TypeDefinitionNode>): ReadonlySet<string> {
  const found = new Set<string>();
  const usedOnly: ReadonlySet<string> = new Set([
    Kind.INPUT_OBJECT_TYPE_DEFINITION,
    Kind.ENUM_TYPE_DEFINITION,
  ]);
  const follow = (name: string): void => {
    const definition = definitions.get(name);
    if (definition === undefined || found.has(name)) return;
    found.add(name);
    visit(definition, { NamedType: ({ name: used }) => follow(used.value) });
  };
  for (const [name, { kind }] of definitions) {
    const empty = ROOTS.has(name) && (definitions.get(name) as ObjectTypeDefinitionNode).fields?.length === 0;
    if (!usedOnly.has(kind) && !empty) follow(name);
  }
  return found;
}

function compareType(
  type: GraphQLNamedType,
  definition: TypeDefinitionNode,
  definitions: ReadonlyMap<string, TypeDefinitionNode>,
): string[] {
  const { name } = type;
  switch (definition.kind) {
    case Kind.SCALAR_TYPE_DEFINITION:
      return isScalarType(type) ? [] : [`${name} is not a scalar.`];
    case Kind.ENUM_TYPE_DEFINITION:
      if (!isEnumType(type)) return [`${name} is not an enum.`];
      return (definition.values ?? [])
        .filter((value) => type.getValue(value.name.value) === undefined)
        .map((value) => `${name}.${value.name.value} is missing.`);
    case Kind.INPUT_OBJECT_TYPE_DEFINITION:
      if (!isInputObjectType(type)) return [`${name} is not an input.`];
      return compareInputs(name, Object.values(type.getFields()), definition.fields ?? []);
    case Kind.OBJECT_TYPE_DEFINITION:
    case Kind.INTERFACE_TYPE_DEFINITION: {
      const isObject = definition.kind === Kind.OBJECT_TYPE_DEFINITION;
      if (isObject ? !isObjectType(type) : !isInterfaceType(type))
        return [`${name} is not ${isObject ? "an object type" : "an interface"}.`];
      const fielded = type as GraphQLObjectType | GraphQLInterfaceType;
      const fields: Fields = fielded.getFields();
      const implemented = new Set(fielded.getInterfaces().map((face) => face.name));
      return [
        ...(definition.interfaces ?? [])
          .filter((face) => !implemented.has(face.name.value))
          .map((face) => `${name} does not implement ${face.name.value}.`),
        ...allFields(definition, definitions).flatMap((field) =>
          compareField(name, fields[field.name.value], field),
        ),
      ];
    }
    case Kind.UNION_TYPE_DEFINITION:
      throw new Error(`The contract has a union, ${name}, which is not compared yet.`);
  }
}

/** A type's own fields and those of its interfaces, which the contract does not repeat on provider types. */
function allFields(
  definition: FieldedDefinition,
  definitions: ReadonlyMap<string, TypeDefinitionNode>,
): FieldDefinitionNode[] {
  const inherited = (definition.interfaces ?? []).flatMap((face) => {
    const found = definitions.get(face.name.value);
    return found?.kind === Kind.INTERFACE_TYPE_DEFINITION ? allFields(found, definitions) : [];
  });
  const fields = [...inherited, ...(definition.fields ?? [])];
  return [...new Map(fields.map((field) => [field.name.value, field])).values()];
}

function compareField(
  typeName: string,
  field: GraphQLField<unknown, unknown> | undefined,
  definition: FieldDefinitionNode,
): string[] {
  const path = `${typeName}.${definition.name.value}`;
  if (field === undefined) return [`${path} is missing.`];
  const expected = print(definition.type);
  return [
    ...(String(field.type) === expected ? [] : [`${path} is ${String(field.type)} instead of ${expected}.`]),
    ...compareInputs(path, field.args, definition.arguments ?? []),
  ];
}

function compareInputs(
  path: string,
  inputs: readonly (GraphQLArgument | GraphQLInputField)[],
  definitions: readonly InputValueDefinitionNode[],
): string[] {
  const byName = new Map(inputs.map((input) => [input.name, input]));
  const known = new Set(definitions.map((definition) => definition.name.value));
  const surplus = inputs.filter(
    (input) => !known.has(input.name) && (isRequiredArgument(input) || isRequiredInputField(input)),
  );
  return [
    ...surplus.map((input) => `${path}: ${input.name} is required, and the contract does not know it.`),
    ...definitions.flatMap((definition) => {
      const name = definition.name.value;
      const input = byName.get(name);
      if (input === undefined) return [`${path}: ${name} is missing.`];
      const type = print(definition.type);
      const byDefault = definition.defaultValue === undefined ? "nothing" : print(definition.defaultValue);
      const actual = input.defaultValue === undefined ? null : astFromValue(input.defaultValue, input.type);
      const found = actual == null ? "nothing" : print(actual);
      return [
        ...(String(input.type) === type
          ? []
          : [`${path}: ${name} is ${String(input.type)} instead of ${type}.`]),
        ...(found === byDefault ? [] : [`${path}: ${name} defaults to ${found} instead of ${byDefault}.`]),
      ];
    }),
  ];
}
