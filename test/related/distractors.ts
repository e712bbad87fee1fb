/** Calls that look like halves of known talks and are not: what a rule that is too generous falls for. */
import type { Conversation } from "../../src/sandbox/conversation.js";
import { createRandom, type Random } from "../../src/sandbox/kit/random.js";
import type { Sandbox, SandboxLink } from "../../src/sandbox/sandbox.js";
import { createWorld } from "../../src/sandbox/world/world.js";

const SECOND = 1000;
const HOUR = 3_600_000;

/** Makes a conversation happen whole, in the past. */
export function tell(sandbox: Sandbox, conversation: Conversation): void {
  sandbox.begin(conversation);
  for (const step of conversation.steps) sandbox.apply(conversation, step, conversation.startedAt + step.at);
}

/**
 * For every talk of the past: the same people again, in both halves, a while later (the same virtual number is given
 * out again then) and a few seconds later, so that two talks with the same numbers go on at once; one half alone at
 * another time; and a stranger who rings the same line in the middle of it. Answers how many conversations were added.
 */
export function addDistractors(sandbox: Sandbox, seed: number, now: number): number {
  const random = createRandom(`distractors ${seed}`);
  const strangers = createWorld(seed).customers;
  let count = 0;
  for (const [index, link] of [...sandbox.links].entries()) {
    const lasts = Math.max(
      ...[link.one, link.other].map((half) => half.startedAt + (half.steps.at(-1)?.at ?? 0)),
    );
    const begins = Math.min(link.one.startedAt, link.other.startedAt);
    // Only talks that are long over: what is added must be over, too.
    if (lasts > now - 12 * HOUR) continue;
    const pbx = [link.one, link.other].find(({ provider }) => provider === "portsip") as Conversation;
    const added = [
      ...again(link, lasts - begins + random.int(70, 200) * SECOND, random),
      ...(index % 2 === 0 ? again(link, random.int(9, 25) * SECOND, random) : []),
      alone(random.pick([link.one, link.other]), lasts - begins + 2 * HOUR, random),
      alone(random.pick([link.one, link.other]), lasts - begins + 5 * HOUR, random),
      {
        ...alone(pbx, random.int(3, 15) * SECOND, random),
        from: random.pick(strangers),
        traits: { ...pbx.traits, userData: null },
      },
    ];
    for (const conversation of added) tell(sandbox, conversation);
    count += added.length;
  }
  return count;
}

/** Both halves once more, later: a talk of its own. What a carrier or a ticket system makes unique is made anew. */
function again({ one, other, by, value }: SandboxLink, laterMs: number, random: Random): Conversation[] {
  const fresh =
    by === "call-id" ? `CA${random.hex(32)}` : by === "user-data" ? `crm-${random.digits(4)}` : value;
  const ids = new Map([one, other].map(({ id, provider }) => [id, `${provider}-${random.hex(16)}`]));
  return [one, other].map((half) => ({
    ...half,
    id: ids.get(half.id) ?? "",
    startedAt: half.startedAt + laterMs,
    traits: renamed(half, value, fresh),
    links: half.links.map((link) => ({
      ...link,
      conversationId: ids.get(link.conversationId) ?? "",
      value: fresh,
    })),
  }));
}

function renamed({ traits }: Conversation, value: string, fresh: string): Conversation["traits"] {
  return JSON.parse(
    JSON.stringify(traits).replaceAll(JSON.stringify(value), JSON.stringify(fresh)),
  ) as Conversation["traits"];
}

/** One half without the other: somebody called, and no second provider had anything to do with it. */
function alone(half: Conversation, laterMs: number, random: Random): Conversation {
  return {
    ...half,
    id: `${half.provider}-${random.hex(16)}`,
    startedAt: half.startedAt + laterMs,
    links: [],
  };
}
