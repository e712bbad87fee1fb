/** One walk through a provider's list for one span of time, into the cache, and into its coverage. */
import type { Logger, Priority } from "../http/http-client.js";
import type { Ingest } from "../ingest/ingest.js";
import type { EpochMs } from "../model/index.js";
import type { SessionPage } from "../providers/provider.js";
import type { CoverageSpan } from "../store/store.js";
import type { ConnectionDirectory, ConnectionState } from "./connection-directory.js";
import { withoutExpired, type KeptSince } from "./kept-since.js";

/** A list is read from this much before the span on, milliseconds: providers' lists lag behind their calls. */
export const OVERLAP_MS = 15 * 60 * 1000;
/** A span that ends this close to now reaches the present. */
const PRESENT_MS = 5_000;
/** An ordered walk notes how far it has come each time it has covered so much more, in pages. */
const PAGES_PER_NOTE = 5;

export interface ListSpanDependencies {
  ingest: Ingest;
  directory: ConnectionDirectory;
  log: Logger;
  now: () => EpochMs;
  keptSince: KeptSince;
}

export interface ListSpanOptions {
  priority?: () => Priority;
  onPage?: (page: SessionPage) => void;
  signal: AbortSignal;
}

/**
 * Lists the sessions of a span. When it is through, the span is covered; of a walk in order, what lies behind it is
 * covered as it goes. Throws a `ProviderError` when the list cannot be read to its end; what was read is kept.
 */
export async function listSpan(
  state: ConnectionState,
  span: CoverageSpan,
  dependencies: ListSpanDependencies,
  { priority, onPage, signal }: ListSpanOptions,
): Promise<void> {
  const { ingest, directory, log, now, keptSince } = dependencies;
  const { connection, name } = state;
  const isHead = span.until >= now() - PRESENT_MS;
  const inOrder = connection.listing === "ordered" ? new OrderedWalk(isHead ? Infinity : span.until) : null;
  const window = { since: span.since - OVERLAP_MS, ...(isHead ? {} : { until: span.until }) };
  let pages = 0;
  for await (const page of connection.listSessions(window, {
    priority: priority?.() ?? "background",
    signal,
  })) {
    await ingest.ingest(name, withoutExpired(page.snapshots, keptSince(name)));
    directory.succeeded(name);
    for (const error of page.rejected)
      log.warn({ err: error, connection: name }, "a row of the list could not be read");
    onPage?.(page);
    inOrder?.take(page);
    pages += 1;
    const reached = inOrder?.reached ?? null;
    if (pages % PAGES_PER_NOTE === 0 && reached !== null && reached > span.since && reached < span.until)
      await directory.covered(name, { since: reached, until: span.until }, isHead);
  }
  await directory.covered(name, span, isHead);
}

/** How far back a walk has come, for as long as its pages do come newest first. */
class OrderedWalk {
  #reached: EpochMs;
  #isInOrder = true;

  constructor(until: EpochMs) {
    this.#reached = until;
  }

  /** Everything from this moment on has been met; null once a page was out of order. */
  get reached(): EpochMs | null {
    // Rows of one millisecond may stand on both sides of a page's edge.
    return this.#isInOrder ? this.#reached + 1 : null;
  }

  take({ snapshots }: SessionPage): void {
    const times = snapshots.map(({ facts }) => facts.startedAt ?? Infinity);
    if (times.some((time) => time > this.#reached)) this.#isInOrder = false;
    this.#reached = Math.min(this.#reached, ...times);
  }
}
