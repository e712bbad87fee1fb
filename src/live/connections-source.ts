/** `connectionChanges`: the connections that one may see, each as it is, then whenever something about it changes. */
import type { ConnectionChange } from "./connection-stream.js";
import { never, type LiveSource, type Told } from "./live.js";
import type { LiveReading } from "./reading.js";
import { placeAt, type FeedPlace } from "./session-changes.js";

export function connectionsSource({ context, streams, principal }: LiveReading): LiveSource<FeedPlace> {
  const stream = streams.connections;
  const visible = new Set(principal.connections);
  return {
    stream,
    start: placeAt({ position: 0, key: 0 }),
    // Looking at how they do is no reason to poll them.
    watched: { connections: [] },
    page() {
      const { position } = stream;
      const told = context.connections.all().map((value) => ({ sequence: position, value }));
      return Promise.resolve({ told, place: placeAt({ position, key: Infinity }), end: null });
    },
    read(rows) {
      const told = (rows as readonly ConnectionChange[]).flatMap(({ sequence, name }): Told[] =>
        visible.has(name) ? [{ sequence, value: context.connections.byName(name) }] : [],
      );
      return Promise.resolve({ told, end: null });
    },
    [Symbol.asyncIterator]: never as never,
  };
}
