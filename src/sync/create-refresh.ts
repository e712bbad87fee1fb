import {
  DatabaseUnavailableError, ProviderUnavailableError, isProviderError, type ProviderError,
} from "../errors/index.js"; // prettier-ignore
import type { Logger } from "../http/http-client.js";
import type { Ingest } from "../ingest/ingest.js";
import type { EpochMs, Section, SessionSnapshot } from "../model/index.js";
import type { ProviderConnection, ReadOutcome, SessionReference } from "../providers/provider.js";
import type { SessionRef, Store } from "../store/store.js";
import type { ConnectionDirectory } from "./connection-directory.js";
import type { Refresh, RefreshOutcome, RefreshRequest } from "./refresh.js";
import { Absences } from "./absences.js";
import { createRevalidate } from "./revalidate.js";
import { SingleFlight } from "./single-flight.js";

/** What a refresh is built from. */
export interface RefreshDependencies {
  store: Store;
  ingest: Ingest;
  directory: ConnectionDirectory;
  log: Logger;
  now: () => EpochMs;
}

const NO_FAILURES: ReadonlyMap<Section, ProviderError> = new Map();

/** How long an id that the provider did not know is not asked for again, milliseconds, and how many are remembered. */
const ABSENT_MS = 5_000;
const MAX_ABSENCES = 10_000;

/** Extra sections are a request each: so many at once for one connection and operation. */
const SECTION_CONCURRENCY = 8;

