/** How far several connections' backfills have come, in one line. Pure but for the clock it is given. */
import type { BackfillProgress } from "../sync/backfill.js";

const BAR_WIDTH = 24;

export interface ProgressLine {
  note(progress: BackfillProgress): void;
  /** For a terminal: a bar, the rate and the time left. */
  toBar(): string;
  /** For a log line. */
  toFields(): { percent: number; sessions: number; perSecond: number; secondsLeft: number | null };
}

/** @param now milliseconds, any clock that does not jump */
export function createProgressLine(connections: readonly string[], now: () => number): ProgressLine {
  const startedAt = now();
  const first = new Map<string, number>();
  const latest = new Map<string, BackfillProgress>();

  const mean = (values: Iterable<number>) =>
    [...values].reduce((sum, value) => sum + value, 0) / connections.length;

  function toFields() {
    const seconds = Math.max((now() - startedAt) / 1000, 0.001);
    const done = mean([...latest.values()].map((progress) => progress.done));
    // What an earlier run had done says nothing of how fast this one is.
    const own = done - mean(first.values());
    const sessions = [...latest.values()].reduce((sum, progress) => sum + progress.sessions, 0);
    return {
      percent: Math.floor(done * 100),
      sessions,
      perSecond: Math.round(sessions / seconds),
      secondsLeft: own > 0 ? Math.round((seconds / own) * (1 - done)) : null,
    };
  }

  return {
    note(progress) {
      if (!first.has(progress.connection)) first.set(progress.connection, progress.done);
      latest.set(progress.connection, progress);
    },
    toFields,
    toBar() {
      const { percent, sessions, perSecond, secondsLeft } = toFields();
      const full = Math.round((percent / 100) * BAR_WIDTH);
      const bar = `[${"#".repeat(full)}${"-".repeat(BAR_WIDTH - full)}]`;
      const reading = [...latest.values()]
        .filter(({ phase }) => phase === "details")
        .map((one) => one.connection);
      const left = secondsLeft === null ? "" : `, ${toDuration(secondsLeft)} left`;
      const details = reading.length === 0 ? "" : `, details of ${reading.join(", ")}`;
      return `${bar} ${percent}%  ${sessions} sessions, ${perSecond}/s${left}${details}`;
    },
  };
}

function toDuration(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}
