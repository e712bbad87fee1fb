import type { Conversation, EndReason, Person, Traits } from "../conversation.js";
import { ACCOUNTS, type Account } from "../world/companies.js";
import { dialogueNamed, drawBlanks, type Blanks, type Dialogue } from "../world/dialogues/index.js";
import { compose, line, type Draft, type Scenario } from "./scenario.js";
import { createScript, type Script } from "./script.js";

/** Everything an Evo Voice scenario is about: an account, one of its people, somebody outside, and their talk. */
interface Cast {
  account: Account;
  company: Person;
  agent: Person;
  colleague: Person;
  customer: Person;
  talk: Dialogue;
  blanks: Blanks;
}

/** What each account's callers talk about, in the order of `ACCOUNTS`. */
const VOICE_TALKS = [["billing-question", "power-outage"], ["prescription-refill"], ["tenant-leak"]] as const;
const CHAT_TALKS = ["chat-login", "chat-invoice"] as const;

const voiceIn: Side = { channel: "voice", direction: "inbound" };
const voiceOut: Side = { channel: "voice", direction: "outbound" };
const chatIn: Side = { channel: "chat", direction: "inbound" };
const faxIn: Side = { channel: "fax", direction: "inbound" };
const faxOut: Side = { channel: "fax", direction: "outbound" };

/** Calls, chats and faxes of the hosted phone system's accounts. */
export const EVO_SCENARIOS: readonly Scenario[] = [
  hosted("evo call", { inHistory: 24, live: 2, inTraffic: 6 }, voiceIn, (script, cast, { random }) =>
    close(script.connect("to", cast.agent).talk(cast.talk, cast.blanks), random).recording("ready"),
  ),
  hosted("evo queued call", { inHistory: 16, live: 2, inTraffic: 5 }, voiceIn, (script, cast, { random }) => {
    script.queue(random.pick(cast.account.queues)).wait(4_000, 25_000).connect("to", cast.agent);
    script.talk(cast.talk, cast.blanks, { to: 3 }).hold("to", random.int(5_000, 15_000));
    if (random.chance(0.4)) script.mute("to", random.int(2_000, 6_000));
    return close(script.talk(cast.talk, cast.blanks, { from: 3 }), random).recording("ready");
  }),
  hosted("evo missed", { inHistory: 10, inTraffic: 3 }, voiceIn, (script) =>
    script.ring("to").wait(8_000, 20_000).end("missed"),
  ),
  hosted("evo left the queue", { inHistory: 5, inTraffic: 1 }, voiceIn, (script, cast, { random }) =>
    script.queue(random.pick(cast.account.queues)).wait(20_000, 60_000).end("missed"),
  ),
  hosted(
    "evo warm transfer",
    { inHistory: 6, live: 1, inTraffic: 2 },
    voiceIn,
    (script, cast, { random }) => {
      script.connect("to", cast.agent).talk(cast.talk, cast.blanks, { to: 4 });
      script.hold("to", random.int(6_000, 12_000), "transferring");
      script.transfer(handOver("warm", cast, "answered", random.int(3_000, 9_000)));
      return close(script.talk(cast.talk, cast.blanks, { from: 4 }), random).recording("ready");
    },
  ),
  hosted("evo blind transfer", { inHistory: 5, inTraffic: 1 }, voiceIn, (script, cast, { random }) => {
    script.connect("to", cast.agent).talk(cast.talk, cast.blanks, { to: 3 });
    script.transfer(handOver("blind", cast, "answered", random.int(3_000, 9_000)));
    return close(script.talk(cast.talk, cast.blanks, { from: 3 }), random).recording("ready");
  }),
  hosted("evo transfer came back", { inHistory: 4, inTraffic: 1 }, voiceIn, (script, cast, { random }) => {
    script.connect("to", cast.agent).talk(cast.talk, cast.blanks, { to: 3 });
    script.transfer(handOver("warm", cast, random.pick(["no-answer", "busy"]), random.int(8_000, 15_000)));
    return close(script.talk(cast.talk, cast.blanks, { from: 3 }), random);
  }),
  hosted("evo outgoing", { inHistory: 10, live: 1, inTraffic: 3 }, voiceOut, (script, cast, { random }) =>
    close(script.connect("to").talk(cast.talk, cast.blanks), random).recording("ready"),
  ),
  ...(["no-answer", "busy", "cancelled", "failed"] as const).map((reason) =>
    hosted(`evo outgoing ${reason}`, { inHistory: 3, inTraffic: 0.5 }, voiceOut, (script) =>
      (reason === "failed" ? script.wait(1_500) : script.ring("to")).end(reason),
    ),
  ),
  hosted("evo chat", { inHistory: 17, live: 2, inTraffic: 5 }, chatIn, (script, cast, { random }) => {
    script.talk(cast.talk, cast.blanks, { to: 1 }).wait(2_000, 8_000).connect("to", cast.agent);
    return close(script.talk(cast.talk, cast.blanks, { from: 1 }), random);
  }),
  hosted("evo chat nobody took", { inHistory: 4, inTraffic: 1 }, chatIn, (script, cast) =>
    script.ring("to").talk(cast.talk, cast.blanks, { to: 1 }).wait(30_000, 60_000).end("missed"),
  ),
  hosted("evo fax", { inHistory: 7, live: 1, inTraffic: 2 }, faxIn, (script, cast, { random }) =>
    script.connect("to").talk(cast.talk, cast.blanks).faxPages(random.int(1, 5)).end("caller-hung-up"),
  ),
  hosted("evo outgoing fax", { inHistory: 4, inTraffic: 1 }, faxOut, (script, cast, { random }) =>
    script.connect("to").talk(cast.talk, cast.blanks).faxPages(random.int(1, 8)).end("caller-hung-up"),
  ),
  hosted("evo fax failed", { inHistory: 3, inTraffic: 0.5 }, faxOut, (script) =>
    script.connect("to").faxPages(1).end("failed"),
  ),
];

