import type { Conversation, SandboxProviderName, Step } from "./conversation.js";
import { SANDBOX_PROVIDERS } from "./conversation.js";
import { SCENARIOS } from "./scenarios/catalogue.js";
import { scaleConversation } from "./scenarios/pace.js";
import { createStepClock } from "./step-clock.js";
import type { World } from "./world/world.js";

export interface TrafficOptions {
  world: World;
  /** Epoch ms. */
  now(): number;
  /** New conversations per minute, over all providers. 0 begins none. */
  rate: number;
  /** How many times faster than life people talk; the rate is not affected. @default 1 */
  speed?: number;
  /** Conversations of other providers are not begun, and linked ones come without their other half. @default all */
  providers?: readonly SandboxProviderName[];
  onBegin(conversation: Conversation): void;
  onStep(conversation: Conversation, step: Step, at: number): void;
}

/** Conversations that keep starting, ringing, talking and ending. */
export interface Traffic {
  start(): void;
  /** Nothing is reported afterwards; conversations stay where they are. */
  stop(): void;
  /** Goes on with a conversation that somebody else began, from its `from`-th step. */
  adopt(conversation: Conversation, from?: number): void;
  /** Conversations with steps still to come. */
  readonly running: number;
}

const MINUTE_MS = 60_000;

/**
 * The same seed makes the same conversations in the same order. Gaps between them are drawn too, half to one and a half
 * of the average, so that the board is never a metronome.
 */
export function createTraffic(options: TrafficOptions): Traffic {
  const { world, now, rate, speed = 1, providers = SANDBOX_PROVIDERS, onBegin, onStep } = options;
  const random = world.random("traffic");
  const clock = createStepClock({ now, onStep });
  const choices = SCENARIOS.map((scenario) => [scenario, scenario.inTraffic ?? 0] as const);
  let timer: NodeJS.Timeout | null = null;
  let begun = 0;

  const waiting = new Set<NodeJS.Timeout>();

  const beginOne = (): void => {
    const scenario = random.weighted(...choices);
    begun += 1;
    const written = scenario.write({ world, random: random.fork(`${scenario.name} ${begun}`) });
    const startedAt = now();
    for (const one of written) {
      if (!providers.includes(one.provider)) continue;
      const scaled = scaleConversation(one, speed);
      begin({ ...scaled, startedAt: startedAt + scaled.startedAt }, scaled.startedAt);
    }
  };

  /** The second half of a linked talk begins later than the first. */
  const begin = (conversation: Conversation, inMs: number): void => {
    const go = (): void => {
      onBegin(conversation);
      clock.add(conversation);
    };
    if (inMs <= 0) return go();
    const later = setTimeout(() => {
      waiting.delete(later);
      go();
    }, inMs);
    waiting.add(later);
  };

  const schedule = (): void => {
    if (rate <= 0) return;
    timer = setTimeout(
      () => {
        beginOne();
        schedule();
      },
      (MINUTE_MS / rate) * (0.5 + random.next()),
    );
  };

  return {
    start() {
      if (timer === null) schedule();
    },
    stop() {
      if (timer) clearTimeout(timer);
      for (const later of waiting) clearTimeout(later);
      waiting.clear();
      clock.stop();
    },
    adopt: (conversation, from) => clock.add(conversation, from),
    get running() {
      return clock.running;
    },
  };
}
