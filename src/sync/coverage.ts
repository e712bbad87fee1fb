/**
 * Which part of a connection's history the cache holds, and fetching what it does not: newest first, a slice at a time,
 * each slice noted when it is in. Whoever needs a slice that is on its way waits for that one.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { isProviderError, type ProviderError } from "../errors/index.js";
import type { Logger, Priority } from "../http/http-client.js";
import type { Ingest } from "../ingest/ingest.js";
import type { EpochMs } from "../model/index.js";
import type { SessionPage } from "../providers/provider.js";
import type { CoverageSpan } from "../store/store.js";
import type { ConnectionDirectory, ConnectionState } from "./connection-directory.js";
import type { KeptSince } from "./kept-since.js";
import { listSpan } from "./list-span.js";
import { missingIn, overlaps } from "./spans.js";

export interface CoverageDependencies {
  ingest: Ingest;
  directory: ConnectionDirectory;
  log: Logger;
  now: () => EpochMs;
  /** Before this nothing is kept, so nothing is fetched either. */
  keptSince: KeptSince;
  signal: AbortSignal;
}

/** What a fill is told while it goes on. */
export interface FillOptions {
  /** Asked before each slice. @default "background" */
  priority?: () => Priority;
  onPage?: (page: SessionPage) => void;
  onSlice?: (slice: CoverageSpan) => void;
  /** Ends this fill early, without ending what others wait for. */
  signal?: AbortSignal;
}

/** Connections that still miss something, and why: null while it is on its way. */
export type Missing = ReadonlyMap<string, ProviderError | null>;

export interface Coverage {
  /** Where a connection's history begins for us: before it the provider has nothing, nobody will ask, or it is not kept. */
  floor(name: string): EpochMs;
  /** What of a span has yet to be fetched, oldest first. What the provider cannot have is never missing. */
  missing(name: string, span: CoverageSpan): CoverageSpan[];
  /** Fetches what is missing of a span. Rejects with the `ProviderError` that stopped it, or the signal's reason. */
  fill(name: string, span: CoverageSpan, options?: FillOptions): Promise<void>;
  /** Lists what has begun since the head. Before the first list it does nothing. Rejects like `fill`. */
  catchUp(name: string): Promise<void>;
  /**
   * For somebody who waits: fetches what is missing of a span, for `waitMs` at most; after that it goes on in the
   * background. Never rejects: what is missing still is in the answer.
   */
  ensure(names: readonly string[], span: CoverageSpan, waitMs: number): Promise<Missing>;
  /** Resolves when nothing is under way any more. */
  idle(): Promise<void>;
}

/** Nobody keeps calls longer, and nobody is served by asking for them year by year. */
const MAX_HISTORY_MS = 10 * 365 * 24 * 60 * 60 * 1000;
const DAY_MS = 24 * 60 * 60 * 1000;
/** Longest slice: what Plivo lists at one go. */
const MAX_SLICE_MS = 29 * DAY_MS;
const MIN_SLICE_MS = 60 * 60 * 1000;
/** A slice should take about this long, milliseconds: a crash or Ctrl-C loses no more. */
const SLICE_TAKES_MS = 5_000;
/** Slices of one connection on their way at once. */
const MAX_FLIGHTS = 4;
/** After a failure nobody who waits tries again for so long, milliseconds. */
const RETRY_AFTER_MS = 10_000;

interface Flight {
  span: CoverageSpan;
  done: Promise<void>;
}

