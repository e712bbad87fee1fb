import type { EndReason, Person, Traits } from "../conversation.js";
import type { Random } from "../kit/random.js";
import { AGENTS, type VoiceAgent } from "../world/companies.js";
import {
  dialogueNamed,
  drawBlanks,
  fillBlanks,
  type Blanks,
  type Dialogue,
} from "../world/dialogues/index.js";
import { compose, line, type Draft, type Scenario } from "./scenario.js";
import { createScript, type Script } from "./script.js";

/** Who speaks on a voice agent's call, and about what. */
export interface Cast {
  agent: VoiceAgent;
  /** The agent's own line. */
  own: Person;
  customer: Person;
  talk: Dialogue;
  blanks: Blanks;
  traits: Traits;
}

/** What a scenario fixes; the rest is drawn. */
export interface CastWishes {
  outbound?: boolean;
  /** An index into `AGENTS`. */
  agent?: number;
  talk?: string;
  traits?: Traits;
}

/** A scenario of one Speko conversation. */
export function spoken(
  name: string,
  counts: Pick<Scenario, "inHistory" | "live" | "inTraffic">,
  wishes: CastWishes,
  write: (script: Script, cast: Cast, draft: Draft) => Script,
): Scenario {
  return {
    name,
    ...counts,
    write(draft) {
      const cast = castSpeko(draft, wishes);
      const { steps } = write(createScript(draft.random).wait(200, 800), cast, draft);
      const { own, customer, traits } = cast;
      return [
        compose(draft, {
          provider: "speko",
          direction: wishes.outbound ? "outbound" : "inbound",
          from: wishes.outbound ? own : customer,
          to: wishes.outbound ? customer : own,
          steps,
          traits,
        }),
      ];
    },
  };
}

export function castSpeko({ random, world }: Draft, wishes: CastWishes): Cast {
  const agentIndex = wishes.agent ?? random.int(0, AGENTS.length - 1);
  const agent = AGENTS[agentIndex]!;
  const own = line(agent.company, agent.number);
  const customer = random.pick(
    agent.language.startsWith("es")
      ? world.spanishSpeakers
      : agent.language.startsWith("de")
        ? world.germanSpeakers
        : world.customers,
  );
  const talk = dialogueNamed(wishes.talk ?? random.pick(agent.dialogues));
  const blanks = drawBlanks(random, talk.language, {
    customer: customer.name,
    agent: agent.name,
    company: agent.company,
  });
  const [from, to] = wishes.outbound ? [own, customer] : [customer, own];
  return {
    agent,
    own,
    customer,
    talk,
    blanks,
    traits: {
      agentIndex,
      language: agent.language,
      // The provider has no number fields: whoever dials copies them into metadata, or forgets to.
      metadata: random.chance(0.85) ? { from: from.number, to: to.number, order: blanks.order } : {},
      ...wishes.traits,
    },
  };
}

/** The first quick report, then the one a model wrote. */
export function reported(script: Script, { talk, blanks }: Cast): Script {
  return script
    .report("heuristic", "", "completed")
    .report("completed", fillBlanks(talk.summary, blanks), fillBlanks(talk.outcome, blanks));
}

export function closing(script: Script, random: Random): Script {
  const reason: EndReason = random.chance(0.55) ? "caller-hung-up" : "callee-hung-up";
  return script.end(reason);
}
