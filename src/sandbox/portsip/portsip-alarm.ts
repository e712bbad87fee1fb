import { createAgenda, type Agenda } from "../kit/agenda.js";

/** An agenda that also happens when nobody looks: what is pushed must not wait for a request. */
export interface Alarm extends Agenda {
  /** Nothing happens by itself afterwards. */
  stop(): void;
}

/** Timers overflow past 24.8 days. */
const LONGEST_WAIT_MS = 3_600_000;

/** @param now the sandbox's clock; one that stands still is looked at again and again, and nothing happens */
export function createAlarm(now: () => number): Alarm {
  const agenda = createAgenda();
  const timers = new Set<NodeJS.Timeout>();
  let isStopped = false;
  return {
    at(time, action) {
      agenda.at(time, action);
      if (isStopped) return;
      const timer = setTimeout(
        () => {
          timers.delete(timer);
          agenda.settle(now());
        },
        Math.min(Math.max(0, time - now()), LONGEST_WAIT_MS),
      );
      timer.unref();
      timers.add(timer);
    },
    settle: agenda.settle,
    stop() {
      isStopped = true;
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
}
