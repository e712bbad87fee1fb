/** Documents of subscriptions: parsed and validated once, however many subscribe with them. */
import {
  getOperationAST, GraphQLError, NoSchemaIntrospectionCustomRule, parse, specifiedRules, validate, visit,
  type DocumentNode, type GraphQLSchema, type OperationDefinitionNode,
} from "graphql"; // prettier-ignore
import { findRootDirectives } from "./root-directives.js";

/** A document that can be subscribed with. */
export interface SubscriptionDocument {
  text: string;
  document: DocumentNode;
  operationName: string | undefined;
  /** The variables on which it depends what is told, not from where on: those must be equal to share. */
  shared(variables: Readonly<Record<string, unknown>>): unknown;
}

/** Arguments of subscription fields that only say where to begin. */
const BEGINNINGS: ReadonlySet<string> = new Set(["after", "afterIndex", "snapshot"]);
/** Documents kept at most, the oldest go first, and how many characters they may have. */
const MAX_DOCUMENTS = 1_000;
const MAX_LENGTH = 16_384;

interface Checked {
  document: DocumentNode;
  errors: readonly GraphQLError[];
}

/** Builds the reader. */
export function createDocuments(schema: GraphQLSchema, introspection: boolean) {
  const rules = introspection ? specifiedRules : [...specifiedRules, NoSchemaIntrospectionCustomRule];
  const known = new Map<string, Checked>();

  function check(text: string): Checked | { errors: readonly GraphQLError[] } {
    const found = known.get(text);
    if (found !== undefined) return found;
    let document: DocumentNode;
    try {
      document = parse(text);
    } catch (error) {
      return { errors: [withCode(error as GraphQLError, "GRAPHQL_PARSE_FAILED")] };
    }
    const misplaced = findRootDirectives(document);
    const errors = misplaced.length > 0 ? misplaced : validate(schema, document, rules);
    const checked = { document, errors: errors.map((error) => withCode(error, "GRAPHQL_VALIDATION_FAILED")) };
    if (text.length > MAX_LENGTH) return checked;
    const oldest = known.size >= MAX_DOCUMENTS ? known.keys().next().value : undefined;
    if (oldest !== undefined) known.delete(oldest);
    known.set(text, checked);
    return checked;
  }

  return {
    /** Reads a document; the errors, with their code, where nobody can subscribe with it. */
    read(
      text: string,
      operationName: string | undefined,
    ): SubscriptionDocument | { errors: readonly GraphQLError[] } {
      const checked = check(text);
      if (checked.errors.length > 0 || !("document" in checked)) return { errors: checked.errors };
      const { document } = checked;
      const operation = getOperationAST(document, operationName);
      if (operation?.operation !== "subscription") {
        const message = operation
          ? "Expected a subscription."
          : "Which operation to run is not clear: name one of them.";
        return { errors: [withCode(new GraphQLError(message), "BAD_USER_INPUT")] };
      }
      const beginnings = beginningVariables(document, operation);
      return {
        ...{ text, document, operationName },
        shared: (variables) =>
          Object.entries(variables)
            .filter(([name]) => !beginnings.has(name))
            .sort(([a], [b]) => (a < b ? -1 : 1)),
      };
    },
  };
}

/** Variables that say where to begin, and are used for nothing else. */
function beginningVariables(document: DocumentNode, operation: OperationDefinitionNode): ReadonlySet<string> {
  const uses = new Map<string, number>();
  visit(document, {
    // A definition names its variable too, and is no use of it.
    VariableDefinition: () => false,
    Variable: ({ name }) => void uses.set(name.value, (uses.get(name.value) ?? 0) + 1),
  });
  const fields = operation.selectionSet.selections.filter((selection) => selection.kind === "Field");
  const names = fields.flatMap((field) =>
    (field.arguments ?? []).flatMap(({ name, value }) =>
      BEGINNINGS.has(name.value) && value.kind === "Variable" ? [value.name.value] : [],
    ),
  );
  return new Set(names.filter((name) => uses.get(name) === 1));
}

function withCode(error: GraphQLError, code: string): GraphQLError {
  const { message, nodes, source, positions } = error;
  return new GraphQLError(message, {
    ...{ nodes: nodes ?? null, source: source ?? null, positions: positions ?? null },
    extensions: { code },
  });
}
