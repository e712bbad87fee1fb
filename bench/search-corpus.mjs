/** Sessions of twenty turns with words of known frequency, written through the gateway's own ingest. */

/** What is searched for, and how often it occurs. */
export const SEARCHES = [
  ["a rare word (20 turns, whatever the size)", "xylophone"],
  ["1 turn in 1,000", "thousandth"],
  ["1 turn in 100", "hundredth"],
  ["every second turn", "common"],
  ["two words", "common hundredth"],
  ["a phrase", '"hundredth common"'],
  ["a beginning", "hundre*"],
  ["without a word", "hundredth -thousandth"],
];
export const TURNS = 20;

/** All there are, so that the gateway has nothing to read from the provider about them. */
const SECTIONS = [
  ...["members", "interactions", "transfers", "transcript", "report", "recordings", "events", "detail"],
];

const TALK =
  "the order was late and they want to know when it will come back we can send another one today if you like".split(
    " ",
  );

/** Always the same numbers. */
function createRandom() {
  let state = 42;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Snapshots of `count` sessions, in batches of 100. `rareEvery` turns one holds the rare word. */
export function* sessions(count, rareEvery, prefix = "s") {
  const random = createRandom();
  let turnNumber = 0;
  for (let start = 0; start < count; start += 100) {
    yield Array.from({ length: Math.min(100, count - start) }, (_, offset) => {
      const id = `${prefix}${start + offset}`;
      const startedAt = Date.UTC(2025, 0, 1) + (start + offset) * 60_000;
      return snapshot(
        id,
        startedAt,
        Array.from({ length: TURNS }, (_, index) => {
          const words = Array.from({ length: 8 + Math.floor(random() * 16) }, () =>
            random() < 0.7
              ? TALK[Math.floor(random() * TALK.length)]
              : `w${Math.floor(random() ** 3 * 20_000)}`,
          );
          if (turnNumber % 1_000 === 0) words.push("thousandth");
          if (turnNumber % 100 === 0) words.push("hundredth");
          if (turnNumber % 2 === 0) words.push("common");
          if (turnNumber % rareEvery === 7) words.push("xylophone");
          turnNumber += 1;
          return turn(index, words.join(" "), startedAt + index * 3_000);
        }),
      );
    });
  }
}

function turn(index, text, startedAt) {
  return {
    ...{ index, text, startedAt, providerId: `turn-${index}`, source: index % 2 === 0 ? "USER" : "AGENT" },
    ...{ endedAt: startedAt + 2_000, provider: "deepgram", model: "nova-3", metadata: null, fields: {} },
  };
}

function snapshot(id, startedAt, transcript) {
  const parties = { from: { address: "+12025550101", number: "+12025550101", displayName: null }, to: null };
  const times = { startedAt, answeredAt: startedAt, endedAt: startedAt + 60_000, updatedAt: startedAt };
  const words = { channel: "VOICE", direction: "INBOUND", phase: "ENDED", state: "COMPLETED", title: null };
  return {
    ...{ provider: "SPEKO", providerId: id, providerKey: id, source: "READ", observedAt: startedAt },
    ...{ version: null, fields: {}, raw: { id }, sections: SECTIONS, problems: [], transcript },
    facts: { ...words, ...parties, ...times, durationSeconds: 60, cost: null },
  };
}
