/** What the sources of one subscription read with: whose rights, which feed, and how rows become answers. */
import type { OperationContext } from "../context/context.js";
import type { Principal } from "../context/principal.js";
import { createFilterReading } from "../loaders/filter-reading.js";
import type { LoaderDependencies } from "../loaders/dependencies.js";
import type { SessionNode } from "../loaders/nodes.js";
import { toListNode } from "../loaders/session-by-id.js";
import {
  namedSessions,
  readSessionFilter,
  type SessionFilterInput,
} from "../loaders/session-filter-input.js";
import type { EpochMs, Section } from "../model/index.js";
import type { ChangeRow, SessionFilter, SessionRow, Store } from "../store/store.js";
import type { ConnectionDirectory } from "../sync/connection-directory.js";
import type { ConnectionStream } from "./connection-stream.js";
import { tooNew, tooOld, type Cursors, type Frontier } from "./cursors.js";
import type { Stream, WatchTarget } from "./live.js";

/** A stream of changes; with a session, of its changes alone. */
export interface ChangeStreams {
  changes: Stream;
  changesOf(sessionKey: number): Stream;
  connections: ConnectionStream;
}

export interface LiveReading {
  readonly principal: Principal;
  readonly store: Store;
  readonly directory: ConnectionDirectory;
  readonly streams: ChangeStreams;
  readonly cursors: Cursors;
  /** The operation that subscribed: what it reads of its session, it reads as a query would. */
  readonly context: OperationContext;
  now(): EpochMs;
  readFilter(filter: SessionFilterInput | null | undefined): SessionFilter;
  /** Connections from which a session that matches can come, and those that are named, by themselves if they are few. */
  watchedBy(filter: SessionFilterInput | null | undefined): WatchTarget;
  isVisible(change: ChangeRow): boolean;
  providerOf(connection: string): string | undefined;
  toNode(row: SessionRow): SessionNode;
  /** Reads sections of a session from its provider, whatever is stored. False where that could not be done now. */
  readAgain(row: SessionRow, sections: readonly Section[]): Promise<boolean>;
  /** The sessions of these changes as they are stored, by key; those that have been removed are absent. */
  nodesOf(changes: readonly ChangeRow[]): Promise<Map<number, SessionNode>>;
  /** What a cursor says. Rejects with what is wrong with it: it is none of ours, too old, or of another history. */
  openCursor(cursor: string): Promise<Frontier>;
  /** Rejects when changes behind a place have been removed by age. */
  checkKept(position: number): Promise<void>;
  /** Changes behind a place, and how far they reach. Rejects when some of them have been removed by age. */
  changesAfter(position: number, sessionKey?: number): Promise<CaughtUp>;
}

/** Changes behind a place. */
export interface CaughtUp {
  changes: ChangeRow[];
  /** How far they reach. */
  upTo: number;
  /** False when there may be more of them behind that. */
  isAll: boolean;
}

/** Sessions of a connection that are watched one by one; for more the connection is watched as a whole. */
const MAX_WATCHED = 100;
/** Changes that one subscriber catches up with at once. */
const CAUGHT_UP_AT_ONCE = 500;

/** Builds the reading side of one subscription. */
export function createLiveReading(
  dependencies: LoaderDependencies,
  context: OperationContext,
  streams: ChangeStreams,
  cursors: Cursors,
): LiveReading {
  const { principal, store, sync, now } = dependencies;
  const { directory } = sync;
  const visible = new Set(principal.connections);
  const filterReading = createFilterReading(dependencies);
  const moduleOf = (connection: string) => directory.get(connection)?.connection.module;
  const toNode = (row: SessionRow) => toListNode(row, moduleOf(row.connection)?.typeName ?? "");

  async function checkKept(position: number): Promise<void> {
    if ((await store.changes.floor(principal.connections)) > position) throw tooOld();
  }

  return {
    checkKept,
    async openCursor(cursor) {
      const frontier = cursors.open(cursor);
      if (frontier.position > (await store.changes.last())) throw tooNew();
      await checkKept(frontier.position);
      return frontier;
    },
    ...{ principal, store, directory, streams, cursors, context, now, toNode },
    readFilter: (filter) => readSessionFilter(filter, filterReading),
    watchedBy(input) {
      const { connections, providers } = readSessionFilter(input, filterReading);
      const isMeant = (name: string) =>
        (connections?.includes(name) ?? true) &&
        (providers?.some((provider) => provider === moduleOf(name)?.provider) ?? true);
      const meant = principal.connections.filter(isMeant);
      if (!input?.ids) return { connections: meant };
      const named = Map.groupBy(namedSessions(input.ids, filterReading), ({ connection }) => connection);
      const isFew = (name: string) => (named.get(name)?.length ?? 0) <= MAX_WATCHED;
      return {
        connections: meant.filter((name) => !isFew(name)),
        sessions: meant.filter(isFew).flatMap((name) => named.get(name) ?? []),
      };
    },
    isVisible: ({ connection }) => visible.has(connection),
    async readAgain({ connection, providerKey, providerId }, sections) {
      const request = { connection, providerKey, providerId, sections, anew: true };
      const [outcome] = await sync.refresh.refresh([request]);
      return outcome?.kind === "read" ? outcome.failedSections.size === 0 : outcome?.kind === "absent";
    },
    providerOf: (connection) => moduleOf(connection)?.provider,
    async nodesOf(changes) {
      const keys = [...new Set(changes.map((change) => change.sessionKey))];
      const rows = await store.sessions.byKeys(keys, principal.connections);
      return new Map(rows.filter((row) => row !== null).map((row) => [row.key, toNode(row)]));
    },
    async changesAfter(position, sessionKey) {
      // Before the rows: whatever is there by then is among them, unless there are more than fit.
      const last = await store.changes.last();
      const rows = await store.changes.after(position, CAUGHT_UP_AT_ONCE, principal.connections, sessionKey);
      // After the rows: what has been pruned meanwhile may be missing among them.
      await checkKept(position);
      const newest = rows.at(-1)?.sequence ?? position;
      const isAll = rows.length < CAUGHT_UP_AT_ONCE;
      return { changes: rows, upTo: isAll ? Math.max(last, newest) : newest, isAll };
    },
  };
}
