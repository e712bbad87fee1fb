/** Sessions as the call log has them: one by its id, or a span of time (PortSIP reference §5). */
import type { ProviderErrorSource } from "../../errors/index.js";
import type { EpochMs, SessionSnapshot } from "../../model/index.js";
import type { ListWindow, ReadOptions, SessionPage } from "../provider.js";
import type { PortsipClient } from "./portsip.client.js";
import { beginOf, groupBySession, toSnapshot, type LoggedStep } from "./portsip.history.js";
import { isPortsipId, toOtherSpelling, toPortsipKey } from "./portsip.id.js";
import type { Presence } from "./portsip.state.js";
import { parseCallLog } from "./portsip.wire.js";

/** The call log is walked in slices of this length. */
const SLICE_MS = 7 * 24 * 60 * 60 * 1000;
/**
 * Each slice is read from this much earlier, so that a session whose later steps are in it is told whole: from its last
 * steps alone it would have other parties and another beginning.
 */
const LEAD_MS = 60 * 60 * 1000;
/** A session that began at least this long before the live list was read would have been in it. Covers clocks apart. */
const LIST_LAG_MS = 5 * 60 * 1000;
/** A session's call log, and when it was asked for. */
export interface Found {
  steps: readonly LoggedStep[];
  sentAt: EpochMs;
}

/** The sessions that were up when the live list was read. `isWhole`: every row of it could be read. */
export interface LiveLook {
  keys: Set<string>;
  isWhole: boolean;
  at: EpochMs;
}

export interface CallLogContext {
  client: PortsipClient;
  source: ProviderErrorSource;
  defaultRegion: string;
}

/** The call log of one tenant. */
export class PortsipCallLogs {
  readonly #context: CallLogContext;

  constructor(context: CallLogContext) {
    this.#context = context;
  }

  /** Newest first. `live` tells which sessions have ended with their last step, and which go on. */
  async *walk(
    { since, until }: Required<ListWindow>,
    live: LiveLook,
    options?: ReadOptions,
  ): AsyncGenerator<SessionPage> {
    const { client, source, defaultRegion } = this.#context;
    let toldAlready: ReadonlySet<string> = new Set();
    for (let to = until; to > since; to -= SLICE_MS) {
      const from = Math.max(since, to - SLICE_MS);
      const { items, sentAt } = await client.callLogs(from - LEAD_MS, to, options);
      const { byKey, rejected } = groupBySession(items, source);
      const own = [...byKey].filter(
        ([key, steps]) => !toldAlready.has(key) && steps.some(({ log }) => (log.startedAt ?? from) >= from),
      );
      yield {
        snapshots: own.map(([key, steps]) => {
          const presence = presenceOf(key, beginOf(steps), live);
          return toSnapshot(steps, { presence, observedAt: sentAt, defaultRegion, source: "LIST" });
        }),
        rejected,
      };
      toldAlready = new Set(own.filter(([, steps]) => (beginOf(steps) ?? from) < from).map(([key]) => key));
    }
  }

  /** The call log of one session, by either spelling of its id; null when there is none (yet). */
  async find(id: string, options?: ReadOptions): Promise<Found | null> {
    for (const spelling of [id, toOtherSpelling(id)]) {
      if (spelling === null) continue;
      const { items, sentAt } = await this.#context.client.callLogsOf(spelling, options);
      // A PBX that ignores the filter answers everything: take only what was asked for.
      const steps = groupBySession(items, this.#context.source).byKey.get(toPortsipKey(id));
      if (steps !== undefined) return { steps, sentAt };
    }
    return null;
  }

  /** The session as its steps tell it, under the id that was asked for. */
  toSnapshot(id: string, { steps, sentAt }: Found, presence: Presence): SessionSnapshot {
    const { defaultRegion } = this.#context;
    const snapshot = toSnapshot(steps, { presence, observedAt: sentAt, defaultRegion, source: "READ" });
    return { ...snapshot, providerId: id };
  }

  /** The log's last step as its own page tells it: lists leave out the cost (§5.2). */
  async withCost({ steps, sentAt }: Found, options?: ReadOptions): Promise<Found> {
    const last = steps.at(-1);
    const id = last?.log.id ?? null;
    if (last === undefined || id === null || !isPortsipId(id) || last.log.cost !== null)
      return { steps, sentAt };
    const detail = parseCallLog(await this.#context.client.callLog(id, options), []);
    if (detail === null || toPortsipKey(detail.sessionId) !== toPortsipKey(last.log.sessionId))
      return { steps, sentAt };
    const { cost, billedAccount } = detail;
    return { steps: [...steps.slice(0, -1), { ...last, log: { ...last.log, cost, billedAccount } }], sentAt };
  }
}

function presenceOf(key: string, begin: EpochMs | null, { keys, isWhole, at }: LiveLook): Presence {
  if (keys.has(key)) return "UP";
  return isWhole && begin !== null && begin < at - LIST_LAG_MS ? "GONE" : "UNKNOWN";
}
