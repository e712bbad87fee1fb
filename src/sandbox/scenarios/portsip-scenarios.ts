import type { Conversation, EndReason, Person, Traits, TransferScript } from "../conversation.js";
import { PBX_QUEUES, PBX_STAFF, TRUNKS } from "../world/companies.js";
import { dialogueNamed, drawBlanks } from "../world/dialogues/index.js";
import { compose, line, type Draft, type Scenario } from "./scenario.js";
import { createScript, type Script } from "./script.js";

/** Who is on a PBX call and by which way it comes and goes. */
interface Cast {
  from: Person;
  to: Person;
  /** Somebody else in the house. */
  third: Person;
  traits: Traits;
}

type Direction = Conversation["direction"];

const people = PBX_STAFF.filter(({ extension }) => extension?.startsWith("1"));

/** Calls of the parcel company's own PBX. */
export const PORTSIP_SCENARIOS: readonly Scenario[] = [
  pbx("portsip internal", { inHistory: 16, live: 2, inTraffic: 5 }, "internal", (script, cast, draft) =>
    close(talk(script.connect("to"), cast, draft), draft),
  ),
  pbx("portsip inbound", { inHistory: 14, live: 2, inTraffic: 5 }, "inbound", (script, cast, draft) =>
    close(talk(script.connect("to"), cast, draft), draft).recording("ready"),
  ),
  pbx("portsip outbound", { inHistory: 12, live: 1, inTraffic: 4 }, "outbound", (script, cast, draft) =>
    close(talk(script.connect("to"), cast, draft), draft).recording("ready"),
  ),
  pbx("portsip transit", { inHistory: 5, live: 1, inTraffic: 1 }, "transit", (script, cast, draft) =>
    close(talk(script.connect("to"), cast, draft), draft),
  ),
  pbx("portsip queue call", { inHistory: 12, live: 2, inTraffic: 4 }, "inbound", (script, cast, draft) => {
    const queue = draft.random.pick(PBX_QUEUES);
    cast.to = line(queue.name, draft.random.pick(TRUNKS[0]!.didNumbers), queue.number);
    cast.traits.serviceNumber = queue.number;
    script.queue(queue.name).wait(5_000, 30_000);
    if (draft.random.chance(0.3)) script.ring("to").wait(5_000, 10_000);
    script.connect("to", draft.random.pick(people));
    return close(talk(script, cast, draft), draft).recording("ready");
  }),
  pbx("portsip left the queue", { inHistory: 4, inTraffic: 1 }, "inbound", (script, cast, draft) => {
    const queue = PBX_QUEUES[0]!;
    cast.to = line(queue.name, draft.random.pick(TRUNKS[0]!.didNumbers), queue.number);
    cast.traits.serviceNumber = queue.number;
    return script.queue(queue.name).wait(30_000, 90_000).end("cancelled");
  }),
  pbx("portsip blind transfer", { inHistory: 6, inTraffic: 2 }, "inbound", (script, cast, draft) => {
    talk(script.connect("to"), cast, draft, 3).transfer(
      handOver("blind", cast.third, "answered", draft.random.int(3_000, 9_000)),
    );
    return close(talk(script, cast, draft), draft).recording("ready");
  }),
  pbx(
    "portsip attended transfer",
    { inHistory: 5, live: 1, inTraffic: 2 },
    "inbound",
    (script, cast, draft) => {
      talk(script.connect("to"), cast, draft, 3).hold("to", draft.random.int(6_000, 15_000), "transferring");
      script.transfer(handOver("warm", cast.third, "answered", draft.random.int(3_000, 9_000)));
      return close(talk(script, cast, draft), draft);
    },
  ),
  pbx("portsip transfer nobody took", { inHistory: 3, inTraffic: 1 }, "internal", (script, cast, draft) => {
    const outcome = draft.random.pick(["no-answer", "busy", "failed"] as const);
    talk(script.connect("to"), cast, draft, 3).transfer(handOver("blind", cast.third, outcome, 9_000));
    return script.end("callee-hung-up");
  }),
  pbx("portsip hold", { inHistory: 5, inTraffic: 2 }, "inbound", (script, cast, draft) => {
    talk(script.connect("to"), cast, draft, 4).hold("to", draft.random.int(5_000, 20_000));
    script.mute("to", draft.random.int(2_000, 5_000));
    return close(talk(script, cast, draft), draft).recording("failed");
  }),
  pbx("portsip clicked to call", { inHistory: 6, inTraffic: 2 }, "outbound", (script, cast, draft) => {
    cast.traits.userData = `crm-${draft.random.digits(4)}`;
    return close(talk(script.connect("from").connect("to"), cast, draft), draft).recording("ready");
  }),
  ...(["no-answer", "busy", "cancelled", "failed"] as const).flatMap((reason) =>
    (["internal", "inbound", "outbound"] as const).map((direction) =>
      pbx(`portsip ${direction} ${reason}`, { inHistory: 2, inTraffic: 0.4 }, direction, (script) =>
        (reason === "failed" ? script.wait(1_200) : script.ring("to").wait(2_000, 14_000)).end(reason),
      ),
    ),
  ),
];

