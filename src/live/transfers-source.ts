/** `transfers`: every attempt to hand a session over, when it begins and whenever it changes, from now on. */
import { toTransferNode } from "../loaders/nodes.js";
import type { SessionFilterInput } from "../loaders/session-filter-input.js";
import type { ChangeRow } from "../store/store.js";
import { never, type LiveSource, type Told } from "./live.js";
import { createMatcher } from "./match.js";
import type { LiveReading } from "./reading.js";
import { behind, type FeedPlace } from "./session-changes.js";

/** Throws `BadUserInputError`. */
export async function transfersSource(
  { filter: input }: { filter?: SessionFilterInput | null },
  reading: LiveReading,
): Promise<LiveSource<FeedPlace>> {
  const { store } = reading;
  const filter = reading.readFilter(input);
  const concernsOf = createMatcher(filter, store, reading.providerOf);

  async function tell(changes: readonly ChangeRow[]): Promise<Told[]> {
    const about = changes.filter(
      (change) => reading.isVisible(change) && change.changed.includes("transfers"),
    );
    if (about.length === 0) return [];
    const concerns = await concernsOf(about);
    const matching = about.filter((_, index) => concerns[index] === "MATCHES");
    if (matching.length === 0) return [];
    const nodes = await reading.nodesOf(matching);
    const rows = await store.transfers.bySessionKeys([...nodes.keys()]);
    return matching.flatMap(({ sequence, sessionKey, parts }) => {
      const session = nodes.get(sessionKey);
      if (session === undefined) return [];
      const named = parts.transfers && new Set(parts.transfers.map(({ key }) => key));
      return (rows.get(sessionKey) ?? [])
        .filter(({ key }) => named?.has(key) ?? true)
        .map((transfer) => ({ sequence, value: toTransferNode(transfer, session) }));
    });
  }

  return {
    stream: reading.streams.changes,
    start: behind(await store.changes.last()),
    watched: reading.watchedBy(input),
    async page({ position }) {
      const { changes, upTo } = await reading.changesAfter(position);
      return {
        told: await tell(changes),
        place: behind(upTo),
        end: null,
      };
    },
    async read(rows) {
      return { told: await tell(rows as readonly ChangeRow[]), end: null };
    },
    [Symbol.asyncIterator]: never as never,
  };
}
