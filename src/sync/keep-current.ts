/** What is done at each turn of a connection's poll loop: the live list, and when it is time, a wider look. */
import type { Logger } from "../http/http-client.js";
import type { ConnectionState } from "./connection-directory.js";
import type { Coverage } from "./coverage.js";
import { readMissingSections } from "./missing-sections.js";
import { pollOnce, type PollDependencies } from "./poll.js";
import { REVIEW_TIERS, reviewOnce } from "./review.js";

/** Every so many polls what has begun since is listed as well: sessions that came and went between two polls. */
const POLLS_PER_SWEEP = 5;

/** Builds the turn of one connection. It throws what went wrong; the next one makes up for it. */
export function createTurn(
  state: ConnectionState,
  dependencies: PollDependencies & { coverage: Coverage; log: Logger },
): () => Promise<void> {
  const { coverage, now, log } = dependencies;
  // A gateway that was away for long owes its reviews at once.
  const reviewedAt = REVIEW_TIERS.map(() => state.lastSyncedAt ?? now());
  let polls = 0;

  return async () => {
    const isDue = polls % POLLS_PER_SWEEP === 0 || !state.caughtUp;
    polls += 1;
    try {
      if (isDue) await coverage.catchUp(state.name);
      await pollOnce(state, dependencies);
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
  };
}
