/** Lists of sessions: from the cache, over all connections, in one order, page by page. */
import { visibleConnections } from "../context/visibility.js";
import { BadUserInputError } from "../errors/index.js";
import type {
  PositionedSession,
  SessionFilter,
  SessionOrder,
  SessionPageQuery,
  SessionRow,
} from "../store/store.js";
import { loadAhead } from "./load-ahead.js";
import type { LoaderDependencies } from "./dependencies.js";
import { createFilterReading } from "./filter-reading.js";
import { loadReaching } from "./reaching.js";
import { isAging, isTooOld } from "./freshness.js";
import { toListNode } from "./session-by-id.js";
import { readSessionFilter, type SessionFilterInput } from "./session-filter-input.js";
import { parseSessionCursor, toSessionCursor } from "./session-cursor.js";
import type { SessionLoaders } from "./session-loaders.js";
import type { SessionNode } from "./nodes.js";
import type { Missing } from "../sync/coverage.js";

/** A page asked for, read but for its cursors. */
export interface SessionPageRequest {
  filter?: SessionFilterInput | null;
  /** A condition on top of the filter: everything one number took part in. */
  address?: SessionFilter["address"];
  /** @default newest first */
  order?: SessionOrder | null;
  first?: number | null;
  after?: string | null;
  last?: number | null;
  before?: string | null;
  /** Seconds; older copies are read again first. */
  maxAge?: number | null;
  /** Fields that the operation selects on the sessions: what can be loaded with the page, is. */
  fields: ReadonlySet<string>;
}

export interface SessionPageResult {
  edges: { cursor: string; node: SessionNode }[];
  nodes: SessionNode[];
  pageInfo: {
    hasNextPage: boolean;
    hasPreviousPage: boolean;
    startCursor: string | null;
    endCursor: string | null;
  };
  /** What `totalCount` and `sources` are answered from, when they are selected. */
  filter: SessionFilter;
  /** Connections whose part of the list is not complete, and what prevented it. */
  missing: Missing;
}

export interface SessionPages {
  page(request: SessionPageRequest): Promise<SessionPageResult>;
  count(filter: SessionFilter): Promise<number>;
}

const NEWEST_FIRST: SessionOrder = { field: "STARTED_AT", direction: "DESC" };
const DEFAULT_SIZE = 20;
const MAX_SIZE = 100;
/** How long a list with `maxAge` waits for providers before it answers with what there is, milliseconds. */
const LIST_WAIT_MS = 3_000;

/** Old copies that one list has read again after it has answered. */
const MAX_REVALIDATED = 10;

/** Builds the list side of one operation. */
export function createSessionPages(dependencies: LoaderDependencies, sessions: SessionLoaders): SessionPages {
  const { principal, store, sync, now } = dependencies;
  const reading = createFilterReading(dependencies);
  const typeNameOf = (connection: string) => sync.directory.get(connection)?.connection.module.typeName ?? "";

  /** With `maxAge`, rows that are older are read again by id, all in one batch. */
  async function toNodes(
    rows: readonly PositionedSession[],
    maxAge: number | null | undefined,
  ): Promise<SessionNode[]> {
    const nodes = rows.map(({ row }) => toListNode(row, typeNameOf(row.connection)));
    if (maxAge === null || maxAge === undefined) {
      const aging = rows.filter(({ row }) => isAging(row, now(), "list")).slice(0, MAX_REVALIDATED);
      sync.refresh.revalidate(aging.map(({ row }) => ({ ...refOf(row), sections: [] })));
      return nodes;
    }
    return Promise.all(
      nodes.map(async (node) => {
        if (!isTooOld(node.handle.row, now(), maxAge)) return node;
        // A session that cannot be read is still listed: the cached row stands, its own failure shows in `freshness`.
        return (await sessions.byId(node.id, maxAge)) ?? node;
      }),
    );
  }

  return {
    async page(request) {
      const size = pageSize(request);
      const filter = readSessionFilter(request.filter, reading);
      const order = request.order ?? NEWEST_FIRST;
      if (request.address !== undefined) {
        if (filter.address !== undefined)
          throw new BadUserInputError("filter.address: the number is given already.", ["filter", "address"]);
        filter.address = request.address;
      }
      await sync.look(
        visibleConnections(principal, filter.connections),
        request.maxAge === null || request.maxAge === undefined ? undefined : request.maxAge * 1000,
        LIST_WAIT_MS,
      );
      const query: SessionPageQuery = { filter, order, limit: size.limit + 1, fromEnd: size.fromEnd };
      if (needsNoProviderFields(request.fields)) query.withoutFields = true;
      if (request.after) query.after = parseSessionCursor(request.after, order, "after");
      if (request.before) query.before = parseSessionCursor(request.before, order, "before");
      const { found, missing } = await loadReaching(query, size.limit, dependencies);
      const more = found.length > size.limit;
      const rows = !more ? found : size.fromEnd ? found.slice(1) : found.slice(0, -1);
      const nodes = await toNodes(rows, request.maxAge);
      await loadAhead(nodes, request.fields, sessions);
      const cursors = rows.map(({ position }) => toSessionCursor(order, position));
      return {
        edges: nodes.map((node, index) => ({ cursor: cursors[index] ?? "", node })),
        nodes,
        pageInfo: {
          // Known for the direction walked; for the other one, a cursor to start from means there was something before it.
          hasNextPage: size.fromEnd ? Boolean(request.before) : more,
          hasPreviousPage: size.fromEnd ? more : Boolean(request.after),
          startCursor: cursors[0] ?? null,
          endCursor: cursors.at(-1) ?? null,
        },
        filter,
        missing,
      };
    },
    count: (filter) => store.sessions.count(filter, principal.connections),
  };
}

function refOf({ connection, providerKey, providerId }: SessionRow) {
  return { connection, providerKey, providerId };
}

function pageSize({ first, last }: SessionPageRequest): { limit: number; fromEnd: boolean } {
  if (first != null && last != null) {
    throw new BadUserInputError("Pass first or last, not both.", ["first"]);
  }
  const limit = last ?? first ?? DEFAULT_SIZE;
  if (limit < 1 || limit > MAX_SIZE) {
    const argument = last != null ? "last" : "first";
    throw new BadUserInputError(`${argument}: expected 1 to ${MAX_SIZE}, got ${limit}.`, [argument]);
  }
  return { limit, fromEnd: last != null };
}

/** Fields that are answered without anything from the provider's own: a list of only these reads lean rows. */
const UNIFIED_FIELDS: ReadonlySet<string> = new Set([
  "__typename",
  "id",
  "provider",
  "connection",
  "providerId",
  "channel",
  "direction",
  "phase",
  "state",
  "title",
  "from",
  "to",
  "startedAt",
  "answeredAt",
  "endedAt",
  "updatedAt",
  "durationSeconds",
  "cost",
  "members",
  "interactions",
  "transfers",
  "transcript",
  "report",
  "freshness",
]);

function needsNoProviderFields(fields: ReadonlySet<string>): boolean {
  return fields.isSubsetOf(UNIFIED_FIELDS);
}
