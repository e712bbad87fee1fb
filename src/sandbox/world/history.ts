import type { Conversation } from "../conversation.js";
import { lastingMs, liveWindow, scaleConversation } from "../scenarios/pace.js";
import { SCENARIOS } from "../scenarios/catalogue.js";
import { createRandom, type Random } from "../kit/random.js";
import { createWorld } from "./world.js";

export interface HistoryOptions {
  seed: number | string;
  /** The moment the history ends, epoch ms. */
  now: number;
  /** How far back it goes. The number of conversations grows with it. @default 90 */
  days?: number;
  /** How many times faster than life the conversations still going on are. @default 1 */
  speed?: number;
}

const DAY_MS = 86_400_000;

/**
 * Some hundred conversations of the past, oldest first, the last few of each provider in the middle of things: their
 * later steps lie after `now`. Every kind of scenario occurs at least once, however short the history.
 */
export function createHistory({ seed, now, days = 90, speed = 1 }: HistoryOptions): Conversation[] {
  const world = createWorld(seed);
  const root = createRandom(seed).fork("history");
  const conversations: Conversation[] = [];

  for (const scenario of SCENARIOS) {
    const random = root.fork(scenario.name);
    const past = Math.max(1, Math.round((scenario.inHistory * days) / 90));
    for (let index = 0; index < past; index += 1) {
      const written = scenario.write({ world, random });
      conversations.push(...moveBy(written, drawStart(random, now, days, lastingMs(written))));
    }
    for (let index = 0; index < (scenario.live ?? 0); index += 1) {
      const written = scenario.write({ world, random }).map((one) => scaleConversation(one, speed));
      const { from, to } = liveWindow(written);
      const elapsed = from + (to - from) * (0.15 + 0.7 * random.next());
      conversations.push(...moveBy(written, now - Math.round(elapsed)));
    }
  }
  return conversations.sort((one, other) => one.startedAt - other.startedAt);
}

/** More in recent weeks than long ago, more by day than by night, and over by `now`. */
function drawStart(random: Random, now: number, days: number, lastsMs: number): number {
  const daysAgo = Math.floor(days * random.next() ** 1.5);
  const midnight = Math.floor(now / DAY_MS) * DAY_MS - daysAgo * DAY_MS;
  const hour = random.weighted([random.int(8, 18), 8], [random.int(7, 21), 3], [random.int(0, 23), 1]);
  const start = midnight + hour * 3_600_000 + random.int(0, 3_599_999);
  const latest = now - lastsMs - 60_000;
  const wanted = start > latest ? start - DAY_MS : start;
  return Math.max(Math.min(wanted, latest), now - days * DAY_MS);
}

function moveBy(conversations: readonly Conversation[], ms: number): Conversation[] {
  return conversations.map((one) => ({ ...one, startedAt: one.startedAt + ms }));
}
