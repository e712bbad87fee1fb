import type { Conversation, Step } from "./conversation.js";

/** Applies the steps of running conversations when their time comes, with one timer for all of them. */
export interface StepClock {
  /**
   * Takes a conversation in; steps that are due are applied before this returns, in order.
   * @param from the first step to apply; the ones before it have happened already. @default 0
   */
  add(conversation: Conversation, from?: number): void;
  /** Applies everything due by now. The timer does this by itself while the clock runs. */
  tick(): void;
  /** Conversations with steps still to come. */
  readonly running: number;
  /** Nothing is applied afterwards. */
  stop(): void;
}

export interface StepClockOptions {
  /** Epoch ms. */
  now(): number;
  onStep(conversation: Conversation, step: Step, at: number): void;
}

/** Timers overflow past 24.8 days; a far-off expiry is simply looked at again. */
const LONGEST_WAIT_MS = 3_600_000;

export function createStepClock({ now, onStep }: StepClockOptions): StepClock {
  const running = new Map<string, { conversation: Conversation; next: number }>();
  let timer: NodeJS.Timeout | null = null;
  let isStopped = false;

  const dueAt = ({ conversation, next }: { conversation: Conversation; next: number }): number =>
    conversation.startedAt + (conversation.steps[next]?.at ?? Infinity);

  const tick = (): void => {
    if (isStopped) return;
    const time = now();
    for (;;) {
      let first: { conversation: Conversation; next: number } | null = null;
      for (const entry of running.values()) if (!first || dueAt(entry) < dueAt(first)) first = entry;
      if (!first || dueAt(first) > time) return schedule(first && dueAt(first) - time);
      const { conversation } = first;
      const at = dueAt(first);
      const step = conversation.steps[first.next]!;
      first.next += 1;
      if (first.next >= conversation.steps.length) running.delete(conversation.id);
      onStep(conversation, step, at);
    }
  };

  const schedule = (waitMs: number | null): void => {
    if (timer) clearTimeout(timer);
    timer = waitMs === null ? null : setTimeout(tick, Math.min(waitMs, LONGEST_WAIT_MS));
  };

  return {
    add(conversation, from = 0) {
      if (isStopped || from >= conversation.steps.length) return;
      running.set(conversation.id, { conversation, next: from });
      tick();
    },
    tick,
    get running() {
      return running.size;
    },
    stop() {
      isStopped = true;
      running.clear();
      schedule(null);
    },
  };
}
