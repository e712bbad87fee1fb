import type { EndReason, Person, Traits } from "../conversation.js";
import { DIALOGUES, drawBlanks } from "../world/dialogues/index.js";
import { compose, type Draft, type Scenario } from "./scenario.js";
import { createScript, type Script } from "./script.js";

/** Masked talks between a driver and a passenger, or a courier and whoever waits for the parcel. */
export const PLIVO_SCENARIOS: readonly Scenario[] = [
  masked("plivo one call", { inHistory: 30, live: 3, inTraffic: 8 }, {}, (script, draft, pair) => {
    call(script, draft, pair, "from");
    return expireEarly(script);
  }),
  masked("plivo call back", { inHistory: 16, live: 2, inTraffic: 4 }, {}, (script, draft, pair) => {
    call(script, draft, pair, "from").wait(20_000, 60_000);
    call(script, draft, pair, "to").wait(5_000, 25_000);
    if (draft.random.chance(0.4)) call(script, draft, pair, "from");
    return expireEarly(script);
  }),
  masked("plivo missed leg", { inHistory: 10, inTraffic: 3 }, {}, (script, draft) => {
    miss(script, "to", draft.random.chance(0.5) ? "from" : "to");
    return expireEarly(script, "missed");
  }),
  masked(
    "plivo missed, then reached",
    { inHistory: 10, live: 1, inTraffic: 2 },
    {},
    (script, draft, pair) => {
      miss(script, "to", "from").wait(15_000, 40_000);
      miss(script, "to", "from").wait(10_000, 30_000);
      call(script, draft, pair, "to");
      return expireEarly(script);
    },
  ),
  masked(
    "plivo recorded",
    { inHistory: 10, live: 1, inTraffic: 3 },
    { record: true },
    (script, draft, pair) => {
      call(script, draft, pair, "from").recording("ready");
      if (draft.random.chance(0.5)) {
        script.wait(10_000, 30_000);
        call(script, draft, pair, "to").recording(draft.random.chance(0.2) ? "failed" : "ready");
      }
      return expireEarly(script);
    },
  ),
  masked("plivo with PIN", { inHistory: 8, live: 1, inTraffic: 2 }, { pin: true }, (script, draft, pair) => {
    script.wait(2_000, 6_000);
    call(script, draft, pair, "from");
    return expireEarly(script);
  }),
  masked(
    "plivo single party",
    { inHistory: 6, inTraffic: 1 },
    { singleParty: true },
    (script, draft, pair) => {
      call(script, draft, pair, "to").wait(8_000, 30_000);
      call(script, draft, pair, "from");
      return expireEarly(script);
    },
  ),
  masked(
    "plivo initiated",
    { inHistory: 6, live: 1, inTraffic: 2 },
    { initiate: true },
    (script, draft, pair) => {
      script.connect("from");
      call(script, draft, pair, "from");
      return expireEarly(script);
    },
  ),
  masked("plivo busy", { inHistory: 4, inTraffic: 1 }, {}, (script) => {
    script.ring("to").hangUp("to").wait(4_000, 12_000);
    return expireEarly(script, "busy");
  }),
  masked("plivo never used", { inHistory: 5 }, { expirySeconds: 900 }, (script) => {
    return script.waitUntil(900_000).end("expired");
  }),
  masked(
    "plivo expired by the clock",
    { inHistory: 14, live: 4 },
    { expirySeconds: 1800 },
    (script, draft, pair) => {
      script.wait(10_000, 240_000);
      call(script, draft, pair, "from");
      if (draft.random.chance(0.5)) miss(script.wait(30_000, 90_000), "from", "to");
      return script.waitUntil(1_800_000).end("expired");
    },
  ),
];

function masked(
  name: string,
  counts: Pick<Scenario, "inHistory" | "live" | "inTraffic">,
  traits: Traits,
  write: (script: Script, draft: Draft, pair: readonly [Person, Person]) => Script,
): Scenario {
  return {
    name,
    ...counts,
    write(draft) {
      const from = draft.random.pick(draft.world.drivers);
      const to = draft.random.pick(draft.world.customers);
      const script = write(createScript(draft.random).wait(800, 3_000), draft, [from, to]);
      return [
        compose(draft, {
          provider: "plivo",
          direction: traits.initiate ? "outbound" : "inbound",
          from,
          to,
          steps: script.steps,
          traits: { expirySeconds: 3_600, ...traits },
        }),
      ];
    },
  };
}

const MASKED_TALKS = DIALOGUES.filter(({ name }) => name === "driver-pickup" || name === "courier-gate");

/** A call that is taken and ended; `by` dials. */
function call(
  script: Script,
  { random }: Draft,
  [driver, customer]: readonly [Person, Person],
  by: "from" | "to",
): Script {
  const talk = random.pick(MASKED_TALKS);
  const blanks = drawBlanks(random, talk.language, {
    customer: customer.name,
    agent: driver.name,
    company: "Swiftly Rides",
  });
  return script
    .connect(by === "from" ? "to" : "from")
    .talk(talk, blanks, { to: random.int(3, talk.turns.length) })
    .hangUp(random.chance(0.5) ? "from" : "to");
}

function miss(script: Script, rung: "from" | "to", by: "from" | "to"): Script {
  return script.ring(rung).wait(8_000, 16_000).hangUp(by);
}

/** The app deletes the mapping once the ride is over, long before the clock would. */
function expireEarly(script: Script, reason: EndReason = "cancelled"): Script {
  return script.wait(6_000, 30_000).end(reason);
}
