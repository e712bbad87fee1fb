/** Walking Speko's lists: newest first by cursor, each call once, until the window is behind us (Speko reference §7). */
import type { ProviderError, ProviderErrorSource } from "../../errors/index.js";
import type { EpochMs, FieldProblem, JsonValue, SessionSnapshot } from "../../model/index.js";
import type { ListWindow, ReadOptions, SessionPage } from "../provider.js";
import type { SpekoClient, SpekoPageAnswer } from "./speko.client.js";
import { unexpectedShape, unknownAgent } from "./speko.errors.js";
import { toRowSnapshot } from "./speko.snapshot.js";
import { LONGEST_CALL_MS } from "./speko.state.js";
import { parseRow } from "./speko.wire.js";

export interface SpekoLists {
  client: SpekoClient;
  source: ProviderErrorSource;
  /** Empty: the organization's sessions. Otherwise the calls of each agent, whose rows are richer. */
  agentIds: readonly string[];
  defaultRegion: string;
  now: () => EpochMs;
}

/** Everything created in `[since, until)`. */
export async function* listWindow(
  lists: SpekoLists,
  { since, until = Infinity }: ListWindow,
  options?: ReadOptions,
): AsyncGenerator<SessionPage> {
  const isInWindow = ({ facts: { startedAt } }: SessionSnapshot) =>
    startedAt === null || (startedAt >= since && startedAt < until);
  for await (const page of walkAll(lists, since, (rows) => reachesBefore(rows, since), options))
    yield { ...page, snapshots: page.snapshots.filter(isInWindow) };
}

/**
 * The newest rows, until a page holds nothing that is still up or reaches back further than the longest call. A long
 * call behind a page of ended ones is not in here; whoever polls reads by id what the list no longer shows.
 */
export async function* listRecent(lists: SpekoLists, options?: ReadOptions): AsyncGenerator<SessionPage> {
  const since = lists.now() - LONGEST_CALL_MS;
  const isEnough = (rows: readonly SessionSnapshot[]) =>
    reachesBefore(rows, since) || rows.every(({ facts }) => facts.phase === "ENDED");
  yield* walkAll(lists, since, isEnough, options);
}

/** Rows are newest first, so one older than `since` means that the rest is older still. */
function reachesBefore(rows: readonly SessionSnapshot[], since: EpochMs): boolean {
  return rows.some(({ facts: { startedAt } }) => startedAt !== null && startedAt < since);
}

async function* walkAll(
  lists: SpekoLists,
  since: EpochMs,
  isEnough: (rows: readonly SessionSnapshot[]) => boolean,
  options?: ReadOptions,
): AsyncGenerator<SessionPage> {
  const { client, agentIds, source } = lists;
  const seen = new Set<string>();
  if (agentIds.length === 0) {
    yield* walk(lists, seen, (cursor) => client.sessions(cursor, options), isEnough);
    return;
  }
  for (const agentId of agentIds) {
    const pages = (cursor: string | undefined) =>
      client.agentCalls(agentId, { since, ...(cursor === undefined ? {} : { cursor }) }, options);
    // One agent that was deleted or mistyped must not hide the calls of the others.
    const unknown = () => unknownAgent(agentId, source);
    yield* walk(lists, seen, pages, isEnough, unknown);
  }
}

async function* walk(
  lists: SpekoLists,
  seen: Set<string>,
  readPage: (cursor: string | undefined) => Promise<SpekoPageAnswer | null>,
  isEnough: (rows: readonly SessionSnapshot[]) => boolean,
  toAbsence?: () => ProviderError,
): AsyncGenerator<SessionPage> {
  const cursors = new Set<string>();
  for (let cursor: string | undefined; ;) {
    const answer = await readPage(cursor);
    if (answer === null) {
      if (toAbsence !== undefined) yield { snapshots: [], rejected: [toAbsence()] };
      return;
    }
    const { snapshots, rejected } = toPage(answer, lists);
    // The cursor is a bare timestamp: rows that share a millisecond come again at the edge of a page.
    const fresh = snapshots.filter(({ providerId }) => !seen.has(providerId));
    for (const { providerId } of fresh) seen.add(providerId);
    yield { snapshots: fresh, rejected };
    if (answer.nextCursor === null || isEnough(snapshots)) return;
    if (cursors.has(answer.nextCursor))
      throw unexpectedShape("a cursor that moves on from page to page", lists.source);
    cursors.add(answer.nextCursor);
    cursor = answer.nextCursor;
  }
}

function toPage(answer: SpekoPageAnswer, lists: SpekoLists): SessionPage {
  const snapshots: SessionSnapshot[] = [];
  const rejected: ProviderError[] = [];
  for (const row of answer.rows) {
    const snapshot = toSnapshot(row, answer.sentAt, lists);
    if (snapshot === null) rejected.push(unexpectedShape("a list row with an id", lists.source));
    else snapshots.push(snapshot);
  }
  return { snapshots, rejected };
}

function toSnapshot(json: JsonValue, observedAt: EpochMs, lists: SpekoLists): SessionSnapshot | null {
  const problems: FieldProblem[] = [];
  const row = parseRow(json, problems);
  if (row === null) return null;
  return toRowSnapshot(row, { observedAt, now: lists.now(), defaultRegion: lists.defaultRegion, problems });
}
