/** How long what is kept. Pure. */
import type { EpochMs } from "../model/index.js";

const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;

/** As configured. Null keeps for ever. */
export interface RetentionSettings {
  retentionDays: number | null;
  rawRetentionDays: number | null;
  changeRetentionHours: number;
  commandRetentionDays: number;
  /** What is undefined of a connection is as the gateway's own setting says. */
  connections: readonly {
    name: string;
    retentionDays?: number | null;
    rawRetentionDays?: number | null;
  }[];
}

export interface RetentionPolicy {
  /** Sessions of a connection that ended before this are not kept; `-Infinity` when all are. */
  keptSince(connection: string, now: EpochMs): EpochMs;
  /** The same for payloads of providers, by connection; connections that keep all of them are absent. */
  payloadsKeptSince(now: EpochMs): Map<string, EpochMs>;
  changesKeptSince(now: EpochMs): EpochMs;
  commandsKeptSince(now: EpochMs): EpochMs;
  deliveriesKeptSince(now: EpochMs): EpochMs;
}

/** So long a webhook delivery that comes again is known, and one that was set aside is shown. */
const DELIVERY_DAYS = 7;

/** Makes the rules of what was set. A connection of no name known here is kept by the gateway's setting. */
export function createRetentionPolicy(settings: RetentionSettings): RetentionPolicy {
  const own = new Map(settings.connections.map((connection) => [connection.name, connection]));
  const before = (days: number | null, now: EpochMs) => (days === null ? -Infinity : now - days * DAY_MS);
  return {
    keptSince(connection, now) {
      const days = own.get(connection)?.retentionDays;
      return before(days === undefined ? settings.retentionDays : days, now);
    },
    payloadsKeptSince(now) {
      const cutoffs = settings.connections.map(({ name, rawRetentionDays = settings.rawRetentionDays }) => {
        return [name, before(rawRetentionDays, now)] as const;
      });
      return new Map(cutoffs.filter(([, cutoff]) => cutoff !== -Infinity));
    },
    changesKeptSince: (now) => now - settings.changeRetentionHours * HOUR_MS,
    commandsKeptSince: (now) => before(settings.commandRetentionDays, now),
    deliveriesKeptSince: (now) => before(DELIVERY_DAYS, now),
  };
}
