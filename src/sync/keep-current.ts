/** What is done at each turn of a connection's poll loop: the live list, and when it is time, a wider look. */
import type { Logger } from "../http/http-client.js";
import type { SessionRow } from "../store/store.js";
import type { ConnectionState } from "./connection-directory.js";
import type { Coverage } from "./coverage.js";
import { readMissingSections } from "./missing-sections.js";
import { pollOnce, type PollDependencies } from "./poll.js";
import { REVIEW_TIERS, reviewOnce } from "./review.js";

/** Every so many polls what has begun since is listed as well: sessions that came and went between two polls. */
const POLLS_PER_SWEEP = 5;
/** Live sessions that nobody follows are read whole this often, milliseconds: that they are live, the list tells. */
const DETAILS_EVERY_MS = 10 * 60_000;

export interface TurnDependencies extends PollDependencies {
  coverage: Coverage;
  log: Logger;
  /** Whether somebody follows what happens in a live session, and nothing but a poll tells it. */
  isFollowed(row: SessionRow): boolean;
}

export interface Turn {
  /** Throws what went wrong; the next one makes up for it. */
  run(): Promise<void>;
  /** Something may have been missed: the next turn takes the wider look. */
  widen(): void;
}

/** Builds the turn of one connection. */
export function createTurn(state: ConnectionState, dependencies: TurnDependencies): Turn {
  const { coverage, now, log, isFollowed } = dependencies;
  const { connection } = state;
  const beyondList = connection.readSections.filter((section) => !connection.listSections.includes(section));
  // A gateway that was away for long owes its reviews at once.
  const reviewedAt = REVIEW_TIERS.map(() => state.lastSyncedAt ?? now());
  let polls = Infinity;

  const readAt = (row: SessionRow) => Math.min(...beyondList.map((section) => row.sections[section] ?? 0));
  const wantsDetails = (row: SessionRow) => isFollowed(row) || readAt(row) < now() - DETAILS_EVERY_MS;

  async function run(): Promise<void> {
    const isDue = polls >= POLLS_PER_SWEEP || !state.caughtUp;
    polls = isDue ? 1 : polls + 1;
    try {
      if (isDue) await coverage.catchUp(state.name);
      await pollOnce(state, dependencies, wantsDetails);
    } catch (error) {
      // What began while the provider could not be read is not known: until it is, lists that reach there say so.
      state.caughtUp = false;
      throw error;
    }
    for (const [index, tier] of REVIEW_TIERS.entries()) {
      const startedAt = now();
      if (state.head === null || startedAt - (reviewedAt[index] ?? 0) < tier.everyMs) continue;
      await reviewOnce(state, tier, dependencies);
      await readMissingSections(state, dependencies, log);
      reviewedAt[index] = startedAt;
    }
  }

  return { run, widen: () => (polls = Infinity) };
}
