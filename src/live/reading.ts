/** What the sources of one subscription read with: whose rights, which feed, and how rows become answers. */
import type { OperationContext } from "../context/context.js";
import type { Principal } from "../context/principal.js";
import { createFilterReading } from "../loaders/filter-reading.js";
import type { LoaderDependencies } from "../loaders/dependencies.js";
import type { SessionNode } from "../loaders/nodes.js";
import { toListNode } from "../loaders/session-by-id.js";
import { readSessionFilter, type SessionFilterInput } from "../loaders/session-filter-input.js";
import type { EpochMs, Section } from "../model/index.js";
import type { ChangeRow, SessionFilter, SessionRow, Store } from "../store/store.js";
import type { ConnectionDirectory } from "../sync/connection-directory.js";
import type { ConnectionStream } from "./connection-stream.js";
import { tooOld, type Cursors } from "./cursors.js";
import type { Stream } from "./live.js";

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
  isVisible(change: ChangeRow): boolean;
  providerOf(connection: string): string | undefined;
  toNode(row: SessionRow): SessionNode;
  /** Reads sections of a session from its provider, whatever is stored. False where that could not be done now. */
  readAgain(row: SessionRow, sections: readonly Section[]): Promise<boolean>;
  /** The sessions of these changes as they are stored, by key; those that have been removed are absent. */
  nodesOf(changes: readonly ChangeRow[]): Promise<Map<number, SessionNode>>;
  /** Changes behind a place, and how far they reach. Rejects when some of them have been removed by age. */
  changesAfter(position: number, sessionKey?: number): Promise<{ changes: ChangeRow[]; upTo: number }>;
}

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

  return {
    ...{ principal, store, directory, streams, cursors, context, now, toNode },
    readFilter: (filter) => readSessionFilter(filter, filterReading),
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
      if ((await store.changes.floor()) > position) throw tooOld();
      const newest = rows.at(-1)?.sequence ?? position;
      return { changes: rows, upTo: rows.length < CAUGHT_UP_AT_ONCE ? Math.max(last, newest) : newest };
    },
  };
}
