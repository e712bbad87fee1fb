import { createAgenda, type Agenda } from "./agenda.js";

/** An agenda that also happens when nobody looks: what is pushed must not wait for a request. */
export interface Alarm extends Agenda {
  /** Nothing happens by itself afterwards. */
  stop(): void;
}

/** Timers overflow past 24.8 days. */
const LONGEST_WAIT_MS = 3_600_000;

/** @param now the sandbox's clock; on one that stands still nothing happens by itself */
export function createAlarm(now: () => number): Alarm {
  const agenda = createAgenda();
  const timers = new Set<NodeJS.Timeout>();
  let isStopped = false;

  function arm(time: number): void {
    if (isStopped) return;
    const waitMs = Math.max(0, time - now());
    const timer = setTimeout(
      () => {
        timers.delete(timer);
        agenda.settle(now());
        if (waitMs > LONGEST_WAIT_MS) arm(time);
      },
      Math.min(waitMs, LONGEST_WAIT_MS),
    );
    timer.unref();
    timers.add(timer);
  }

  return {
    at(time, action) {
      agenda.at(time, action);
      arm(time);
    },
    settle: agenda.settle,
    stop() {
      isStopped = true;
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
}
