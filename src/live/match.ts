/**
 * Whether a session meets a filter, before and after a change: by what is logged with each change, and where that has no
 * room (addresses, words, providers' own fields) by what is stored with later changes undone. Nothing is remembered of
 * what was told, so everybody is told the same of a change.
 */
import type { ChangeRow, FilteredFacts, SessionFilter, Store } from "../store/store.js";

/** How a change concerns whoever has subscribed with a filter. */
export type Concern = "NONE" | "MATCHES" | "LEFT";

/** Says it of changes, in their order. */
export type Matcher = (changes: readonly ChangeRow[]) => Promise<Concern[]>;

/** Sessions of which it is remembered whether the filter names them, which never changes. */
const MAX_REMEMBERED = 100_000;

/** @param providerOf the provider of a connection */
export function createMatcher(
  filter: SessionFilter,
  store: Store,
  providerOf: (connection: string) => string | undefined,
): Matcher {
  const { address, text, providerFields, refs } = filter;
  const asksLog = address !== undefined || text !== undefined || providerFields !== undefined;
  const isNamed = createNaming(refs, store);

  const connectionsNamed = refs && new Set(refs.map((ref) => ref.connection));
  const isPlace = ({ connection }: ChangeRow) =>
    (filter.connections?.includes(connection) ?? true) &&
    (filter.providers?.some((provider) => provider === providerOf(connection)) ?? true) &&
    (connectionsNamed?.has(connection) ?? true);

  return async (changes) => {
    const possible = changes.filter(isPlace).flatMap((change) => {
      const before = change.before !== null && matchesFacts(change.before, filter);
      const after = matchesFacts(change.after, filter);
      return before || after ? [{ change, before, after }] : [];
    });
    const named = await isNamed(possible.map(({ change }) => change.sessionKey));
    const asked = possible.filter(({ change }) => named(change.sessionKey));
    const logged = asksLog
      ? await store.changes.matches(
          asked.map(({ change }) => change),
          filter,
        )
      : null;
    const looks = new Map(
      asked.map(({ change, before, after }, index) => {
        const match = logged === null ? { before, after } : logged[index];
        return [change, { before: before && match?.before, after: after && match?.after }];
      }),
    );
    return changes.map((change): Concern => {
      const look = looks.get(change);
      if (look === undefined) return "NONE";
      // Nothing that shows has changed: it is news only where it decides.
      if (change.changed.length === 0 && look.before === look.after) return "NONE";
      if (look.after) return "MATCHES";
      return look.before ? "LEFT" : "NONE";
    });
  };
}

/** Answers, once asked for some sessions, whether each is named. */
function createNaming(
  refs: SessionFilter["refs"],
  store: Store,
): (keys: readonly number[]) => Promise<(key: number) => boolean> {
  if (refs === undefined) return () => Promise.resolve(() => true);
  const known = new Map<number, boolean>();
  return async (keys) => {
    const unknown = [...new Set(keys)].filter((key) => !known.has(key));
    if (unknown.length > 0) {
      if (known.size > MAX_REMEMBERED) known.clear();
      const named = await store.changes.named(unknown, refs);
      for (const key of unknown) known.set(key, named.has(key));
    }
    return (key) => known.get(key) === true;
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
