/**
 * The same conversation as other connections saw it: sessions that overlap in time and share what only one
 * conversation can share. How sure that is depends on what is shared.
 */
import type { EpochMs } from "../model/index.js";
import type { PositionedSession, SessionRow, Store } from "../store/store.js";
import type { LoaderDependencies } from "./dependencies.js";
import type { SessionNode, TransferNode } from "./nodes.js";
import { toListNode } from "./session-by-id.js";
import type { SessionLoaders } from "./session-loaders.js";

export type RelationReason =
  "SAME_CALL_ID" | "SAME_PARTIES" | "TRANSFER_TARGET" | "VIRTUAL_NUMBER" | "USER_DATA";

/** Source of `RelatedSession`. */
export interface RelatedNode {
  session: SessionNode;
  reason: RelationReason;
  /** 0 to 1. */
  confidence: number;
}

export type Related = (session: SessionNode) => Promise<RelatedNode[]>;

/** How far apart two providers' clocks and set-up times may be, milliseconds. */
const SLACK_MS = 2 * 60 * 1000;
/** Candidates looked at for one address. */
const MAX_CANDIDATES = 50;

/** Builds the `related` side of one operation. */
export function createRelated(
  { principal, store, sync }: LoaderDependencies,
  loaders: SessionLoaders,
): Related {
  const others = (row: SessionRow) => principal.connections.filter((name) => name !== row.connection);

  return async (session) => {
    const { row } = session.handle;
    if (row.startedAt === null) return [];
    const transfers = await loaders.children.transfers(session);
    const addresses = addressesOf(row, transfers);
    const found = await Promise.all(addresses.map((address) => candidates(store, row, address, others(row))));
    const related = new Map<number, RelatedNode>();
    for (const { row: other } of found.flat()) {
      const reason = related.has(other.key) ? null : relate(row, other, transfers);
      if (reason === null) continue;
      const typeName = sync.directory.get(other.connection)?.connection.module.typeName ?? "";
      related.set(other.key, { session: toListNode(other, typeName), ...reason });
    }
    return [...related.values()].sort((a, b) => b.confidence - a.confidence);
  };
}

/** Sessions of other connections in which an address took part while this session went on. */
function candidates(
  store: Store,
  row: SessionRow,
  address: string,
  connections: readonly string[],
): Promise<PositionedSession[]> {
  const startedAt = row.startedAt ?? 0;
  const endedAt = row.endedAt ?? startedAt;
  return store.sessions.page(
    {
      filter: {
        connections,
        address: { e164: address, text: address },
        startedAfter: startedAt - SLACK_MS,
        startedBefore: endedAt + SLACK_MS,
      },
      order: { field: "STARTED_AT", direction: "ASC" },
      limit: MAX_CANDIDATES,
    },
    connections,
  );
}

function addressesOf(row: SessionRow, transfers: readonly TransferNode[]): string[] {
  const ends = [...endsOf(row), ...transfers.map((transfer) => transfer.transferTo)];
  return [...new Set(ends.filter((address): address is string => address !== null && address !== ""))];
}

function endsOf(row: SessionRow): (string | null)[] {
  return [row.from?.number ?? row.from?.address ?? null, row.to?.number ?? row.to?.address ?? null];
}

function relate(
  row: SessionRow,
  other: SessionRow,
  transfers: readonly TransferNode[],
): { reason: RelationReason; confidence: number } | null {
  if (!overlap(row, other)) return null;
  const ends = new Set(endsOf(row).filter((end) => end !== null));
  const shared = endsOf(other).filter((end) => end !== null && ends.has(end));
  if (shared.length === 2) return { reason: "SAME_PARTIES", confidence: 0.9 };
  const targets = new Set(transfers.map((transfer) => transfer.transferTo));
  if (endsOf(other).some((end) => end !== null && targets.has(end)))
    return { reason: "TRANSFER_TARGET", confidence: 0.8 };
  return null;
}

function overlap(a: SessionRow, b: SessionRow): boolean {
  const end = (row: SessionRow): EpochMs => row.endedAt ?? Infinity;
  const start = (row: SessionRow): EpochMs => row.startedAt ?? Infinity;
  return start(a) <= end(b) + SLACK_MS && start(b) <= end(a) + SLACK_MS;
}
