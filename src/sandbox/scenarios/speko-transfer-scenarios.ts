import type { TransferScript } from "../conversation.js";
import type { Random } from "../kit/random.js";
import { PBX_STAFF, TRUNKS } from "../world/companies.js";
import { fictionalNumber } from "../world/numbers.js";
import type { Scenario } from "./scenario.js";
import type { Script } from "./script.js";
import { closing, reported, spoken, type Cast, type CastWishes } from "./speko-cast.js";

type Outcome = TransferScript["destinations"][number]["outcome"];

/** The delivery desk, whose callers ask for a person. */
const DELIVERY_DESK: CastWishes = { agent: 2, talk: "claim-handover" };

/** Voice agents that hand a caller to a person, or try to. */
export const SPEKO_TRANSFER_SCENARIOS: readonly Scenario[] = [
  handing("speko blind transfer", { inHistory: 5, inTraffic: 1.5 }, "blind", ["answered"], null),
  handing("speko blind transfer failed", { inHistory: 3, inTraffic: 0.5 }, "blind", ["failed"], null),
  handing(
    "speko warm transfer",
    { inHistory: 5, live: 1, inTraffic: 2 },
    "warm",
    ["answered"],
    "return_to_assistant",
  ),
  handing(
    "speko hunt list",
    { inHistory: 4, live: 1, inTraffic: 1.5 },
    "warm",
    ["no-answer", "refused", "answered"],
    "take_message",
  ),
  handing(
    "speko hunt list met voicemail",
    { inHistory: 3, inTraffic: 1 },
    "warm",
    ["busy", "voicemail"],
    "take_message",
  ),
  handing(
    "speko nobody took it",
    { inHistory: 3, inTraffic: 1 },
    "warm",
    ["no-answer"],
    "return_to_assistant",
  ),
  handing(
    "speko hand-over broke",
    { inHistory: 2, inTraffic: 0.5 },
    "warm",
    ["refused", "failed"],
    "end_call",
  ),
];

function handing(
  name: string,
  counts: Pick<Scenario, "inHistory" | "live" | "inTraffic">,
  kind: TransferScript["kind"],
  outcomes: readonly Outcome[],
  fallback: TransferScript["fallback"],
): Scenario {
  return spoken(name, counts, DELIVERY_DESK, (script, cast, { random }) => {
    script.connect("to").talk(cast.talk, cast.blanks);
    script.transfer(huntList(random, cast, kind, outcomes, fallback));
    return reported(afterwards(script, cast, random, outcomes, fallback).recording("ready"), cast);
  });
}

function huntList(
  random: Random,
  cast: Cast,
  kind: TransferScript["kind"],
  outcomes: readonly Outcome[],
  fallback: TransferScript["fallback"],
): TransferScript {
  const first = random.int(0, PBX_STAFF.length - 1);
  return {
    kind,
    by: "to",
    destinations: outcomes.map((outcome, index) => ({
      to: {
        ...PBX_STAFF[(first + index) % PBX_STAFF.length]!,
        number: TRUNKS[0]!.didNumbers[index] ?? fictionalNumber("chicago", 1),
      },
      outcome,
      afterMs: random.int(4_000, 12_000),
    })),
    screeningPrompt: kind === "warm" ? "Ask whether they can take a damage claim now." : null,
    summary:
      kind === "warm" ? `Damaged parcel ${cast.blanks.order}, wants ${cast.blanks.amount} back.` : null,
    fallback,
  };
}

/** What the caller hears once the transfer is through or has come to nothing. */
function afterwards(
  script: Script,
  cast: Cast,
  random: Random,
  outcomes: readonly Outcome[],
  fallback: TransferScript["fallback"],
): Script {
  if (outcomes.includes("answered")) {
    return closing(
      script.say("system", "The caller was connected to a colleague.").wait(15_000, 40_000),
      random,
    );
  }
  switch (fallback) {
    case "take_message":
      script
        .say("agent", "Nobody can come to the phone just now. May I take a message?")
        .say(
          "user",
          `Please tell them it's about ${cast.blanks.order}, and to call me before ${cast.blanks.day}.`,
        )
        .say("agent", "I've written that down. They will call you.");
      return closing(script, random);
    case "end_call":
      return script
        .say("agent", "I'm sorry, our line is down. Please call again later.")
        .end("callee-hung-up");
    case "return_to_assistant":
    case null:
      script
        .say(
          "agent",
          "I'm sorry, I couldn't reach a colleague. I have opened the claim and they will write to you.",
        )
        .say("user", "All right. Thank you for trying.");
      return closing(script, random);
  }
}
