import type { Conversation, Person } from "../conversation.js";
import { PBX_STAFF, TRUNKS, VIRTUAL_NUMBERS } from "../world/companies.js";
import { dialogueNamed, drawBlanks, fillBlanks } from "../world/dialogues/index.js";
import { castEvo } from "./evo-scenarios.js";
import { compose, line, linkConversations, type Draft, type Scenario, type Sketch } from "./scenario.js";
import { createScript } from "./script.js";
import { castSpeko, reported } from "./speko-cast.js";

/** One talk that two providers each see a part of. */
export const LINKED_SCENARIOS: readonly Scenario[] = [
  { name: "masked call to the PBX", inHistory: 8, live: 1, inTraffic: 2, write: maskedCallToPbx },
  {
    name: "voice agent hands over to the PBX",
    inHistory: 6,
    live: 1,
    inTraffic: 2,
    write: (draft) => agentToPbx(draft, "transfer-target"),
  },
  {
    name: "voice agent's ticket",
    inHistory: 4,
    inTraffic: 1,
    write: (draft) => agentToPbx(draft, "user-data"),
  },
  {
    name: "hosted call forwarded",
    inHistory: 5,
    inTraffic: 1,
    write: (draft) => forwarded(draft, "call-id"),
  },
  {
    name: "hosted call redialled",
    inHistory: 4,
    inTraffic: 1,
    write: (draft) => forwarded(draft, "parties"),
  },
];

/** A courier rings the parcel company through a masked number; the PBX sees the virtual number calling. */
function maskedCallToPbx(draft: Draft): Conversation[] {
  const { random, world } = draft;
  const virtual = random.pick(VIRTUAL_NUMBERS);
  const desk = random.pick(PBX_STAFF.slice(0, 8));
  const { trunk, did } = pickTrunk(draft);
  const driver = random.pick(world.drivers);
  const length = random.int(20_000, 45_000);

  const outer = createScript(random).wait(1_000).ring("to");
  const inner = createScript(random).ring("to");
  const answeredAt = Math.max(outer.at, inner.at + 1_000);
  outer.waitUntil(answeredAt).answer("to").wait(length).hangUp("from").wait(8_000, 20_000).end("cancelled");
  inner
    .waitUntil(answeredAt - 1_000)
    .answer("to", desk)
    .wait(length)
    .end("caller-hung-up")
    .recording("ready");
  return linkConversations(
    compose(draft, {
      provider: "plivo",
      direction: "inbound",
      from: driver,
      to: { ...desk, number: did },
      steps: outer.steps,
      traits: { expirySeconds: 3_600 },
    }),
    compose(draft, {
      ...pbxLeg(line("", virtual), { ...desk, number: did }, trunk),
      startedAt: 1_000,
      steps: inner.steps,
    }),
    "virtual-number",
    virtual,
  );
}

/** The voice agent's caller ends up with a person, who is reached through the PBX's trunk. */
function agentToPbx(draft: Draft, by: "transfer-target" | "user-data"): Conversation[] {
  const { random } = draft;
  const cast = castSpeko(draft, { agent: 2, talk: "claim-handover" });
  const colleague = random.pick(PBX_STAFF.slice(1, 8));
  const { trunk, did } = pickTrunk(draft);
  const ticket = `crm-${random.digits(4)}`;
  const leg = createScript(random).ring("to");
  const pickUpMs = leg.at;
  const personMs = random.int(25_000, 60_000);
  if (by === "user-data") cast.traits.metadata = { ...cast.traits.metadata, ticket };

  const call = createScript(random).connect("to").talk(cast.talk, cast.blanks);
  const handedAt = call.at;
  call.transfer({
    kind: "warm",
    by: "to",
    destinations: [{ to: { ...colleague, number: did }, outcome: "answered", afterMs: pickUpMs }],
    screeningPrompt: "Ask whether they can take a damage claim now.",
    summary: fillBlanks(cast.talk.summary, cast.blanks),
    fallback: "return_to_assistant",
  });
  reported(call.wait(personMs).end("caller-hung-up").recording("ready"), cast);

  leg.answer("to", colleague).wait(personMs).end("caller-hung-up").recording("ready");
  return linkConversations(
    compose(draft, {
      provider: "speko",
      direction: "inbound",
      from: cast.customer,
      to: cast.own,
      steps: call.steps,
      traits: cast.traits,
    }),
    compose(draft, {
      ...pbxLeg(cast.own, { ...colleague, number: did }, trunk, by === "user-data" ? ticket : null),
      startedAt: handedAt,
      steps: leg.steps,
    }),
    by,
    by === "user-data" ? ticket : did,
  );
}

/** A caller of a hosted account who is forwarded to the PBX: with the carrier's call id, or with nothing but the numbers. */
function forwarded(draft: Draft, by: "call-id" | "parties"): Conversation[] {
  const { random } = draft;
  const { cast, traits } = castEvo(draft, "voice");
  const colleague = random.pick(PBX_STAFF.slice(0, 8));
  const { trunk, did } = pickTrunk(draft);
  const talk = dialogueNamed("parcel-redirect");
  const blanks = drawBlanks(random, talk.language, {
    customer: cast.customer.name,
    agent: colleague.name,
    company: "Parcel Pigeon",
  });
  const hosted = createScript(random).connect("to", cast.agent).talk(cast.talk, cast.blanks, { to: 3 });
  const handedAt = hosted.at;
  const leg = createScript(random).ring("to");
  const pickUpMs = leg.at;
  leg.answer("to", colleague).talk(talk, blanks).end("caller-hung-up");
  hosted.transfer({
    kind: "blind",
    by: "to",
    destinations: [{ to: { ...colleague, number: did }, outcome: "answered", afterMs: pickUpMs }],
    screeningPrompt: null,
    summary: null,
    fallback: null,
  });
  return linkConversations(
    compose(draft, {
      provider: "evo",
      direction: "inbound",
      from: cast.customer,
      to: cast.company,
      steps: hosted
        .waitUntil(handedAt + leg.at)
        .end("caller-hung-up")
        .recording("ready").steps,
      traits,
    }),
    compose(draft, {
      ...pbxLeg(cast.customer, { ...colleague, number: did }, trunk),
      startedAt: handedAt,
      steps: leg.recording("ready").steps,
    }),
    by,
    by === "call-id" ? `CA${random.hex(32)}` : `${cast.customer.number} ${did}`,
  );
}

function pbxLeg(
  from: Person,
  to: Person,
  trunk: string,
  userData: string | null = null,
): Pick<Sketch, "provider" | "direction" | "from" | "to" | "traits"> {
  return { provider: "portsip", direction: "inbound", from, to, traits: { trunk, userData } };
}

function pickTrunk({ random }: Draft): { trunk: string; did: string } {
  const { name, didNumbers } = random.pick(TRUNKS);
  return { trunk: name, did: random.pick(didNumbers) };
}
