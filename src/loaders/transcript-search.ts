/**
 * Search in transcripts. The latest 1,000 hits are in order of how well they match, equal ones latest first; whatever
 * lies further back follows, latest first. A search for a word of every call so costs no more than any other, and since
 * a score depends on the turn alone (src/model/search-score.ts), a walk neither skips nor repeats while turns arrive.
 */
import { scoreOf, toSnippet, type SearchQuery } from "../model/index.js";
import type { SessionFilter, TurnMatch, TurnSearch } from "../store/store.js";
import type { LoaderDependencies } from "./dependencies.js";
import { createFilterReading } from "./filter-reading.js";
import { readFirst, toForwardPage, type ForwardPage, type ForwardPageArgs } from "./forward-page.js";
import { parseHitCursor, toHitCursor, type HitPosition } from "./hit-cursor.js";
import { loadAhead } from "./load-ahead.js";
import { toTranscriptEntryNode, type SessionNode, type TranscriptEntryNode } from "./nodes.js";
import { toListNode } from "./session-by-id.js";
import { readSearchQuery, readSessionFilter, type SessionFilterInput } from "./session-filter-input.js";
import type { SessionLoaders } from "./session-loaders.js";

/** A search asked for. */
export interface TranscriptSearchRequest extends ForwardPageArgs {
  query: string;
  filter?: SessionFilterInput | null;
  /** Fields that the operation selects on the hits' sessions: what can be loaded with the page, is. */
  sessionFields: ReadonlySet<string>;
}

/** Source of `TranscriptHit`. */
export interface HitNode {
  session: SessionNode;
  entry: TranscriptEntryNode;
  snippet: string;
  score: number;
}

export interface HitPage extends ForwardPage<HitNode> {
  /** What `totalCount` is answered from, when it is selected. */
  search: { query: SearchQuery; filter: SessionFilter };
}

export interface TranscriptSearch {
  page(request: TranscriptSearchRequest): Promise<HitPage>;
  count(search: HitPage["search"]): Promise<number>;
}

interface ScoredMatch extends TurnMatch {
  score: number;
}

const DEFAULT_SIZE = 20;
/** Hits that are put in order of score. */
const RANKED = 1_000;

/** Builds the search of one operation. */
export function createTranscriptSearch(
  dependencies: LoaderDependencies,
  loaders: SessionLoaders,
): TranscriptSearch {
  const { principal, store, sync } = dependencies;
  const reading = createFilterReading(dependencies);
  const scope = principal.connections;

  async function matches(search: TurnSearch, limit?: number): Promise<ScoredMatch[]> {
    const found = await store.search.turns(search, scope, limit);
    return found.map((match) => ({ ...match, score: scoreOf(match.text, search.query) }));
  }

  /** The ranked hits of a walk that stands at `at`, or begins; and where the unranked ones begin. */
  async function rank(search: HitPage["search"], at: HitPosition | null) {
    if (at === null) {
      const window = await matches(search, RANKED);
      const bounds = { until: window[0]?.place ?? 0, from: window.at(-1)?.place ?? 0 };
      return { ranked: window.sort(byScore), bounds, tailFrom: window.length < RANKED ? null : bounds.from };
    }
    const { until, from } = at;
    if (at.place < from) return { ranked: [], bounds: { until, from }, tailFrom: at.place };
    const window = await matches({ ...search, until, from });
    const ranked = window.sort(byScore).filter((match) => byScore(at, match) < 0);
    return { ranked, bounds: { until, from }, tailFrom: from };
  }

  async function toNodes(query: SearchQuery, hits: readonly ScoredMatch[]): Promise<(HitNode | null)[]> {
    const [entries, rows] = await Promise.all([
      store.search.entries(hits.map(({ place }) => place)),
      store.sessions.byKeys([...new Set(hits.map(({ sessionKey }) => sessionKey))], scope),
    ]);
    const sessions = new Map(
      rows
        .filter((row) => row !== null)
        .map((row) => {
          const typeName = sync.directory.get(row.connection)?.connection.module.typeName ?? "";
          return [row.key, toListNode(row, typeName)] as const;
        }),
    );
    return hits.map(({ place, sessionKey, score }) => {
      const entry = entries.get(place);
      const session = sessions.get(sessionKey);
      // Deleted since it was found.
      if (entry === undefined || session === undefined) return null;
      const snippet = toSnippet(entry.text, query);
      return { session, entry: toTranscriptEntryNode(entry, session), snippet, score };
    });
  }

  return {
    async page({ first, after, sessionFields, ...asked }) {
      const size = readFirst(first, DEFAULT_SIZE);
      const query = readSearchQuery(asked.query, ["query"]);
      const search = { query, filter: readSessionFilter(asked.filter, reading) };
      const at = after == null ? null : parseHitCursor(after, query);
      const { ranked, bounds, tailFrom } = await rank(search, at);
      const found = ranked.slice(0, size + 1);
      if (found.length <= size && tailFrom !== null)
        found.push(...(await matches({ ...search, before: tailFrom }, size + 1 - found.length)));

      const nodes = await toNodes(query, found);
      const cursors = new Map<HitNode, string>();
      const hits = nodes.flatMap((node, index) => {
        const match = found[index];
        if (node === null || match === undefined) return [];
        cursors.set(node, toHitCursor(query, { ...bounds, score: match.score, place: match.place }));
        return [node];
      });
      const page = toForwardPage(hits, size, at !== null, (node) => cursors.get(node) ?? "");
      await loadAhead([...new Set(page.nodes.map(({ session }) => session))], sessionFields, loaders);
      return { ...page, search };
    },
    count: (search) => store.search.count(search, scope),
  };
}

/** Best first, equal ones latest first. */
function byScore(a: Pick<ScoredMatch, "score" | "place">, b: Pick<ScoredMatch, "score" | "place">): number {
  return b.score - a.score || b.place - a.place;
}
