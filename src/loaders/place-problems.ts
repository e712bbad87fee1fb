/**
 * Values that the provider sent with a wrong type: each becomes an Error in the place of its own field, so that this
 * field fails with `PROVIDER_BAD_RESPONSE` and nothing else does.
 */
import { ProviderBadResponseError } from "../errors/index.js";
import type { FieldProblem } from "../model/index.js";
import type { SessionRow } from "../store/store.js";

/** A place inside a list of the payload: which list, which element. */
const NESTED = /^(\w+)(?:\.\w+)?\[(\d+)\]\./;

/** Lists that the graph promises not to be null: an Error in their place would take the whole answer with it. */
const NEVER_NULL: ReadonlySet<string> = new Set([
  "members",
  "interactions",
  "transfers",
  "recordings",
  "log",
  "customerBreadcrumb",
  "calls",
]);

/** Puts a session's own problems, and those inside its lists of provider fields, in their places. */
export function placeProblems(node: Record<string, unknown>, row: SessionRow): void {
  for (const problem of row.problems) {
    const nested = NESTED.exec(problem.path);
    if (nested === null) {
      if (NEVER_NULL.has(problem.field)) continue;
      node[problem.field] ??= toError(problem, row);
      continue;
    }
    const name = toCamelCase(nested[1] ?? "");
    const list = node[name];
    const element: unknown = Array.isArray(list) ? list[Number(nested[2])] : undefined;
    if (typeof element !== "object" || element === null) continue;
    const copy = [...(list as unknown[])];
    copy[Number(nested[2])] = { ...element, [problem.field]: toError(problem, row) };
    node[name] = copy;
  }
}

/** Puts the problems of one element of a list that is kept as rows of its own (`members[2]`) in their places. */
export function placeChildProblems<Node extends object>(
  node: Node,
  row: SessionRow,
  lists: ReadonlySet<string>,
  index: number,
): Node {
  if (row.problems.length === 0) return node;
  const fields = { ...node } as Record<string, unknown>;
  for (const problem of row.problems) {
    const nested = NESTED.exec(problem.path);
    if (nested === null || Number(nested[2]) !== index || !lists.has(nested[1] ?? "")) continue;
    fields[problem.field] ??= toError(problem, row);
  }
  return fields as Node;
}

function toError(problem: FieldProblem, row: SessionRow): ProviderBadResponseError {
  const message = `The provider sent ${problem.path} as ${problem.received}; expected ${problem.expected}.`;
  return new ProviderBadResponseError(message, { provider: row.provider, connection: row.connection });
}

function toCamelCase(name: string): string {
  return name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}
