/**
 * Turns of an operation's sessions. Text, number and pages of turns are asked for in one tick: where all turns of a
 * session are wanted anyway, its number and its pages are made from them.
 */
import DataLoader from "dataloader";
import type { StoredTranscriptEntry, TranscriptRepository } from "../store/store.js";

export interface TurnLoaders {
  /** All turns of a session, by index. */
  all(sessionKey: number): Promise<StoredTranscriptEntry[]>;
  /** How many there are. */
  count(sessionKey: number): Promise<number>;
  /** Those with an index above `afterIndex`, `limit` at most, by index. */
  after(sessionKey: number, afterIndex: number, limit: number): Promise<StoredTranscriptEntry[]>;
}

interface Want {
  sessionKey: number;
  what: "all" | "count" | { afterIndex: number; limit: number };
}

type Found = StoredTranscriptEntry[] | number;

/** Builds them for one operation. */
export function createTurnLoaders(transcript: TranscriptRepository): TurnLoaders {
  const loader = new DataLoader<Want, Found, string>((wants) => answer(wants, transcript), {
    cacheKeyFn: ({ sessionKey, what }) => `${sessionKey} ${typeof what === "string" ? what : pageKey(what)}`,
  });
  const load = <T extends Found>(sessionKey: number, what: Want["what"]) =>
    loader.load({ sessionKey, what }) as Promise<T>;
  return {
    all: (sessionKey) => load(sessionKey, "all"),
    count: (sessionKey) => load(sessionKey, "count"),
    after: (sessionKey, afterIndex, limit) => load(sessionKey, { afterIndex, limit }),
  };
}

const pageKey = ({ afterIndex, limit }: { afterIndex: number; limit: number }) => `${afterIndex} ${limit}`;

async function answer(wants: readonly Want[], transcript: TranscriptRepository): Promise<Found[]> {
  const whole = new Set(wants.filter(({ what }) => what === "all").map(({ sessionKey }) => sessionKey));
  const rest = wants.filter(({ sessionKey }) => !whole.has(sessionKey));
  const counted = rest.filter(({ what }) => what === "count").map(({ sessionKey }) => sessionKey);
  const pages = Map.groupBy(
    rest.filter(({ what }) => typeof what === "object"),
    ({ what }) => pageKey(what as { afterIndex: number; limit: number }),
  );
  const [turns, counts, ...found] = await Promise.all([
    whole.size === 0 ? new Map<number, StoredTranscriptEntry[]>() : transcript.bySessionKeys([...whole]),
    counted.length === 0 ? new Map<number, number>() : transcript.countBySessionKeys(counted),
    ...[...pages].map(async ([key, group]) => {
      const [afterIndex = -1, limit = 0] = key.split(" ").map(Number);
      const sessionKeys = group.map(({ sessionKey }) => sessionKey);
      return [key, await transcript.pages(sessionKeys, afterIndex, limit)] as const;
    }),
  ]);
  const byPage = new Map(found);
  return wants.map(({ sessionKey, what }) => {
    const all = turns.get(sessionKey);
    if (what === "all") return all ?? [];
    if (what === "count") return all?.length ?? counts.get(sessionKey) ?? 0;
    if (all !== undefined) return all.filter(({ index }) => index > what.afterIndex).slice(0, what.limit);
    return byPage.get(pageKey(what))?.get(sessionKey) ?? [];
  });
}
