/** What hangs off sessions: one statement per table for all sessions of a tick. */
import DataLoader from "dataloader";
import type { ChildRepository, Store, StoredEvent } from "../store/store.js";
import { placeChildProblems } from "./place-problems.js";
import {
  toInteractionNode, toMemberNode, toRecordingNode, toReportNode, toTransferNode,
  type InteractionNode, type MemberNode, type RecordingNode, type ReportNode, type SessionNode,
  type TransferNode,
} from "./nodes.js"; // prettier-ignore

type MaybeNow<T> = T | Promise<T>;

export interface ChildLoaders {
  members(session: SessionNode): Promise<MemberNode[]>;
  interactions(session: SessionNode): Promise<InteractionNode[]>;
  /** At once, where a page has had them loaded. */
  transfers(session: SessionNode): MaybeNow<TransferNode[]>;
  /** At once, where a page has had them loaded. */
  recordings(session: SessionNode): MaybeNow<RecordingNode[]>;
  report(session: SessionNode): Promise<ReportNode | null>;
  /** What the provider wrote down; at once, where a page has had it loaded. */
  events(session: SessionNode): MaybeNow<StoredEvent[]>;
  /** The same for a whole page at once, in the order of its sessions, without a promise for each. */
  readonly ofMany: {
    members(sessions: readonly SessionNode[]): Promise<MemberNode[][]>;
    interactions(sessions: readonly SessionNode[]): Promise<InteractionNode[][]>;
    transfers(sessions: readonly SessionNode[]): Promise<TransferNode[][]>;
    recordings(sessions: readonly SessionNode[]): Promise<RecordingNode[][]>;
    report(sessions: readonly SessionNode[]): Promise<(ReportNode | null)[]>;
    events(sessions: readonly SessionNode[]): Promise<StoredEvent[][]>;
  };
}

/** Builds the child loaders of one operation. */
export function createChildLoaders(store: Store): ChildLoaders {
  const keysOf = (sessions: readonly SessionNode[]) => sessions.map((session) => session.handle.row.key);

  /** Rows of one table for many sessions, as nodes, in the order of the sessions. */
  function many<Row, Node extends object>(
    repository: ChildRepository<Row>,
    toNode: (row: Row, session: SessionNode) => Node,
    // Names of the list in the providers' payloads, by which its problems are known.
    ...lists: string[]
  ) {
    const names = new Set(lists);
    return async (sessions: readonly SessionNode[]): Promise<Node[][]> => {
      const rows = await repository.bySessionKeys(keysOf(sessions));
      return sessions.map((session) =>
        (rows.get(session.handle.row.key) ?? []).map((row, index) =>
          placeChildProblems(toNode(row, session), session.handle.row, names, index),
        ),
      );
    };
  }

  const reads = {
    members: many(store.members, toMemberNode, "members"),
    interactions: many(store.interactions, toInteractionNode, "interaction", "calls"),
    transfers: many(store.transfers, toTransferNode, "transfers"),
    recordings: many(store.recordings, toRecordingNode, "files", "items"),
    async report(sessions: readonly SessionNode[]) {
      const rows = await store.reports.bySessionKeys(keysOf(sessions));
      return sessions.map((session) => {
        const row = rows.get(session.handle.row.key);
        return row ? toReportNode(row, session) : null;
      });
    },
    async events(sessions: readonly SessionNode[]) {
      const rows = await store.events.bySessionKeys(keysOf(sessions));
      return sessions.map((session) => rows.get(session.handle.row.key) ?? []);
    },
  };

  /** Lists that a page has had loaded at once, for the fields that are made from them. */
  const ahead = {
    recordings: new Map<SessionNode, RecordingNode[]>(),
    transfers: new Map<SessionNode, TransferNode[]>(),
    events: new Map<SessionNode, StoredEvent[]>(),
  };

  /** A read that is remembered. */
  function remembering<Node>(
    read: (sessions: readonly SessionNode[]) => Promise<Node[]>,
    known: Map<SessionNode, Node>,
  ) {
    return async (sessions: readonly SessionNode[]): Promise<Node[]> => {
      const found = await read(sessions);
      sessions.forEach((session, index) => known.set(session, found[index] as Node));
      return found;
    };
  }

  const loader = <T>(read: (sessions: readonly SessionNode[]) => Promise<T[]>) =>
    new DataLoader<SessionNode, T, number>(read, { cacheKeyFn: (session) => session.handle.row.key });
  const loaders = {
    members: loader(reads.members),
    interactions: loader(reads.interactions),
    transfers: loader(reads.transfers),
    recordings: loader(reads.recordings),
    report: loader(reads.report),
    events: loader(reads.events),
  };

  return {
    ofMany: {
      ...reads,
      transfers: remembering(reads.transfers, ahead.transfers),
      recordings: remembering(reads.recordings, ahead.recordings),
      events: remembering(reads.events, ahead.events),
    },
    members: (session) => loaders.members.load(session),
    interactions: (session) => loaders.interactions.load(session),
    transfers: (session) => ahead.transfers.get(session) ?? loaders.transfers.load(session),
    recordings: (session) => ahead.recordings.get(session) ?? loaders.recordings.load(session),
    events: (session) => ahead.events.get(session) ?? loaders.events.load(session),
    report: (session) => loaders.report.load(session),
  };
}
