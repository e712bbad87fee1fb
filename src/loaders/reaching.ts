/** A page from the cache; where it reaches into history that the cache lacks, that is fetched first. */
import { visibleConnections } from "../context/visibility.js";
import type { PositionedSession, SessionPageQuery } from "../store/store.js";
import type { Missing } from "../sync/coverage.js";
import type { LoaderDependencies } from "./dependencies.js";
import { MAX_STEPS, spanOf } from "./history.js";

/** How long a list waits for history before it answers with what there is, milliseconds. */
const HISTORY_WAIT_MS = 5_000;

/** The rows of a page, one more than `size` where there are more, and what could not be had. */
export async function loadReaching(
  query: SessionPageQuery,
  size: number,
  { principal, store, sync, now }: LoaderDependencies,
): Promise<{ found: PositionedSession[]; missing: Missing }> {
  const { filter } = query;
  const names = visibleConnections(principal, filter.connections).filter((name) => {
    const provider = sync.directory.get(name)?.connection.module.provider;
    return provider !== undefined && (filter.providers?.includes(provider) ?? true);
  });
  const giveUpAt = performance.now() + HISTORY_WAIT_MS;
  const read = () => store.sessions.page(query, principal.connections);
  let found = await read();
  for (let steps = 0, before = Infinity; ; steps = Math.min(steps + 1, MAX_STEPS - 1)) {
    const isFull = found.length > size;
    const span = spanOf({ query, rows: isFull ? found.slice(0, size) : found, isFull, steps }, now());
    // Right as it is, or there is no further back to go.
    if (span === null || span.since >= before) return { found, missing: new Map() };
    before = span.since;
    const lacking = names.filter((name) => sync.coverage.missing(name, span).length > 0);
    if (lacking.length > 0) {
      const missing = await sync.coverage.ensure(lacking, span, giveUpAt - performance.now());
      found = await read();
      if (missing.size > 0) return { found, missing };
    } else if (names.every((name) => span.since <= sync.coverage.floor(name))) {
      return { found, missing: new Map() };
    }
  }
}
