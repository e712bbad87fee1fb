import type { Conversation, Step } from "../conversation.js";

/**
 * The conversation at `speed` times the pace of life: steps, turns and transfer attempts come closer together. What the
 * people agreed on (a mapping's life, a promised callback) stays.
 */
export function scaleConversation(conversation: Conversation, speed: number): Conversation {
  if (speed === 1) return conversation;
  const scale = (ms: number): number => Math.round(ms / speed);
  return {
    ...conversation,
    startedAt: scale(conversation.startedAt),
    steps: conversation.steps.map((step): Step => {
      const at = scale(step.at);
      switch (step.do) {
        case "say":
          return { ...step, at, lastsMs: scale(step.lastsMs) };
        case "transfer":
          return {
            ...step,
            at,
            transfer: {
              ...step.transfer,
              destinations: step.transfer.destinations.map((one) => ({
                ...one,
                afterMs: scale(one.afterMs),
              })),
            },
          };
        default:
          return { ...step, at };
      }
    }),
  };
}

/** How long linked conversations last together, ms from 0, everything done afterwards included. */
export function lastingMs(conversations: readonly Conversation[]): number {
  return Math.max(...conversations.map(({ startedAt, steps }) => startedAt + (steps.at(-1)?.at ?? 0)));
}

/** When all of them are going on at once: from the last beginning to the first end, ms. */
export function liveWindow(conversations: readonly Conversation[]): { from: number; to: number } {
  return {
    from: Math.max(...conversations.map(({ startedAt }) => startedAt)),
    to: Math.min(
      ...conversations.map(
        ({ startedAt, steps }) => startedAt + (steps.find((step) => step.do === "end")?.at ?? 0),
      ),
    ),
  };
}
