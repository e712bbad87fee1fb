import type { EndReason } from "../conversation.js";
import type { Scenario } from "./scenario.js";
import type { Script } from "./script.js";
import { closing, reported, spoken } from "./speko-cast.js";
import { SPEKO_TRANSFER_SCENARIOS } from "./speko-transfer-scenarios.js";

/** How a call that nobody took ends, the status word the provider leaves, and how often. */
const UNREACHED: readonly (readonly [reason: EndReason, status: string, inHistory: number])[] = [
  ["no-answer", "no_answer", 6],
  ["busy", "busy", 4],
  ["cancelled", "cancelled", 3],
  ["failed", "failed", 3],
];

/** Calls that a voice agent takes or makes. */
export const SPEKO_SCENARIOS: readonly Scenario[] = [
  spoken("speko call", { inHistory: 30, live: 3, inTraffic: 9 }, {}, (script, cast, { random }) =>
    reported(closing(script.connect("to").talk(cast.talk, cast.blanks), random).recording("ready"), cast),
  ),
  spoken(
    "speko outgoing call",
    { inHistory: 12, live: 1, inTraffic: 4 },
    { outbound: true },
    (script, cast, draft) =>
      reported(
        closing(script.connect("to").talk(cast.talk, cast.blanks), draft.random).recording("ready"),
        cast,
      ),
  ),
  spoken("speko short call", { inHistory: 8, inTraffic: 2 }, {}, (script, cast, { random }) =>
    script
      .connect("to")
      .talk(cast.talk, cast.blanks, { to: random.int(2, 5) })
      .end("caller-hung-up")
      .recording("ready")
      .report("heuristic", "", "abandoned"),
  ),
  spoken(
    "speko failed too early",
    { inHistory: 5, live: 1, inTraffic: 1 },
    { traits: { status: "failed" } },
    (script, cast, { random }) =>
      reported(
        closing(script.connect("to").wait(11_000, 15_000).talk(cast.talk, cast.blanks), random).recording(
          "ready",
        ),
        cast,
      ),
  ),
  spoken("speko analysis failed", { inHistory: 4, inTraffic: 0.5 }, {}, (script, cast, { random }) =>
    closing(script.connect("to").talk(cast.talk, cast.blanks), random)
      .recording("ready")
      .report("heuristic", "", "completed")
      .report("failed", "", "completed"),
  ),
  spoken("speko not analysed", { inHistory: 4, inTraffic: 0.5 }, {}, (script, cast, { random }) =>
    closing(script.connect("to").talk(cast.talk, cast.blanks), random)
      .recording("uploading")
      .report("heuristic", "", "completed"),
  ),
  spoken("speko without report", { inHistory: 3 }, {}, (script, cast, { random }) =>
    closing(script.connect("to").talk(cast.talk, cast.blanks), random).recording("pending"),
  ),
  spoken("speko recording failed", { inHistory: 3, inTraffic: 0.5 }, {}, (script, cast, { random }) =>
    reported(closing(script.connect("to").talk(cast.talk, cast.blanks), random).recording("failed"), cast),
  ),
  spoken("speko not recorded", { inHistory: 4, inTraffic: 1 }, {}, (script, cast, { random }) =>
    reported(
      closing(script.connect("to").talk(cast.talk, cast.blanks), random).recording("suppressed"),
      cast,
    ),
  ),
  // Speech-to-speech pipelines leave no transcript at all.
  spoken("speko without transcript", { inHistory: 3, inTraffic: 0.5 }, {}, (script, cast, { random }) =>
    reported(closing(script.connect("to").wait(20_000, 60_000), random).recording("ready"), cast),
  ),
  spoken(
    "speko callback promised",
    { inHistory: 4, inTraffic: 1 },
    { agent: 2 },
    (script, cast, { random }) => {
      cast.traits.callback = { afterMs: 86_400_000, reason: "Tell the customer what the search found" };
      return reported(
        closing(script.connect("to").talk(cast.talk, cast.blanks), random).recording("ready"),
        cast,
      );
    },
  ),
  spoken(
    "speko without agent",
    { inHistory: 5, live: 1, inTraffic: 1 },
    { outbound: true },
    (script, cast, draft) => {
      cast.traits.agentIndex = null;
      return reported(
        closing(script.connect("to").talk(cast.talk, cast.blanks), draft.random).recording("ready"),
        cast,
      );
    },
  ),
  spoken(
    "speko voicemail",
    { inHistory: 4, inTraffic: 1 },
    { outbound: true, talk: "voicemail-message" },
    (script, cast) =>
      script
        .connect("to")
        .talk(cast.talk, cast.blanks)
        .end("caller-hung-up")
        .recording("ready")
        .report("heuristic", "", "voicemail"),
  ),
  ...UNREACHED.map(([reason, status, inHistory]) =>
    spoken(
      `speko ${reason}`,
      { inHistory, inTraffic: 0.7 },
      { outbound: true, traits: { status } },
      (script) => unreached(script, reason).report("heuristic", "", status),
    ),
  ),
  ...SPEKO_TRANSFER_SCENARIOS,
];

function unreached(script: Script, reason: EndReason): Script {
  return (reason === "failed" ? script.wait(1_000, 2_000) : script.ring("to").wait(3_000, 14_000)).end(
    reason,
  );
}
