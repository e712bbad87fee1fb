/** How far back sessions are kept: what retention has removed is not read again, and not taken in again by a list. Pure. */
import type { EpochMs, SessionSnapshot } from "../model/index.js";

/** Sessions of a connection that ended before this are not kept; `-Infinity` when all are. */
export type KeptSince = (connection: string) => EpochMs;

/** The snapshots of a list but for those of sessions that are too old to be kept. */
export function withoutExpired(snapshots: readonly SessionSnapshot[], since: EpochMs): SessionSnapshot[] {
  return snapshots.filter(({ facts }) => {
    const { phase, endedAt, startedAt } = facts;
    return phase !== "ENDED" || (endedAt ?? startedAt ?? Infinity) >= since;
  });
}