function pbx(
  name: string,
  counts: Pick<Scenario, "inHistory" | "live" | "inTraffic">,
  direction: Direction,
  write: (script: Script, cast: Cast, draft: Draft) => Script,
): Scenario {
  return {
    name,
    ...counts,
    write(draft) {
      const cast = castPbx(draft, direction);
      const { steps } = write(createScript(draft.random).wait(150, 900), cast, draft);
      const { from, to, traits } = cast;
      return [compose(draft, { provider: "portsip", direction, from, to, steps, traits })];
    },
  };
}

function castPbx({ random, world }: Draft, direction: Direction): Cast {
  const [one, two, third] = pickThree(random.int(0, people.length - 1), random.int(1, people.length - 2));
  const trunk = random.pick(TRUNKS);
  const did = random.pick(trunk.didNumbers);
  const outside = random.pick(world.customers);
  switch (direction) {
    case "internal":
      return {
        from: one,
        to: random.chance(0.15) ? random.pick(PBX_STAFF.slice(-2)) : two,
        third,
        traits: { trunk: null },
      };
    case "inbound":
      return { from: outside, to: { ...one, number: did }, third, traits: { trunk: trunk.name } };
    case "outbound":
      return { from: { ...one, number: did }, to: outside, third, traits: { trunk: trunk.name } };
    case "transit":
      return { from: outside, to: random.pick(world.drivers), third, traits: { trunk: trunk.name } };
  }
}

/** Three different colleagues. */
function pickThree(first: number, apart: number): readonly [Person, Person, Person] {
  const at = (index: number): Person => people[index % people.length]!;
  return [at(first), at(first + apart), at(first + apart + 1)];
}

function talk(script: Script, { from, to }: Cast, { random }: Draft, turns?: number): Script {
  const book = dialogueNamed(random.pick(["scanner-support", "route-handover"]));
  const blanks = drawBlanks(random, book.language, {
    customer: from.name,
    agent: to.name,
    company: "Parcel Pigeon",
  });
  return script.talk(book, blanks, { to: turns ?? random.int(5, book.turns.length) });
}

function handOver(
  kind: TransferScript["kind"],
  to: Person,
  outcome: TransferScript["destinations"][number]["outcome"],
  afterMs: number,
): TransferScript {
  return {
    kind,
    by: "to",
    destinations: [{ to, outcome, afterMs }],
    screeningPrompt: null,
    summary: null,
    fallback: null,
  };
}

function close(script: Script, { random }: Draft): Script {
  const reason: EndReason = random.chance(0.5) ? "caller-hung-up" : "callee-hung-up";
  return script.end(reason);
}
