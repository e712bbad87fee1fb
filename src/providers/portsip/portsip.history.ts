/** Rows of the call log to sessions: one row per routing step, grouped by session (PortSIP reference §5.2). Pure. */
import type { ProviderError, ProviderErrorSource } from "../../errors/index.js";
import type { EpochMs, FieldProblem, JsonValue, SessionSnapshot } from "../../model/index.js";
import { unexpectedShape } from "./portsip.errors.js";
import { toPortsipKey } from "./portsip.id.js";
import { toLoggedSnapshot } from "./portsip.snapshot.js";
import type { Presence } from "./portsip.state.js";
import { parseCallLog, type PortsipCallLog } from "./portsip.wire.js";

/** A row that could be read. */
export interface LoggedStep {
  log: PortsipCallLog;
  row: JsonValue;
  problems: readonly FieldProblem[];
}

/** Steps by session key, each session's oldest first; and what could not be read. */
export interface LoggedSessions {
  byKey: Map<string, LoggedStep[]>;
  rejected: ProviderError[];
}

/** Groups rows by session. The order within a session depends on the rows alone, not on how they were listed. */
export function groupBySession(rows: readonly JsonValue[], source: ProviderErrorSource): LoggedSessions {
  const rejected: ProviderError[] = [];
  const steps = rows.flatMap((row): LoggedStep[] => {
    const problems: FieldProblem[] = [];
    const log = parseCallLog(row, problems);
    if (log !== null) return [{ log, row, problems }];
    rejected.push(unexpectedShape("a call log with a session id", source));
    return [];
  });
  const byKey = Map.groupBy(steps, ({ log }) => toPortsipKey(log.sessionId));
  for (const own of byKey.values()) own.sort(byTime);
  return { byKey, rejected };
}

/** What a mapping depends on besides the rows. */
export interface LoggedContext {
  presence: Presence;
  observedAt: EpochMs;
  defaultRegion: string;
  source: SessionSnapshot["source"];
}

/** One session from its steps, oldest first and at least one. */
export function toSnapshot(steps: readonly LoggedStep[], { presence, ...rest }: LoggedContext) {
  return toLoggedSnapshot(
    steps.map(({ log }) => log),
    steps.map(({ row }) => row),
    presence,
    { ...rest, problems: steps.flatMap(({ problems }) => problems) },
  );
}

/** When a session's first known step began; null when no step tells. */
export function beginOf(steps: readonly LoggedStep[]): EpochMs | null {
  return steps.reduce<EpochMs | null>(
    (least, { log }) => (log.startedAt === null ? least : Math.min(least ?? Infinity, log.startedAt)),
    null,
  );
}

function byTime({ log: a }: LoggedStep, { log: b }: LoggedStep): number {
  const inTime = (a.startedAt ?? 0) - (b.startedAt ?? 0) || (a.endedAt ?? Infinity) - (b.endedAt ?? Infinity);
  if (inTime !== 0 && !Number.isNaN(inTime)) return inTime;
  return (a.id ?? "") < (b.id ?? "") ? -1 : (a.id ?? "") > (b.id ?? "") ? 1 : 0;
}
