/** `connectionChanges`: the connections that one may see, each as it is, then whenever something about it changes. */
import type { ConnectionChange } from "./connection-stream.js";
import { never, type LiveSource, type Place, type Told } from "./live.js";
import type { LiveReading } from "./reading.js";

/** There is no log of connections, so what one is told at a place is not what another would be. */
const here = (position: number, isJoinable: boolean): Place => ({ position, isJoinable, key: null });

export function connectionsSource({ context, streams, principal }: LiveReading): LiveSource {
  const stream = streams.connections;
  const visible = new Set(principal.connections);
  return {
    stream,
    start: here(0, false),
    // Looking at how they do is no reason to poll them.
    watched: { connections: [] },
    page(place) {
      const { position, sequences } = stream;
      const told = context.connections.all().flatMap((value): Told[] => {
        const sequence = sequences.get(value.name) ?? 0;
        return !place.isJoinable || sequence > place.position ? [{ sequence, value }] : [];
      });
      return Promise.resolve({ told, place: here(position, true), end: null });
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