/** Builds the process's one `Coverage`. */
export function createCoverage(dependencies: CoverageDependencies): Coverage {
  const { directory, log, now, keptSince, signal } = dependencies;
  const flights = new Map<string, Set<Flight>>();
  const sliceMs = new Map<string, number>();
  const failures = new Map<string, { error: ProviderError; at: EpochMs }>();
  const background = new Set<Promise<unknown>>();

  function stateOf(name: string): ConnectionState {
    const state = directory.get(name);
    if (state === undefined) throw new RangeError(`no connection is called ${JSON.stringify(name)}`);
    return state;
  }

  const floor = (name: string) =>
    Math.max(now() - (stateOf(name).connection.historyMs ?? MAX_HISTORY_MS), keptSince(name));

  function missing(name: string, span: CoverageSpan): CoverageSpan[] {
    const state = stateOf(name);
    // What begins from now on is the business of polls, once they have a head to go on from.
    const end = state.caughtUp && state.head !== null ? state.head : Infinity;
    const clipped = { since: Math.max(span.since, floor(name)), until: Math.min(span.until, end) };
    return missingIn(state.spans, clipped);
  }

  /** The newest part of a gap that is worth one walk. */
  function sliceOf(state: ConnectionState, { since, until }: CoverageSpan): CoverageSpan {
    if ((state.connection.listing ?? "sliced") !== "sliced") return { since, until };
    return { since: Math.max(since, until - (sliceMs.get(state.name) ?? DAY_MS)), until };
  }

  function fly(state: ConnectionState, span: CoverageSpan, options: FillOptions): Promise<void> {
    const own = flights.get(state.name) ?? new Set<Flight>();
    flights.set(state.name, own);
    const flight: Flight = { span, done: walk(state, span, options).finally(() => own.delete(flight)) };
    own.add(flight);
    flight.done.catch(() => undefined);
    return flight.done;
  }

  async function walk(state: ConnectionState, span: CoverageSpan, options: FillOptions): Promise<void> {
    const startedAt = performance.now();
    const { name } = state;
    try {
      await listSpan(state, span, dependencies, { ...options, signal });
    } catch (error) {
      if (isProviderError(error)) {
        directory.failed(name, error);
        failures.set(name, { error, at: now() });
      }
      throw error;
    }
    failures.delete(name);
    options.onSlice?.(span);
    const perMs = (performance.now() - startedAt) / (span.until - span.since);
    const fitting = Math.min(SLICE_TAKES_MS / perMs, 2 * (sliceMs.get(name) ?? DAY_MS));
    sliceMs.set(name, Math.round(Math.min(Math.max(fitting, MIN_SLICE_MS), MAX_SLICE_MS)));
  }

  async function fill(name: string, span: CoverageSpan, options: FillOptions = {}): Promise<void> {
    const state = stateOf(name);
    await directory.reload(name);
    for (;;) {
      signal.throwIfAborted();
      options.signal?.throwIfAborted();
      const gap = missing(name, span).at(-1);
      if (gap === undefined) return;
      const slice = sliceOf(state, gap);
      const under = [...(flights.get(name) ?? [])];
      const joined = under.find((flight) => overlaps(flight.span, slice));
      if (joined !== undefined) await joined.done;
      else if (under.length >= MAX_FLIGHTS) await Promise.race(under.map(({ done }) => done));
      else await fly(state, slice, options);
    }
  }

  return {
    floor,
    missing,
    fill,
    async catchUp(name) {
      const state = stateOf(name);
      await directory.reload(name);
      const since = state.head;
      if (since === null) return;
      const until = now();
      if (!state.caughtUp) return fill(name, { since, until });
      const sweeping = [...(flights.get(name) ?? [])].find(({ span }) => span.until > since);
      if (sweeping !== undefined) return sweeping.done;
      if (until > since) await fly(state, { since, until }, {});
    },
    async ensure(names, span, waitMs) {
      const open = new Map<string, ProviderError | null>();
      const patience = new AbortController();
      let waits = true;
      const fills = names
        .filter((name) => missing(name, span).length > 0)
        .map(async (name) => {
          const failure = failures.get(name);
          open.set(name, failure?.error ?? null);
          if (failure !== undefined && now() - failure.at < RETRY_AFTER_MS) return;
          try {
            await fill(name, span, { priority: () => (waits ? "user" : "background") });
            open.delete(name);
          } catch (error) {
            if (signal.aborted) return;
            if (isProviderError(error)) open.set(name, error);
            else log.error({ err: error, connection: name }, "history could not be fetched");
          }
        });
      if (fills.length === 0) return open;
      const all = Promise.all(fills).finally(() => background.delete(all));
      background.add(all);
      await Promise.race([
        all,
        sleep(waitMs, undefined, { signal: patience.signal, ref: false }).catch(() => undefined),
      ]);
      patience.abort();
      waits = false;
      return new Map(open);
    },
    async idle() {
      const running = [...flights.values()].flatMap((own) => [...own].map(({ done }) => done));
      await Promise.allSettled([...background, ...running]);
    },
  };
}
