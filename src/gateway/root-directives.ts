/**
 * `@skip` and `@include` at the root of a subscription. The specification forbids them (section 5.2.4.1): which field is
 * subscribed to may not depend on variables. graphql-js does not check it and fails on them, so it is checked before.
 */
import { GraphQLError, Kind, type DirectiveNode, type DocumentNode, type SelectionSetNode } from "graphql";

const CONDITIONS: ReadonlySet<string> = new Set(["skip", "include"]);

/** The errors of a parsed document, one for each such directive; empty where it has none. Takes documents that are not valid. */
export function findRootDirectives(document: DocumentNode): readonly GraphQLError[] {
  const errors: GraphQLError[] = [];
  const entered = new Set<string>();

  function look({ selections }: SelectionSetNode): void {
    for (const selection of selections) {
      for (const directive of selection.directives ?? [])
        if (CONDITIONS.has(directive.name.value)) errors.push(refuse(directive));
      if (selection.kind === Kind.INLINE_FRAGMENT) look(selection.selectionSet);
      if (selection.kind !== Kind.FRAGMENT_SPREAD || entered.has(selection.name.value)) continue;
      entered.add(selection.name.value);
      for (const definition of document.definitions)
        if (definition.kind === Kind.FRAGMENT_DEFINITION && definition.name.value === selection.name.value)
          look(definition.selectionSet);
    }
  }

  for (const definition of document.definitions)
    if (definition.kind === Kind.OPERATION_DEFINITION && definition.operation === "subscription")
      look(definition.selectionSet);
  return errors;
}

function refuse(directive: DirectiveNode): GraphQLError {
  const message = `@${directive.name.value} cannot stand at the root of a subscription, which always has exactly one field.`;
  return new GraphQLError(message, {
    nodes: directive,
    extensions: { code: "GRAPHQL_VALIDATION_FAILED" },
  });
}
