import type { Conversation, Person, Step } from "../../../src/sandbox/conversation.js";
import type { Sandbox } from "../../../src/sandbox/sandbox.js";
import { ACCOUNTS } from "../../../src/sandbox/world/companies.js";

export const AGENT = ACCOUNTS[0]?.staff[0] as Person;
export const COLLEAGUE = ACCOUNTS[0]?.staff[1] as Person;
export const CALLER: Person = { name: "Ada Okafor", number: "+12025550177", extension: null, email: null };

/** Rings, is answered, and goes on. */
export const TALKING: readonly Step[] = [
  { at: 1000, do: "queue", queue: "Billing" },
  { at: 2000, do: "ring", party: "to" },
  { at: 5000, do: "answer", party: "to" },
];
/** Rings and goes on ringing. */
export const RINGING: readonly Step[] = TALKING.slice(0, 2);
/** Over, recorded. */
export const DONE: readonly Step[] = [
  ...TALKING,
  { at: 60_000, do: "end", reason: "caller-hung-up" },
  { at: 70_000, do: "recording", outcome: "ready" },
];
export const CHATTING: readonly Step[] = [
  { at: 1000, do: "answer", party: "to" },
  { at: 2000, do: "say", who: "user", text: "Hello?", lastsMs: 0 },
  { at: 3000, do: "say", who: "agent", text: "Hi, how can I help?", lastsMs: 0 },
];

/** Lets people of the first account talk; every step happens before this returns. */
export function talk(
  sandbox: Sandbox,
  id: string,
  startedAt: number,
  steps: readonly Step[],
  more: Partial<Conversation> = {},
): Conversation {
  const conversation: Conversation = {
    id,
    provider: "evo",
    channel: "voice",
    direction: "inbound",
    from: CALLER,
    to: AGENT,
    startedAt,
    steps,
    traits: {},
    links: [],
    ...more,
  };
  sandbox.begin(conversation);
  for (const step of steps) sandbox.apply(conversation, step, startedAt + step.at);
  return conversation;
}
