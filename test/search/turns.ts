import { randomUUID } from "node:crypto";
import type { SessionSnapshot, TranscriptEntryRecord } from "../../src/model/index.js";
import { facts, snapshot } from "../support/snapshots.js";

/** A turn, but for what is given. */
export function turn(
  index: number,
  text: string,
  given: Partial<TranscriptEntryRecord> = {},
): TranscriptEntryRecord {
  return {
    ...{ index, text, providerId: `turn-${index}`, source: "USER", startedAt: null, endedAt: null },
    ...{ provider: null, model: null, metadata: null, fields: {}, ...given },
  };
}

const START = Date.UTC(2026, 0, 1);

/** A look at a session in which these texts were said, `minute` minutes into the year, a second apart. */
export function conversation(
  texts: readonly string[],
  minute = 0,
  given: Partial<SessionSnapshot> = {},
): SessionSnapshot {
  const startedAt = START + minute * 60_000;
  return snapshot(given.providerId ?? randomUUID(), {
    facts: facts({ startedAt, phase: "ENDED", state: "COMPLETED", endedAt: startedAt + 60_000 }),
    transcript: texts.map((text, index) => turn(index, text, { startedAt: startedAt + index * 1_000 })),
    sections: ["transcript"],
    observedAt: startedAt + 60_000,
    ...given,
    providerKey: given.providerId ?? given.providerKey ?? "",
  });
}
