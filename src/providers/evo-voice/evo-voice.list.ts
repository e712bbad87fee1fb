/** Lists of sessions: a window of history, what is live, and many by id. */
import {
  isProviderError,
  ProviderBadResponseError,
  type ProviderError,
  type ProviderErrorSource,
} from "../../errors/index.js";
import type { EpochMs, SessionSnapshot, SnapshotSource } from "../../model/index.js";
import type { ListWindow, ReadOptions, ReadOutcome, SessionPage } from "../provider.js";
import { chunkByLength, type EvoVoiceAccounts } from "./evo-voice.accounts.js";
import type { EvoVoiceClient, EvoVoicePage } from "./evo-voice.client.js";
import { COUNT_PER_PAGE, readPages } from "./evo-voice.paging.js";
import { isSessionId, toSessionSnapshot } from "./evo-voice.snapshot.js";

/** What the lists are read with. */
export interface EvoVoiceLists {
  client: EvoVoiceClient;
  accounts: EvoVoiceAccounts;
  source: ProviderErrorSource;
  defaultRegion: string;
  now: () => EpochMs;
}

const DAY_MS = 86_400_000;

/**
 * A session that ended longer ago than this has been seen by the polls before, or is the business of a sweep: the live
 * list need not be read further once only such rows are left.
 */
export const LIVE_MARGIN_MS = 15 * 60_000;

/** Characters of session ids in one URL: with the accounts and the rest it stays below 6 kB. */
const MAX_IDS_LENGTH = 3_000;

/**
 * Every session created in the window, newest first, live ones before archived ones: the archive is another collection
 * and searched instead of the live one, never with it (Q2). A session that moves there meanwhile comes once.
 */
export async function* listWindow(
  lists: EvoVoiceLists,
  { since, until = lists.now() }: ListWindow,
  options?: ReadOptions,
): AsyncGenerator<SessionPage> {
  const seen = new Set<string>();
  let total = 0;
  for (const searchArchive of [false, true]) {
    for (const accountIds of await lists.accounts.groups()) {
      const query = {
        accountIds,
        ...(searchArchive ? { searchArchive } : {}),
        // Whole days in a zone that is not stated: a day more on either side holds the window in every zone.
        startDate: toDate(since - DAY_MS),
        endDate: toDate(until + DAY_MS),
        countPerPage: COUNT_PER_PAGE,
        sortField: "dateCreated",
        sortOrder: "Descend",
      };
      const pages = readPages("normal", lists.source, (page) =>
        lists.client.listSessions({ ...query, page }, options),
      );
      const before = total;
      for await (const answer of pages) {
        total = before + (answer.totalCount ?? 0);
        const page = toPage(lists, answer, "LIST");
        const snapshots = page.snapshots.filter(
          ({ providerKey, facts: { startedAt } }) =>
            !seen.has(providerKey) && (startedAt === null || (startedAt >= since && startedAt < until)),
        );
        for (const { providerKey } of snapshots) seen.add(providerKey);
        yield { ...page, snapshots, total };
      }
    }
  }
}

/**
 * The sessions changed last, until only ended and older ones are left. That the server sorts by this field is not
 * certain (§9), so a page out of order ends nothing: the list is then read to its end.
 */
export async function* listRecent(lists: EvoVoiceLists, options?: ReadOptions): AsyncGenerator<SessionPage> {
  const seen = new Set<string>();
  for (const accountIds of await lists.accounts.groups()) {
    const query = {
      accountIds,
      countPerPage: COUNT_PER_PAGE,
      sortField: "dateLastModified",
      sortOrder: "Descend",
      simplifiedPaging: true,
    };
    const pages = readPages("simplified", lists.source, (page) =>
      lists.client.listSessions({ ...query, page }, options),
    );
    for await (const answer of pages) {
      const page = toPage(lists, answer, "LIST");
      const snapshots = page.snapshots.filter(({ providerKey }) => !seen.has(providerKey));
      for (const { providerKey } of snapshots) seen.add(providerKey);
      yield { ...page, snapshots };
      if (isBehindTheLive(page.snapshots, lists.now() - LIVE_MARGIN_MS)) break;
    }
  }
}

