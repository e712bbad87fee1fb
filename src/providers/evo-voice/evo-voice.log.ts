/** The session's log as events. */
import { createHash } from "node:crypto";
import type { EpochMs, EventRecord } from "../../model/index.js";
import type { SESSION_LOG_INFO } from "./evo-voice.wire.js";
import type { Values } from "./evo-voice.values.js";

/**
 * One event per line. Lines have no id, and a log may be cut at its beginning, so a line is known by its time, what it
 * says, and its place among lines that share both. A line without a readable time takes that of the line before, the
 * first ones `startedAt`; with neither it cannot be placed and stays in the `log` field only.
 */
export function toEvents(
  log: readonly Values<typeof SESSION_LOG_INFO>[],
  startedAt: EpochMs | null,
): EventRecord[] {
  const seen = new Map<string, number>();
  let last = startedAt;
  return log.flatMap(({ date, message }) => {
    const at = date ?? last;
    if (at === null) return [];
    last = at;
    const hash = createHash("sha256")
      .update(message ?? "")
      .digest("hex")
      .slice(0, 16);
    const base = `log:${date ?? "undated"}:${hash}`;
    const index = seen.get(base) ?? 0;
    seen.set(base, index + 1);
    return [
      {
        key: `${base}:${index}`,
        providerId: null,
        at,
        type: "log",
        source: null,
        message,
        organizationId: null,
        createdAt: null,
        status: null,
        failureCause: null,
        sipStatusCode: null,
        sipStatus: null,
        payload: null,
      },
    ];
  });
}
