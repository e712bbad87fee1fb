/** `session`: one session as it is, then every change of it, until it is over. */
import { isKnown, knownUpTo } from "./cursors.js";
import type { ChangeRow } from "../store/store.js";
import { never, type LiveSource, type Told } from "./live.js";
import { findSession } from "./one-session.js";
import type { LiveReading } from "./reading.js";
import { BEGINNING, behind, toChangeNode, toSnapshotNode, type FeedPlace } from "./session-changes.js";

/** Throws `NotFoundError`, `BadUserInputError`, or the provider's failure where nothing is stored. */
export async function sessionSource(
  { id, after }: { id: string; after?: string | null },
  reading: LiveReading,
): Promise<LiveSource<FeedPlace>> {
  const { store, cursors, principal, now } = reading;
  const frontier = after == null ? null : await reading.openCursor(after);
  const session = await findSession(id, "id", reading);
  const start = frontier === null || !isKnown(frontier, session.key) ? BEGINNING : behind(frontier.position);

  async function tell(changes: readonly ChangeRow[]): Promise<Told[]> {
    // A further address, say: nothing that a session shows.
    const shown = changes.filter(({ changed }) => changed.length > 0);
    if (shown.length === 0) return [];
    const node = await session.node();
    if (node === null) return [];
    return shown.map((change) => {
      const cursor = cursors.seal(change.sequence);
      return { sequence: change.sequence, value: toChangeNode(change, node, cursor, false) };
    });
  }

  return {
    stream: session.stream,
    // Whether it is over already is looked at first, whatever the place.
    start: { ...start, isJoinable: false },
    watched: session.watched,
    async page({ position, shown }) {
      if (shown > 0) {
        const { told, upTo, end } = await session.catchUp(position, tell);
        return { told, place: behind(upTo), end };
      }
      const { upTo, rows } = await store.changes.sessionsAt({}, { key: session.key }, principal.connections);
      const cursor = cursors.veil(knownUpTo(upTo));
      const told = rows.map((row) => ({
        sequence: upTo,
        value: toSnapshotNode(reading.toNode(row), cursor, now()),
      }));
      return { told, place: behind(upTo), end: await session.end(upTo) };
    },
    read: (rows) => session.read(rows, tell),
    [Symbol.asyncIterator]: never as never,
  };
}
