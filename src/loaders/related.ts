/**
 * The same conversation as other connections saw it (ADR 0025). A whole page of sessions costs four statements: who
 * shares a key with them, who shares one with those (a better partner may be there), the rows, and the keys.
 */
import DataLoader from "dataloader";
import type { LoaderDependencies } from "./dependencies.js";
import type { SessionNode } from "./nodes.js";
import { byStrength, relate, type Match, type RelationReason, type Traced } from "./relate.js";
import { toListNode } from "./session-by-id.js";

/** Source of `RelatedSession`. */
export interface RelatedNode {
  session: SessionNode;
  reason: RelationReason;
  /** 0 to 1. */
  confidence: number;
}

/** Related sessions of one, the surest first, then the earlier; 50 at most. */
export type Related = (session: SessionNode) => Promise<RelatedNode[]>;

const MAX_RELATED = 50;
/** Sessions looked at for one page: far more than a page of real ones has neighbours. */
const MAX_LOOKED_AT = 5_000;

type Pair = readonly [one: number, other: number];
type Edge = Match & { a: Traced; b: Traced };

/** Builds the `related` side of one operation. */
export function createRelated({ principal, store, sync, now }: LoaderDependencies): Related {
  const loader = new DataLoader<number, RelatedNode[]>(async (keys) => {
    const first = await store.joins.neighbours(keys, principal.connections);
    const beyond = await store.joins.neighbours(othersOf(first, keys), principal.connections);
    const pairs = distinct([...first, ...beyond]);
    const involved = [...new Set(pairs.flat())];
    const [rows, joins] = await Promise.all([
      store.sessions.byKeys(involved, principal.connections),
      store.joins.bySessionKeys(involved),
    ]);
    const traced = new Map<number, Traced>();
    for (const row of rows) if (row !== null) traced.set(row.key, { row, joins: joins.get(row.key) ?? [] });
    const edges = best(toEdges(pairs, traced, now()));
    const byKey = Map.groupBy(
      edges.flatMap((edge) => [edge, { ...edge, a: edge.b, b: edge.a }]),
      (edge) => edge.a.row.key,
    );
    return keys.map((key) => (byKey.get(key) ?? []).sort(inOrder).slice(0, MAX_RELATED).map(toNode));
  });

  function toNode({ b: { row }, reason, confidence }: Edge): RelatedNode {
    const typeName = sync.directory.get(row.connection)?.connection.module.typeName ?? "";
    return { session: toListNode(row, typeName), reason, confidence };
  }

  return (session) => loader.load(session.handle.row.key);
}

/** The sessions found, without those that were asked about. */
function othersOf(pairs: readonly Pair[], asked: readonly number[]): number[] {
  const known = new Set(asked);
  return [...new Set(pairs.map(([, other]) => other))]
    .filter((key) => !known.has(key))
    .slice(0, MAX_LOOKED_AT);
}

/** Each pair once, the smaller key first. */
function distinct(pairs: readonly Pair[]): Pair[] {
  const found = new Map<string, Pair>();
  for (const [one, other] of pairs) {
    const pair: Pair = one < other ? [one, other] : [other, one];
    found.set(pair.join(), pair);
  }
  return [...found.values()].slice(0, 4 * MAX_LOOKED_AT);
}

function toEdges(pairs: readonly Pair[], traced: ReadonlyMap<number, Traced>, now: number): Edge[] {
  return pairs.flatMap(([one, other]): Edge[] => {
    const [a, b] = [traced.get(one), traced.get(other)];
    return a && b ? relate(a, b, now).map((match) => ({ ...match, a, b })) : [];
  });
}

/**
 * The best reason of each pair, without the pairs of which better ones are known. A partner counts only against partners of the same connection:
 * a conversation may have been seen by three.
 */
function best(edges: readonly Edge[]): Edge[] {
  const sides = edges.flatMap((edge) => [
    { edge, key: sideOf(edge, edge.a, edge.b) },
    { edge, key: sideOf(edge, edge.b, edge.a) },
  ]);
  const strongest = new Map<string, Edge>();
  for (const { edge, key } of sides) {
    const known = strongest.get(key);
    if (known === undefined || byStrengthThenKey(edge, known) < 0) strongest.set(key, edge);
  }
  const standing = edges.filter((edge) => {
    const isBestOf = [
      strongest.get(sideOf(edge, edge.a, edge.b)) === edge,
      strongest.get(sideOf(edge, edge.b, edge.a)) === edge,
    ];
    switch (edge.exclusive) {
      case "none":
        return true;
      case "both":
        return isBestOf.includes(true);
      case "either":
        return !isBestOf.includes(false);
    }
  });
  const pairs = new Map<string, Edge>();
  for (const edge of standing.sort(byStrengthThenKey)) {
    const pair = `${edge.a.row.key} ${edge.b.row.key}`;
    if (!pairs.has(pair)) pairs.set(pair, edge);
  }
  return [...pairs.values()];
}

/** One end of a pair, with what it can have only one partner for, and the connection of the partner. */
function sideOf(edge: Edge, own: Traced, partner: Traced): string {
  const event = edge.event !== null && edge.event.owner === own.row.key ? edge.event.name : "";
  return `${own.row.key}\n${partner.row.connection}\n${event}`;
}

function byStrengthThenKey(a: Edge, b: Edge): number {
  return byStrength(a, b) || a.a.row.key - b.a.row.key || a.b.row.key - b.b.row.key;
}

function inOrder(a: Edge, b: Edge): number {
  return (
    b.confidence - a.confidence ||
    (a.b.row.startedAt ?? 0) - (b.b.row.startedAt ?? 0) ||
    a.b.row.key - b.b.row.key
  );
}
