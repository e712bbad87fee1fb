import type { Conversation, Person, SandboxProviderName, Step, Traits } from "../conversation.js";
import type { Random } from "../kit/random.js";
import type { World } from "../world/world.js";

/** One kind of thing that happens on the phone, written anew each time with other people and other words. */
export interface Scenario {
  /** Unique; also the label of its own stream of chance. */
  name: string;
  /** How many there are in ninety days of history. */
  inHistory: number;
  /** How many are going on at the moment the history ends. @default 0 */
  live?: number;
  /** How often live traffic picks it, against the other scenarios. @default 0, never */
  inTraffic?: number;
  /** One conversation, or the linked conversations of several providers. */
  write(draft: Draft): Conversation[];
}

/** What a scenario is written with. Times are relative: whoever asked for it moves it to where it belongs. */
export interface Draft {
  world: World;
  random: Random;
}

/** The conversation without what every one gets in the same way. */
export interface Sketch {
  provider: SandboxProviderName;
  channel?: Conversation["channel"];
  direction: Conversation["direction"];
  from: Person;
  to: Person;
  /** Ms after the scenario began. @default 0 */
  startedAt?: number;
  steps: readonly Step[];
  traits?: Traits;
}

export function compose({ random }: Draft, sketch: Sketch): Conversation {
  return {
    id: `${sketch.provider}-${random.hex(16)}`,
    channel: "voice",
    startedAt: 0,
    traits: {},
    links: [],
    ...sketch,
  };
}

/** Two conversations of different providers that are one talk, each naming the other. */
export function linkConversations(
  one: Conversation,
  other: Conversation,
  by: Conversation["links"][number]["by"],
  value: string,
): Conversation[] {
  return [
    { ...one, links: [...one.links, { conversationId: other.id, by, value }] },
    { ...other, links: [...other.links, { conversationId: one.id, by, value }] },
  ];
}

/** A company's line, for a call that nobody in particular is called by. */
export function line(name: string, number: string, extension: string | null = null): Person {
  return { name, number, extension, email: null };
}