type Side = Pick<Conversation, "channel"> & { direction: "inbound" | "outbound" };

function hosted(
  name: string,
  counts: Pick<Scenario, "inHistory" | "live" | "inTraffic">,
  side: Side,
  write: (script: Script, cast: Cast, draft: Draft) => Script,
): Scenario {
  return {
    name,
    ...counts,
    write(draft) {
      const { cast, traits } = castEvo(draft, side.channel);
      const inbound = side.direction === "inbound";
      const ours = side.channel === "voice" && !inbound ? cast.agent : cast.company;
      const script = write(createScript(draft.random).wait(300, 1_500), cast, draft);
      return [
        compose(draft, {
          provider: "evo",
          ...side,
          from: inbound ? cast.customer : ours,
          to: inbound ? ours : cast.customer,
          steps: script.steps,
          traits,
        }),
      ];
    },
  };
}

/** Draws an account and the people of one conversation. */
export function castEvo(
  { random, world }: Draft,
  channel: Conversation["channel"],
): { cast: Cast; traits: Traits } {
  const accountIndex = random.int(0, ACCOUNTS.length - 1);
  const account = ACCOUNTS[accountIndex]!;
  const agent = random.pick(account.staff);
  const customer = random.pick(world.customers);
  const talk = dialogueNamed(
    channel === "voice"
      ? random.pick<string>(VOICE_TALKS[accountIndex]!)
      : channel === "chat"
        ? random.pick(CHAT_TALKS)
        : "fax-referral",
  );
  const blanks = drawBlanks(random, talk.language, {
    customer: customer.name,
    agent: agent.name,
    company: account.name,
  });
  return {
    cast: {
      account,
      company: line(account.name, channel === "fax" ? account.fax : account.number),
      agent,
      colleague: random.pick(account.staff.filter((one) => one !== agent)),
      customer,
      talk,
      blanks,
    },
    traits: {
      accountIndex,
      ...(random.chance(0.6) && { customerPath: random.pick(account.customerPaths) }),
      ...(random.chance(0.5) && { outcome: talk.outcome }),
    },
  };
}

function handOver(
  kind: "blind" | "warm",
  cast: Cast,
  outcome: "answered" | "no-answer" | "busy",
  afterMs: number,
) {
  return {
    kind,
    by: "to" as const,
    destinations: [{ to: cast.colleague, outcome, afterMs }],
    screeningPrompt: null,
    summary: null,
    fallback: null,
  };
}

function close(script: Script, { chance }: { chance(p: number): boolean }): Script {
  const reason: EndReason = chance(0.6) ? "caller-hung-up" : "callee-hung-up";
  return script.end(reason);
}