/** Builds the process's one `Refresh`. */
export function createRefresh({ store, ingest, directory, log, now }: RefreshDependencies): Refresh {
  const reads = new SingleFlight<ReadOutcome>();
  const absences = new Absences(ABSENT_MS, MAX_ABSENCES);

  /** Turns outcomes into stored rows before anybody sees them, and tells the directory how it went. */
  async function settle(connection: ProviderConnection, outcomes: readonly ReadOutcome[]): Promise<void> {
    const snapshots: SessionSnapshot[] = [];
    for (const outcome of outcomes) {
      if (outcome.kind === "found") snapshots.push(outcome.snapshot);
      if (outcome.kind !== "failed") directory.succeeded(connection.name);
      else if (!isMissingRight(outcome.error)) directory.failed(connection.name, outcome.error);
    }
    if (snapshots.length > 0) await ingest.ingest(connection.name, snapshots);
  }

  /** Reads sessions by id in one go; those that somebody is reading already are joined, not read again. */
  function readAll(
    connection: ProviderConnection,
    requests: readonly RefreshRequest[],
  ): Promise<ReadOutcome>[] {
    const missing = requests.filter(
      (request) =>
        request.anew === true || (reads.get(flightKey(request)) === undefined && !isKnownAbsent(request)),
    );
    if (missing.length > 0) {
      const batch = run(connection, () =>
        connection.readSessions(missing.map((request) => request.providerId)),
      );
      missing.forEach((request, index) => {
        const flight = batch.then((outcomes) => outcomes[index] ?? { kind: "absent" as const });
        void reads.set(flightKey(request), flight);
        const note = ({ kind }: ReadOutcome) => {
          if (kind === "absent") absences.note(flightKey(request), now());
          else absences.forget(flightKey(request));
        };
        flight.then(note, () => undefined);
      });
    }
    return requests.map(
      (request) => reads.get(flightKey(request)) ?? Promise.resolve({ kind: "absent" as const }),
    );
  }

  const isKnownAbsent = (request: RefreshRequest) =>
    request.isUnknown === true && absences.has(flightKey(request), now());

  async function run(
    connection: ProviderConnection,
    read: () => Promise<ReadOutcome[]>,
  ): Promise<ReadOutcome[]> {
    const outcomes = await read();
    await settle(connection, outcomes);
    return outcomes;
  }

  function readSection(
    connection: ProviderConnection,
    ref: SessionRef,
    session: SessionReference,
    section: Section,
  ) {
    return reads.do(flightKey(ref, section), async () => {
      const outcome = await connection.readSection(session, section);
      await settle(connection, [outcome]);
      return outcome;
    });
  }

  async function refreshConnection(connection: ProviderConnection, requests: readonly RefreshRequest[]) {
    const outcomes = new Map<RefreshRequest, RefreshOutcome>();
    const extra = new Set(connection.extraSections);
    // A request for extra sections alone does not pay for a read of the session as well.
    const plain = requests.filter(
      (request) => !request.sections.some((s) => extra.has(s)) || request.sections.some((s) => !extra.has(s)),
    );
    const answers = await Promise.all(readAll(connection, plain));
    plain.forEach((request, index) => outcomes.set(request, toOutcome(answers[index])));

    const wanted = requests.flatMap((request) => {
      const outcome = outcomes.get(request);
      if (outcome !== undefined && outcome.kind !== "read") return [];
      return request.sections
        .filter((section) => extra.has(section))
        .map((section) => ({ request, section }));
    });
    if (wanted.length === 0) return outcomes;
    const rows = await store.sessions.byRefs(
      wanted.map(({ request }) => request),
      "all",
    );
    const failures = new Map<RefreshRequest, Map<Section, ProviderError>>();
    await inParallel(wanted, SECTION_CONCURRENCY, async ({ request, section }, index) => {
      const row = rows[index];
      if (row === null || row === undefined) return;
      const outcome = await readSection(connection, request, row, section);
      if (outcome.kind !== "failed") return;
      const failed = failures.get(request) ?? new Map<Section, ProviderError>();
      failures.set(request, failed.set(section, outcome.error));
    });
    wanted.forEach(({ request }, index) => {
      if (rows[index] === null) outcomes.set(request, { kind: "absent" });
      else outcomes.set(request, { kind: "read", failedSections: failures.get(request) ?? NO_FAILURES });
    });
    return outcomes;
  }

  return {
    revalidate: createRevalidate(
      { ingest, directory, log },
      (request) => reads.get(flightKey(request)) !== undefined,
    ),
    async refresh(requests) {
      const byConnection = Map.groupBy(requests, (request) => request.connection);
      const merged = new Map<RefreshRequest, RefreshOutcome>();
      await Promise.all(
        [...byConnection].map(async ([name, group]) => {
          const connection = directory.get(name)?.connection;
          if (connection === undefined) return;
          try {
            for (const [request, outcome] of await refreshConnection(connection, group))
              merged.set(request, outcome);
          } catch (error) {
            // A read must not fail the operation: what is cached is still served, with this as the reason.
            if (!isProviderError(error)) log.error({ err: error, connection: name }, "refresh failed");
            for (const request of group)
              merged.set(request, { kind: "failed", error: toProviderError(error, connection) });
          }
        }),
      );
      return requests.map((request) => merged.get(request) ?? { kind: "absent" });
    },
  };
}

/** The provider answers, only not this: a login may read sessions and not files, say. The connection is up. */
function isMissingRight(error: ProviderError): boolean {
  return error.code === "PROVIDER_AUTH_FAILED" && error.status === 403;
}

function flightKey(ref: SessionRef, section: Section | "session" = "session"): string {
  return `${ref.connection}\n${ref.providerKey}\n${section}`;
}

function toOutcome(outcome: ReadOutcome | undefined): RefreshOutcome {
  if (outcome === undefined || outcome.kind === "absent") return { kind: "absent" };
  if (outcome.kind === "failed") return outcome;
  return { kind: "read", failedSections: NO_FAILURES };
}

function toProviderError(error: unknown, connection: ProviderConnection): ProviderError {
  if (isProviderError(error)) return error;
  const source = { provider: connection.module.provider, connection: connection.name };
  const what = error instanceof DatabaseUnavailableError ? "stored" : "used";
  return new ProviderUnavailableError(`The provider's answer could not be ${what}.`, source, {
    cause: error,
  });
}

/** Runs `work` over all items, at most `limit` at a time; rejects with the first failure. */
export async function inParallel<T>(
  items: readonly T[],
  limit: number,
  work: (item: T, index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < items.length; index = next++) await work(items[index] as T, index);
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
}
