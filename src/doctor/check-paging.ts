/**
 * `paging`: the list of sessions, far enough to see a second page. A list that repeats its first page for ever is the
 * worst kind of wrong: nothing fails, and everything older is missing.
 */
import type { ProviderError } from "../errors/index.js";
import type { SessionSnapshot } from "../model/index.js";
import { toFailedCheck } from "./describe-failure.js";
import { toDuration } from "./duration.js";
import type { Examination } from "./examination.js";
import type { Check } from "./report.js";
import { withinTime } from "./within-time.js";

const DAY_MS = 86_400_000;
/** Looked at first: what a gateway that runs asks for. Milliseconds. */
const RECENT_MS = 7 * DAY_MS;
/** Looked at when the recent window fits on one page and the provider keeps its history for ever. Milliseconds. */
const LONG_MS = 365 * DAY_MS;
/** Pages of one window, empty ones included: some lists come in slices of time. */
const MOST_PAGES = 5;
/** Two windows, of which the first is mostly short. */
const ANSWERS = 4;

/** What the first pages of a window held. */
interface Walk {
  /** Rows of each page that held any. */
  pages: number[];
  /** Rows that an earlier page had already. */
  repeated: number;
  /** A page held nothing new although the provider counts more rows than it has given. */
  isStuck: boolean;
  /** Rows that could not be read. */
  rejected: ProviderError[];
  /** The window was read to its end. */
  isWhole: boolean;
}

export async function checkPaging(examination: Examination): Promise<Check[]> {
  const { connection, timeoutMs, signal } = examination;
  const name = "paging";
  try {
    const longMs = Math.min(connection.historyMs ?? LONG_MS, LONG_MS);
    const check = await withinTime(ANSWERS * timeoutMs, signal, async (inTime) => {
      const recent = await walk(examination, RECENT_MS, inTime);
      // Rows before the window may count among those that a short window lacks, so being stuck shows in the long one.
      if (recent.pages.length > 1) return judge(recent, RECENT_MS);
      return judge(await walk(examination, longMs, inTime), longMs);
    });
    return [{ name, ...check }];
  } catch (error) {
    return [toFailedCheck(name, error, examination)];
  }
}

/** Reads until a second page with rows, or to the end, or as many pages as are worth it. */
async function walk({ connection, now }: Examination, lengthMs: number, signal: AbortSignal): Promise<Walk> {
  const found: Walk = { pages: [], repeated: 0, isStuck: false, rejected: [], isWhole: false };
  const seen = new Set<string>();
  let looked = 0;
  let total = 0;
  for await (const page of connection.listSessions({ since: now() - lengthMs }, { signal })) {
    looked += 1;
    total = page.total ?? total;
    const rows = page.snapshots.map(toRow);
    const isBarren = rows.length + page.rejected.length === 0;
    found.repeated += rows.filter((row) => seen.has(row)).length;
    for (const row of rows) seen.add(row);
    found.rejected.push(...page.rejected);
    found.isStuck ||= isBarren && seen.size > 0 && total > seen.size + found.rejected.length;
    if (!isBarren) found.pages.push(rows.length + page.rejected.length);
    if (found.pages.length > 1 || looked === MOST_PAGES) return found;
  }
  return { ...found, isWhole: true };
}

/**
 * A row as a whole, not only its id: some providers list what is up and what was logged one after the other, and then a
 * session that is in both has two different rows.
 */
function toRow({ providerKey, facts, fields, sections }: SessionSnapshot): string {
  return JSON.stringify([providerKey, facts, fields, sections]);
}

function judge({ pages, repeated, isStuck, rejected, isWhole }: Walk, lengthMs: number): Omit<Check, "name"> {
  const [first = 0, second = 0] = pages;
  if (repeated > 0) {
    const message = `${repeated} of the ${second} rows of the second page were on the first one too: sessions are missing`;
    return { status: "failed", message };
  }
  if (isStuck && pages.length < 2) {
    const message =
      "the second page brings nothing that the first had not, although the provider counts more rows";
    return { status: "failed", message };
  }
  if (rejected[0] !== undefined) {
    const message = `${rejected.length} of ${first + second} entries cannot be read; the first: ${rejected[0].message}`;
    return { status: "warning", message };
  }
  if (pages.length > 1) {
    return { status: "ok", message: `two pages of ${first} and ${second} rows, none of them twice` };
  }
  const span = `the last ${toDuration(lengthMs)}`;
  if (pages.length === 0 && isWhole)
    return { status: "ok", message: `the list answers; ${span} have no sessions` };
  const all = isWhole
    ? `all ${first} rows of ${span} fit on one page`
    : `${first} rows on the pages looked at`;
  return { status: "ok", message: `the list answers; ${all}, so there was no second page to compare` };
}
