/** Forward paging over a list that is at hand: turns, events. Pure. */
import { BadUserInputError } from "../errors/index.js";

export interface ForwardPageArgs {
  first?: number | null;
  after?: string | null;
}

export interface ForwardPage<Node> {
  edges: { cursor: string; node: Node }[];
  nodes: Node[];
  pageInfo: {
    hasNextPage: boolean;
    hasPreviousPage: boolean;
    startCursor: string | null;
    endCursor: string | null;
  };
}

const MAX_SIZE = 100;

/** Checks `first`: 1 to 100. Throws `BadUserInputError`. */
export function readFirst(first: number | null | undefined, fallback: number): number {
  const size = first ?? fallback;
  if (size < 1 || size > MAX_SIZE)
    throw new BadUserInputError(`first: expected 1 to ${MAX_SIZE}, got ${size}.`, ["first"]);
  return size;
}

/** A cursor is a word for its list and a place in it: a cursor of another list is noticed. */
export function toPlaceCursor(list: string, place: string): string {
  return Buffer.from(`${list}\n${place}`, "utf8").toString("base64url");
}

/** Reads a cursor of this list back. Throws `BadUserInputError` for anything else. */
export function parsePlaceCursor(list: string, cursor: string): string {
  const [word, place, ...rest] = Buffer.from(cursor, "base64url").toString("utf8").split("\n");
  if (word !== list || place === undefined || rest.length > 0 || toPlaceCursor(list, place) !== cursor) {
    throw new BadUserInputError("after: expected a cursor that this field returned.", ["after"]);
  }
  return place;
}

/** The page of `rows` (already those after the cursor, at most one more than fits). */
export function toForwardPage<Node>(
  rows: readonly Node[],
  size: number,
  startsLater: boolean,
  cursorOf: (node: Node) => string,
): ForwardPage<Node> {
  const nodes = rows.slice(0, size);
  const edges = nodes.map((node) => ({ cursor: cursorOf(node), node }));
  return {
    edges,
    nodes,
    pageInfo: {
      hasNextPage: rows.length > size,
      hasPreviousPage: startsLater,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}
