/** The live room of one process: the streams, the sealing of cursors, and the channels in which subscribers share. */
import type { Bus } from "../bus/bus.js";
import type { OperationContext } from "../context/context.js";
import type { Logger } from "../http/http-client.js";
import type { LoaderDependencies } from "../loaders/dependencies.js";
import type { EpochMs } from "../model/index.js";
import type { Store } from "../store/store.js";
import type { Sync } from "../sync/sync.js";
import { Channel, type ChannelOptions } from "./channel.js";
import { createConnectionStream } from "./connection-stream.js";
import { createCursors, type Cursors } from "./cursors.js";
import { createFeed } from "./feed.js";
import type { LiveSource, RunningSubscription, Subscriber } from "./live.js";
import { createLiveReading, type ChangeStreams } from "./reading.js";
import { createLiveSources, type LiveSources } from "./sources.js";

export interface LiveRoomOptions {
  store: Store;
  sync: Sync;
  bus: Bus;
  log: Logger;
  now: () => EpochMs;
}

/** What a channel is opened with, should there be none yet. */
export type ChannelOpening = Pick<ChannelOptions, "render" | "explain">;

export interface LiveRoom {
  /** What one operation can subscribe to. */
  sourcesFor(dependencies: LoaderDependencies, context: OperationContext): Promise<LiveSources>;
  /** Joins whoever shares the key; equal keys are told the same, but for where they begin. */
  join(
    key: string,
    source: LiveSource,
    subscriber: Subscriber,
    opening: ChannelOpening,
  ): Promise<RunningSubscription>;
  /** Subscribers and channels at the moment. */
  readonly counts: { subscribers: number; channels: number };
  close(): Promise<void>;
}

/** Builds the room. Nothing is read before somebody subscribes. */
export function createLiveRoom({ store, sync, bus, log, now }: LiveRoomOptions): LiveRoom {
  const feed = createFeed({ store, bus, log });
  const connections = createConnectionStream(store, sync.directory, log);
  const streams: ChangeStreams = {
    changes: feed,
    changesOf: (key) => ({
      get position() {
        return feed.position;
      },
      listen: (listener) => feed.listen(listener, key),
    }),
    connections,
  };
  const channels = new Map<string, Channel>();
  let cursors: Promise<Cursors> | null = null;

  function loadCursors(): Promise<Cursors> {
    cursors ??= store.changes.cursorKey().then(createCursors);
    // The database may have been away: the next one asks again.
    cursors.catch(() => (cursors = null));
    return cursors;
  }

  function open(key: string, source: LiveSource, opening: ChannelOpening): Channel {
    const unwatch = sync.watch(source.watched);
    const channel: Channel = new Channel({
      ...opening,
      source,
      now,
      onTrouble: (error) => log.warn({ err: error }, "a subscription waits for the database"),
      onEmpty() {
        if (channels.get(key) === channel) channels.delete(key);
        unwatch();
      },
    });
    channels.set(key, channel);
    return channel;
  }

  return {
    async sourcesFor(dependencies, context) {
      return createLiveSources(createLiveReading(dependencies, context, streams, await loadCursors()));
    },
    join(key, source, subscriber, opening) {
      const channel = channels.get(key) ?? open(key, source, opening);
      return channel.join(source.start, subscriber);
    },
    get counts() {
      const all = [...channels.values()];
      return { subscribers: all.reduce((sum, { size }) => sum + size, 0), channels: all.length };
    },
    async close() {
      for (const channel of [...channels.values()]) channel.close();
      connections.close();
      await feed.close();
    },
  };
}