/** True when the page reaches past the margin, in order, and all that it has there is over. */
function isBehindTheLive(snapshots: readonly SessionSnapshot[], margin: EpochMs): boolean {
  const times = snapshots.map(({ facts }) => facts.updatedAt);
  const inOrder = times.every((time, index) => time !== null && time <= (times[index - 1] ?? Infinity));
  if (!inOrder) return false;
  const old = snapshots.filter(({ facts }) => (facts.updatedAt ?? 0) < margin);
  return old.length > 0 && old.every(({ facts }) => facts.phase === "ENDED");
}

/** Reads sessions by id: per run of ids one request for the live ones and one for those only the archive has. */
export async function readByIds(
  lists: EvoVoiceLists,
  ids: readonly string[],
  options?: ReadOptions,
): Promise<ReadOutcome[]> {
  const wanted = [...new Set(ids)].filter(isSessionId);
  const outcomes = new Map<string, ReadOutcome>();
  const chunks = chunkByLength(wanted, MAX_IDS_LENGTH);
  const answers = await Promise.all(chunks.map((chunk) => readChunk(lists, chunk, options)));
  for (const answer of answers) for (const [id, outcome] of answer) outcomes.set(id, outcome);
  return ids.map((id) => outcomes.get(id) ?? { kind: "absent" });
}

async function readChunk(
  lists: EvoVoiceLists,
  ids: readonly string[],
  options?: ReadOptions,
): Promise<Map<string, ReadOutcome>> {
  const outcomes = new Map<string, ReadOutcome>();
  const missing = new Set(ids);
  let failure: ProviderError | undefined;
  try {
    for (const searchArchive of [false, true]) {
      for (const accountIds of await lists.accounts.groups()) {
        // When a row goes while pages are read, another slips from one page to the one before, and must not count as
        // absent: what several pages left open is asked for once more, until that finds nothing new.
        for (let before = Infinity, pages = 2; pages > 1 && missing.size > 0 && missing.size < before;) {
          [before, pages] = [missing.size, 0];
          const query = {
            accountIds,
            ...(searchArchive ? { searchArchive } : {}),
            specificIds: [...missing],
          };
          for await (const page of listKnown(lists, query, options)) {
            pages += 1;
            for (const snapshot of page.snapshots) {
              if (missing.delete(snapshot.providerId))
                outcomes.set(snapshot.providerId, { kind: "found", snapshot });
            }
            failure ??= page.rejected[0];
            if (missing.size === 0) break;
          }
        }
      }
    }
  } catch (error) {
    if (!isProviderError(error)) throw error;
    failure = error;
  }
  // A row that could not be read may have been any of those still missing: that they do not exist cannot be said.
  if (failure !== undefined) for (const id of missing) outcomes.set(id, { kind: "failed", error: failure });
  return outcomes;
}

async function* listKnown(
  lists: EvoVoiceLists,
  known: { accountIds: readonly string[]; searchArchive?: boolean; specificIds: string[] },
  options?: ReadOptions,
): AsyncGenerator<SessionPage> {
  const query = {
    ...known,
    countPerPage: known.specificIds.length,
    sortField: "dateCreated",
    sortOrder: "Descend",
    simplifiedPaging: true,
  };
  const pages = readPages("simplified", lists.source, (page) =>
    lists.client.listSessions({ ...query, page }, options),
  );
  for await (const answer of pages) yield toPage(lists, answer, "READ");
}

function toPage(lists: EvoVoiceLists, answer: EvoVoicePage, source: SnapshotSource): SessionPage {
  const context = { source, observedAt: answer.sentAt, defaultRegion: lists.defaultRegion };
  const snapshots: SessionSnapshot[] = [];
  const rejected: ProviderError[] = [];
  for (const item of answer.items) {
    const snapshot = toSessionSnapshot(item, context);
    if (snapshot !== null) snapshots.push(snapshot);
    else
      rejected.push(
        new ProviderBadResponseError("A session in Evo Voice's list has no usable id.", lists.source),
      );
  }
  return { snapshots, rejected };
}

function toDate(ms: EpochMs): string {
  // Dates before year 1 or past 9999 have another form; no window reaches there but an unlimited one.
  return new Date(Math.min(Math.max(ms, 0), 253_402_300_799_999)).toISOString().slice(0, 10);
}
