/** Which fields an operation selects below a field, so that a list can load them for the whole page at once. */
import type { FieldNode, FragmentDefinitionNode, GraphQLResolveInfo, SelectionSetNode } from "graphql";
import { getDirectiveValues, GraphQLIncludeDirective, GraphQLSkipDirective } from "graphql";

/** The parts of the resolve info that say what is selected; compiled execution gives these as well. */
type Info = Pick<GraphQLResolveInfo, "fieldNodes" | "fragments" | "variableValues">;

/**
 * Names of the fields selected under `paths` below the current field, over all types and fragments. `@skip` and
 * `@include` are obeyed: what they leave out is not loaded.
 *
 * @param paths e.g. `[["nodes"], ["edges", "node"]]`
 */
export function selectedFields(info: Info, paths: readonly (readonly string[])[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const path of paths) {
    for (const field of descend(info, info.fieldNodes, path)) {
      for (const child of fieldsOf(info, field.selectionSet)) names.add(child.name.value);
    }
  }
  return names;
}

function descend(info: Info, fields: readonly FieldNode[], path: readonly string[]): readonly FieldNode[] {
  const [name, ...rest] = path;
  if (name === undefined) return fields;
  const next = fields.flatMap((field) =>
    fieldsOf(info, field.selectionSet).filter((child) => child.name.value === name),
  );
  return descend(info, next, rest);
}

function fieldsOf(info: Info, set: SelectionSetNode | undefined): FieldNode[] {
  return (set?.selections ?? []).flatMap((selection): FieldNode[] => {
    if (selection.directives?.length && !isIncluded(info, selection)) return [];
    if (selection.kind === "Field") return [selection];
    if (selection.kind === "InlineFragment") return fieldsOf(info, selection.selectionSet);
    const fragment: FragmentDefinitionNode | undefined = info.fragments[selection.name.value];
    return fieldsOf(info, fragment?.selectionSet);
  });
}

function isIncluded(info: Info, selection: SelectionSetNode["selections"][number]): boolean {
  const skip = getDirectiveValues(GraphQLSkipDirective, selection, info.variableValues);
  const include = getDirectiveValues(GraphQLIncludeDirective, selection, info.variableValues);
  return skip?.["if"] !== true && include?.["if"] !== false;
}
