/** Money comes out digit for digit, whatever stands around it. */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { JsonValue, SessionSnapshot } from "../../src/model/index.js";
import { Bench } from "./support/bench.js";
import { exactly, millionths, sum } from "./support/decimals.js";
import { mutate, mutations } from "./support/mutations.js";
import { PLIVO_MONEY, plivoList, plivoRead } from "./support/plivo.js";
import { portsipDetail, portsipLogs } from "./support/portsip.js";
import { runs, TEST_TIMEOUT_MS } from "./support/runs.js";
import { spekoRead } from "./support/speko.js";
import type { Surface } from "./support/surface.js";
import { amount, asNumberOrString } from "./support/values.js";
import { Verbatim, withMembers, type WireRow, type WireValue } from "./support/wire-text.js";

interface Case {
  surface: Surface;
  /** The amounts on the wire, and those that have to come out. */
  money: fc.Arbitrary<{ members: Record<string, WireValue | undefined>; expected: JsonValue }>;
  /** Members that the amounts come from: no blow falls there. */
  spared: readonly string[];
  read(snapshot: SessionSnapshot): unknown;
}

/** The digits of an amount that is there. */
const digitsOf = (value: WireValue | undefined) =>
  value instanceof Verbatim ? value.plain : typeof value === "string" && value !== "" ? value : null;
const usd = (amount: string | null) => (amount === null ? null : { amount, currency: "USD" });

const money = asNumberOrString(amount(12));
const maybeMoney = fc.option(
  fc.oneof({ weight: 4, arbitrary: money }, fc.constantFrom<WireValue>(null, "")),
  {
    nil: undefined,
  },
);

/** The session's total, or the sum of what it is made of where Plivo tells none; calls have an amount of their own. */
const plivoMoney = fc
  .record({
    amount: maybeMoney,
    total_call_amount: maybeMoney,
    total_session_amount: maybeMoney,
    call: maybeMoney,
  })
  .map(({ call, ...members }) => {
    const parts = [members.amount, members.total_call_amount]
      .map(digitsOf)
      .filter((digits) => digits !== null);
    const total = digitsOf(members.total_session_amount);
    const cost = total === null ? (parts.length === 0 ? null : sum(...parts)) : exactly(total);
    const callCost = digitsOf(call);
    return {
      members: { ...members, interaction: [withMembers({ type: "call" }, { total_call_amount: call })] },
      expected: { cost: usd(cost), calls: [usd(callCost === null ? null : exactly(callCost))] },
    };
  });

const readPlivo = ({ facts, interactions }: SessionSnapshot) => ({
  cost: facts.cost,
  calls: interactions?.map((interaction) => interaction.cost),
});

const spekoMoney = fc
  .record({ micro: fc.option(amount(0)), line: amount(0), unquoted: fc.boolean() })
  .map(({ micro, line, unquoted }) => ({
    members: {
      report: {
        cost_micro_usd: micro !== null && unquoted ? new Verbatim(`number ${micro}`, micro) : micro,
        cost_breakdown: [{ provider: "x", costMicroUsd: line }],
      },
    },
    expected: {
      cost: usd(micro === null ? null : millionths(micro)),
      costMicroUsd: micro,
      lines: [line],
    },
  }));

const portsipMoney = money.map((cost) => ({ members: { cost }, expected: exactly(digitsOf(cost) ?? "") }));
const readPortsip = ({ fields }: SessionSnapshot) => (fields["callLog"] as { cost: unknown } | null)?.cost;

const plivo = { money: plivoMoney, spared: ["session_uuid", "interaction", ...PLIVO_MONEY], read: readPlivo };
const portsip = { money: portsipMoney, spared: ["session_id", "started_at", "cost"], read: readPortsip };
const CASES: readonly Case[] = [
  { surface: plivoList, ...plivo },
  { surface: plivoRead, ...plivo },
  {
    surface: spekoRead,
    money: spekoMoney,
    spared: ["id", "report"],
    read: ({ facts, report }) => ({
      cost: facts.cost,
      costMicroUsd: report?.costMicroUsd,
      lines: report?.costBreakdown.map((line) => line.costMicroUsd),
    }),
  },
  { surface: portsipLogs, ...portsip },
  { surface: portsipDetail, ...portsip },
];

describe.each(CASES)("money in $surface.name", ({ surface, money: amounts, spared, read }) => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await Bench.start(surface);
  });
  afterAll(() => bench[Symbol.asyncDispose]());

  async function moneyOf(row: WireRow, id: string, style: number): Promise<unknown[]> {
    const { snapshots } = await bench.read(surface.toBody([row], style), id);
    return snapshots.map(read);
  }

  test(
    "equals the digits on the wire",
    async () => {
      await fc.assert(
        fc.asyncProperty(surface.row, surface.id, amounts, fc.nat(99), async (row, id, given, style) => {
          const whole = withMembers(row, { ...given.members, [surface.idKey]: id });
          expect(await moneyOf(whole, id, style)).toEqual([given.expected]);
        }),
        runs(2),
      );
    },
    TEST_TIMEOUT_MS,
  );

  test(
    "is not changed by damage elsewhere",
    async () => {
      const blows = mutations({ anyDepth: false });
      await fc.assert(
        fc.asyncProperty(surface.row, surface.id, amounts, blows, async (row, id, given, damage) => {
          const whole = withMembers(row, { ...given.members, [surface.idKey]: id });
          expect(await moneyOf(mutate(whole, damage, spared), id, 0)).toEqual([given.expected]);
        }),
        runs(2),
      );
    },
    TEST_TIMEOUT_MS,
  );
});
