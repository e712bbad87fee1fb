/** Is what `related` says true? Twenty worlds, each with calls that look alike and are not. */
import { describe, expect, it } from "vitest";
import { startSandbox } from "../../src/sandbox/sandbox.js";
import { startTestGateway, untilSynchronised } from "../support/gateway.js";
import { addDistractors } from "./distractors.js";
import { readAll, score, type Score } from "./measure.js";

const SEEDS = Array.from({ length: 20 }, (_, index) => index + 1);
const total = new Map<string, Score>();

describe("related, against the truth of the sandbox", () => {
  it.each(SEEDS)(
    "seed %i: both ways the same, and each pair once",
    async (seed) => {
      const sandbox = await startSandbox({ seed, traffic: null });
      try {
        expect(addDistractors(sandbox, seed, Date.now())).toBeGreaterThan(50);
        await using gateway = await startTestGateway({ environment: sandbox.environment });
        await untilSynchronised(gateway);
        const answers = await readAll(gateway);
        for (const [reason, own] of score(sandbox, answers)) {
          const sum = total.get(reason) ?? { right: 0, wrong: 0, missed: 0 };
          total.set(reason, {
            right: sum.right + own.right,
            wrong: sum.wrong + own.wrong,
            missed: sum.missed + own.missed,
          });
        }
        const told = answers.flatMap(({ id, related }) =>
          related.map(({ session, reason, confidence }) => ({ id, other: session.id, reason, confidence })),
        );
        expect(told.length).toBeGreaterThan(40);
        const seen = new Set(told.map((row) => JSON.stringify(row)));
        expect(seen.size).toBe(told.length);
        for (const { id, other, ...rest } of told)
          expect(seen).toContain(JSON.stringify({ id: other, other: id, ...rest }));
      } finally {
        await sandbox.close();
      }
    },
    120_000,
  );

  it("at least 95 of 100 answers are right, and at least 95 of 100 true ones are found, for each reason", () => {
    const figures = [...total].sort().map(([reason, { right, wrong, missed }]) => {
      const [precision, recall] = [right / (right + wrong), right / (right + missed)];
      console.log(
        `${reason.padEnd(16)} precision ${precision.toFixed(3)} recall ${recall.toFixed(3)} (${right} right, ${wrong} wrong, ${missed} missed)`,
      );
      return { reason, precision, recall };
    });
    expect(figures.map(({ reason }) => reason)).toEqual([
      "SAME_CALL_ID",
      "SAME_PARTIES",
      "TRANSFER_TARGET",
      "USER_DATA",
      "VIRTUAL_NUMBER",
    ]);
    expect(figures.filter(({ precision, recall }) => !(precision >= 0.95 && recall >= 0.95))).toEqual([]);
  });
});
