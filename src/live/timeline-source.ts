/** `timeline`: what has happened in one session so far, then what happens. */
import { toGlobalId } from "../model/index.js";
import { toTransferNode, type SessionNode, type TimelineNode } from "../loaders/nodes.js";
import { toTimeline } from "../loaders/timeline.js";
import type { ChangeRow } from "../store/store.js";
import { begun, beginning, digest, type KnownPlace } from "./known.js";
import { never, type LiveSource, type Told } from "./live.js";
import { findSession } from "./one-session.js";
import type { LiveReading } from "./reading.js";

/** Throws `NotFoundError`, or the provider's failure where nothing is stored. */
export async function timelineSource(
  { sessionId }: { sessionId: string },
  reading: LiveReading,
): Promise<LiveSource<KnownPlace>> {
  const { store } = reading;
  const session = await findSession(sessionId, "sessionId", reading, "events", "transfers");

  async function load(): Promise<{ node: SessionNode; events: TimelineNode[] } | null> {
    const node = await session.node();
    if (node === null) return null;
    const keys = [session.key];
    const [events, transfers] = await Promise.all([
      store.events.bySessionKeys(keys),
      store.transfers.bySessionKeys(keys),
    ]);
    const steps = (transfers.get(session.key) ?? []).map((transfer) => toTransferNode(transfer, node));
    return { node, events: toTimeline(node, events.get(session.key) ?? [], steps) };
  }

  async function begin() {
    const from = await store.changes.last();
    const events = (await load())?.events ?? [];
    const until = await store.changes.last();
    const known = new Map(events.map((event) => [event.id, digest(event)]));
    const told = events.map((value) => ({ sequence: from, value }));
    return { told, place: begun(from, until, known), end: await session.end(until) };
  }

  async function tell(changes: readonly ChangeRow[], place: KnownPlace | null): Promise<Told[]> {
    const happened = changes.map((change) => ({ change, keys: eventKeys(change) }));
    if (happened.every(({ keys }) => keys?.size === 0)) return [];
    const loaded = await load();
    if (loaded === null) return [];
    const { connection, providerId } = loaded.node.handle.row;
    return happened.flatMap(({ change: { sequence }, keys }) => {
      const ids = keys && new Set([...keys].map((key) => toGlobalId("event", connection, providerId, key)));
      const isTold = (event: TimelineNode) =>
        place !== null && sequence <= place.until && place.known.get(event.id) === digest(event);
      return loaded.events
        .filter((event) => (ids?.has(event.id) ?? true) && !isTold(event))
        .map((value) => ({ sequence, value }));
    });
  }

  return {
    stream: session.stream,
    start: beginning(),
    watched: session.watched,
    async page(place) {
      if (!place.hasBegun) return begin();
      const { told, upTo, end } = await session.catchUp(place.position, (changes) => tell(changes, place));
      return { told, place: begun(upTo, place.until, place.known), end };
    },
    read: (rows) => session.read(rows, (changes) => tell(changes, null)),
    [Symbol.asyncIterator]: never as never,
  };
}

/** Keys of what a change put on the timeline; null when it does not say, and everything there is counts. */
function eventKeys({ changed, parts, before, after }: ChangeRow): ReadonlySet<string> | null {
  if (changed.includes("timeline") && parts.events === undefined) return null;
  if (changed.includes("transfers") && parts.transfers === undefined) return null;
  const hasEnded = after.phase === "ENDED" && (before?.phase !== "ENDED" || changed.includes("endedAt"));
  return new Set([
    ...(changed.includes("startedAt") ? ["~0-started"] : []),
    ...(changed.includes("answeredAt") ? ["~1-answered"] : []),
    ...(hasEnded ? ["~3-ended"] : []),
    ...(parts.transfers ?? []).flatMap(({ key, isNew, isSettled }) => [
      ...(isNew ? [`~2-${key}-requested`] : []),
      ...(isSettled ? [`~2-${key}-settled`] : []),
    ]),
    ...(parts.events ?? []),
  ]);
}
