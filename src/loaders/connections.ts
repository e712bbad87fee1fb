/** Connections as the graph shows them. */
import DataLoader from "dataloader";
import { isVisible, visibleConnections } from "../context/visibility.js";
import type { ProviderError } from "../errors/index.js";
import { toGlobalId } from "../model/index.js";
import type { CommandRow, ConnectionFigures, InboxSummary, SessionFilter } from "../store/store.js";
import type { ConnectionState } from "../sync/connection-directory.js";
import type { Missing } from "../sync/coverage.js";
import type { LoaderDependencies } from "./dependencies.js";

export interface ConnectionNode {
  __typename: "Connection";
  id: string;
  name: string;
  provider: string;
  state: ConnectionState;
}

/** Source of `SourceStatus`. */
export interface SourceNode {
  connection: ConnectionNode;
  ok: boolean;
  stale: boolean;
  syncedAt: number | null;
  error: ConnectionState["lastError"];
}

export interface ConnectionLoaders {
  /** Null when there is none of that name, or none the principal may know of. */
  byName(name: string): ConnectionNode | null;
  all(asked?: readonly string[] | null): ConnectionNode[];
  figures(name: string): Promise<ConnectionFigures>;
  /** Null where no webhooks are set up. */
  webhooks(node: ConnectionNode): Promise<InboxSummary | null>;
  health(node: ConnectionNode): string;
  /** Seconds since the connection was last in step with its provider. */
  lagSeconds(node: ConnectionNode): number | null;
  command(id: string): Promise<CommandRow | null>;
  /** What each connection that a filter asks for contributed to a list, and what of it could not be had. */
  sources(filter: SessionFilter, missing: Missing): SourceNode[];
}

/** Builds the connection side of one operation. */
export function createConnectionLoaders({
  principal,
  store,
  sync,
  now,
}: LoaderDependencies): ConnectionLoaders {
  const { directory } = sync;
  const figures = new DataLoader<string, ConnectionFigures>(async (names) => {
    const found = await store.connections.figures(names);
    return names.map((name) => found.get(name) ?? { sessionCount: 0, liveCount: 0 });
  });
  const inboxes = new DataLoader<string, InboxSummary>(async (names) => {
    const found = await store.inbox.summaries(names);
    return names.map((name) => found.get(name) ?? new Error("the inbox of a connection was not summed up"));
  });
  const nodes = new Map<string, ConnectionNode>();

  function byName(name: string): ConnectionNode | null {
    const known = nodes.get(name);
    if (known !== undefined) return known;
    const state = directory.get(name);
    if (state === undefined || !isVisible(principal, name)) return null;
    const { provider } = state.connection.module;
    const node: ConnectionNode = {
      __typename: "Connection",
      id: toGlobalId("connection", name),
      name,
      provider,
      state,
    };
    nodes.set(name, node);
    return node;
  }

  function all(asked?: readonly string[] | null): ConnectionNode[] {
    return visibleConnections(principal, asked).flatMap((name) => byName(name) ?? []);
  }

  return {
    byName,
    all,
    figures: (name) => figures.load(name),
    webhooks: async ({ name, state }) =>
      state.connection.webhooks === undefined ? null : inboxes.load(name),
    health: (node) => directory.health(node.state),
    lagSeconds: ({ state }) =>
      state.lastSyncedAt === null ? null : Math.max(0, now() - state.lastSyncedAt) / 1000,
    sources(filter, missing) {
      const asked = all(filter.connections).filter(
        ({ provider }) =>
          filter.providers === undefined || filter.providers.some((wanted) => wanted === provider),
      );
      return asked.map((connection) => {
        const { state } = connection;
        const lacks = missing.has(connection.name);
        const error = state.lastError ?? toSourceError(missing.get(connection.name) ?? null, now());
        return {
          connection,
          ok: error === null && !lacks,
          // Not read completely yet, or not in step since its last read failed, or not as far back as was asked.
          stale: state.coveredSince === null || error !== null || lacks,
          syncedAt: state.lastSyncedAt,
          error,
        };
      });
    },
    async command(id) {
      const row = await store.commands.byId(id, principal.connections);
      const mayRead = row?.principal === principal.name || principal.scopes.has("admin");
      return mayRead ? row : null;
    },
  };
}

function toSourceError(error: ProviderError | null, at: number): ConnectionState["lastError"] {
  if (error === null) return null;
  return { code: error.code, message: error.message, retryAfterSeconds: error.retryAfterSeconds ?? null, at };
}
