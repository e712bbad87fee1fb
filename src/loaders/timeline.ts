/** Everything that is known to have happened in a session, in one order. Pure. */
import { toGlobalId, type EpochMs } from "../model/index.js";
import type { StoredEvent } from "../store/store.js";
import type { SessionNode, TimelineNode, TransferNode } from "./nodes.js";

const NOTHING = {
  providerId: null, message: null, organizationId: null, createdAt: null, status: null, failureCause: null,
  sipStatusCode: null, sipStatus: null, payload: null,
}; // prettier-ignore

/**
 * Provider events and log lines as they are, and beside them, with the connection's name as source, the session's own
 * milestones and each transfer's steps. Oldest first; equal times in a fixed order.
 */
export function toTimeline(
  session: SessionNode,
  events: readonly StoredEvent[],
  transfers: readonly TransferNode[],
): TimelineNode[] {
  const { row } = session.handle;
  const idOf = (key: string) => toGlobalId("event", row.connection, row.providerId, key);
  const own = (
    key: string,
    at: EpochMs | null,
    type: string,
    rest: Partial<TimelineNode> = {},
  ): TimelineNode[] =>
    at === null
      ? []
      : [{ ...NOTHING, id: idOf(key), at, type, source: row.connection, sortKey: key, ...rest }];

  const milestones = [
    ...own("~0-started", row.startedAt, "session.started"),
    ...own("~1-answered", row.answeredAt, "session.answered"),
    ...own("~3-ended", row.phase === "ENDED" ? row.endedAt : null, "session.ended", { status: row.state }),
  ];
  const steps = transfers.flatMap((transfer) => {
    const about = {
      providerId: transfer.providerId,
      failureCause: transfer.failureCause,
      message: transfer.summary,
    };
    const over =
      transfer.status === "COMPLETED" || transfer.status === "FAILED" || transfer.status === "CANCELLED";
    const overAt = transfer.completedAt ?? transfer.updatedAt;
    return [
      ...own(`~2-${transfer.key}-requested`, transfer.createdAt, "transfer.requested", {
        ...about,
        failureCause: null,
      }),
      ...own(
        `~2-${transfer.key}-settled`,
        over ? overAt : null,
        `transfer.${transfer.status.toLowerCase()}`,
        about,
      ),
    ];
  });
  const told = events.map(({ key, sessionKey: _, source, ...event }) => ({
    ...event,
    id: idOf(key),
    source: source ?? row.connection,
    // Of one moment, in the order in which the provider wrote them down; then by id.
    sortKey: `${String(event.createdAt ?? 0).padStart(15, "0")} ${key}`,
  }));
  return [...milestones, ...steps, ...told].sort((a, b) => a.at - b.at || compareText(a.sortKey, b.sortKey));
}

/** Code-unit order: the same on every machine, unlike `localeCompare`. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
