/** Whether a session meets a filter, before and after a change. Pure but for the words and fields that only the database knows. */
import type { ChangeRow, FilteredFacts, SessionFilter, Store } from "../store/store.js";

/** How a change concerns whoever has subscribed with a filter. */
export type Concern = "NONE" | "MATCHES" | "LEFT";

export interface Matcher {
  /** In the order of the changes. `remembers` when these are the changes that come next, so that leaving can be told. */
  concerns(changes: readonly ChangeRow[], remembers: boolean): Promise<Concern[]>;
  /** These were found to match. */
  saw(sessionKeys: readonly number[]): void;
}

/** Sessions of which it is remembered whether they matched; the longest ago go first. */
const MAX_REMEMBERED = 100_000;

/** @param providerOf the provider of a connection */
export function createMatcher(
  filter: SessionFilter,
  store: Store,
  providerOf: (connection: string) => string | undefined,
): Matcher {
  const { address, text, providerFields, refs } = filter;
  // What is not kept with a change: asked of what is stored now.
  const stored: SessionFilter = {
    ...(refs && { refs }),
    ...(address && { address }),
    ...(text && { text }),
    ...(providerFields && { providerFields }),
  };
  const asksStored = Object.keys(stored).length > 0;
  const matched = new Map<number, boolean>();

  const isPlace = ({ connection }: ChangeRow) =>
    (filter.connections?.includes(connection) ?? true) &&
    (filter.providers?.some((provider) => provider === providerOf(connection)) ?? true);

  function remember(key: number, matches: boolean): void {
    matched.delete(key);
    matched.set(key, matches);
    if (matched.size <= MAX_REMEMBERED) return;
    const [oldest] = matched.keys();
    if (oldest !== undefined) matched.delete(oldest);
  }

  return {
    saw(sessionKeys) {
      if (asksStored) for (const key of sessionKeys) remember(key, true);
    },
    async concerns(changes, remembers) {
      const looks = changes.map((change) => {
        if (!isPlace(change)) return { before: false, after: false };
        const before = change.before !== null && matchesFacts(change.before, filter);
        return { before, after: matchesFacts(change.after, filter) };
      });
      const asked = changes.filter(
        (_, index) => looks[index]?.before === true || looks[index]?.after === true,
      );
      const keys = [...new Set(asked.map((change) => change.sessionKey))];
      const now = asksStored && keys.length > 0 ? await store.changes.matching(keys, stored) : null;
      return changes.map(({ sessionKey, before }, index): Concern => {
        const look = looks[index];
        if (look === undefined || (!look.before && !look.after)) return "NONE";
        const isNow = now === null || now.has(sessionKey);
        // Of a session never met, what is stored now is the best there is to say about before.
        const was = now === null || (matched.get(sessionKey) ?? (before !== null && isNow));
        if (now !== null && remembers) remember(sessionKey, isNow);
        if (look.after && isNow) return "MATCHES";
        return look.before && was ? "LEFT" : "NONE";
      });
    },
  };
}

/** The members of a filter that are kept with each change. */
function matchesFacts(facts: FilteredFacts, filter: SessionFilter): boolean {
  const among = <T>(value: T, wanted: readonly T[] | undefined) =>
    wanted === undefined || wanted.includes(value);
  // As in the database, what is not known meets no bound.
  const atLeast = (value: number | null, bound: number | undefined) =>
    bound === undefined || (value !== null && value >= bound);
  return (
    among(facts.phase, filter.phases) &&
    among(facts.state, filter.states) &&
    among(facts.channel, filter.channels) &&
    among(facts.direction, filter.directions) &&
    atLeast(facts.startedAt, filter.startedAfter) &&
    atLeast(facts.updatedAt, filter.updatedAfter) &&
    atLeast(facts.durationSeconds, filter.minDurationSeconds) &&
    (filter.startedBefore === undefined ||
      (facts.startedAt !== null && facts.startedAt < filter.startedBefore)) &&
    (filter.hasTransfer === undefined || facts.hasTransfer === filter.hasTransfer) &&
    (filter.hasTranscript === undefined || facts.hasTranscript === filter.hasTranscript)
  );
}
