import { describe, expect, it } from "vitest";
import { SANDBOX_PROVIDERS, type Conversation, type Step } from "../../src/sandbox/conversation.js";
import { SCENARIOS } from "../../src/sandbox/scenarios/catalogue.js";
import { createHistory } from "../../src/sandbox/world/history.js";
import { isFictionalNumber } from "../../src/sandbox/world/numbers.js";

const NOW = Date.UTC(2026, 10, 20, 14, 30);
const DAY_MS = 86_400_000;
const history = createHistory({ seed: 1, now: NOW });
const byProvider = Map.groupBy(history, ({ provider }) => provider);
const steps = history.flatMap((one) => one.steps);
const done = <Kind extends Step["do"]>(kind: Kind): Extract<Step, { do: Kind }>[] =>
  steps.filter((step): step is Extract<Step, { do: Kind }> => step.do === kind);
const isLive = ({ startedAt, steps }: Conversation): boolean =>
  startedAt + (steps.find((step) => step.do === "end")?.at ?? 0) > NOW;

describe("history", () => {
  it("is the same for the same seed, ids included", () => {
    expect(createHistory({ seed: 1, now: NOW })).toEqual(history);
  });

  it("is another for another seed", () => {
    const ids = new Set(history.map(({ id }) => id));
    const other = createHistory({ seed: 2, now: NOW });
    expect(other.filter(({ id }) => ids.has(id))).toEqual([]);
    expect(other.map(({ from }) => from.name)).not.toEqual(history.map(({ from }) => from.name));
  });

  it("is full for every provider", () => {
    for (const name of SANDBOX_PROVIDERS) {
      const count = byProvider.get(name)?.length ?? 0;
      expect([name, count >= 100 && count <= 150]).toEqual([name, true]);
    }
  });

  it("gives every conversation its own id and every scenario its own name", () => {
    expect(new Set(history.map(({ id }) => id)).size).toBe(history.length);
    expect(new Set(SCENARIOS.map(({ name }) => name)).size).toBe(SCENARIOS.length);
  });

  it("goes back ninety days and no further, oldest first", () => {
    const starts = history.map(({ startedAt }) => startedAt);
    expect(starts).toEqual(starts.toSorted((one, other) => one - other));
    expect(starts[0]).toBeGreaterThanOrEqual(NOW - 90 * DAY_MS);
    expect(starts[0]).toBeLessThan(NOW - 80 * DAY_MS);
    expect(starts.at(-1)).toBeLessThanOrEqual(NOW);
  });

  it("has archived, recent and live conversations of every provider", () => {
    for (const name of SANDBOX_PROVIDERS) {
      const own = byProvider.get(name)!;
      expect([
        name,
        own.some(({ startedAt }) => startedAt < NOW - 16 * DAY_MS),
        own.some(({ startedAt }) => startedAt > NOW - 7 * DAY_MS),
        own.filter(isLive).length >= 5,
      ]).toEqual([name, true, true, true]);
    }
  });

  it("tells every conversation in order and ends it once", () => {
    for (const one of history) {
      const times = one.steps.map(({ at }) => at);
      expect(times).toEqual(times.toSorted((first, second) => first - second));
      expect(one.steps.filter((step) => step.do === "end")).toHaveLength(1);
      expect(times.every((at) => Number.isInteger(at) && at >= 0)).toBe(true);
    }
  });

  it("lets everything happen that a step can say", () => {
    const values = (list: readonly (string | null)[]): string[] => [...new Set(list.map(String))].sort();
    expect(values(steps.map((step) => step.do))).toEqual(
      [
        "answer",
        "end",
        "fax-page",
        "hangup",
        "hold",
        "mute",
        "queue",
        "recording",
        "report",
        "resume",
        "ring",
        "say",
        "transfer",
        "unmute",
      ].sort(),
    );
    expect(values(done("end").map(({ reason }) => reason))).toEqual(
      [
        "busy",
        "callee-hung-up",
        "caller-hung-up",
        "cancelled",
        "expired",
        "failed",
        "missed",
        "no-answer",
      ].sort(),
    );
    expect(values(done("hold").map(({ reason }) => reason))).toEqual(["none", "transferring"]);
    expect(values(done("say").map(({ who }) => who))).toEqual(["agent", "system", "user"]);
    expect(values(done("recording").map(({ outcome }) => outcome))).toEqual(
      ["failed", "pending", "ready", "suppressed", "uploading"].sort(),
    );
    expect(values(done("report").map(({ analysis }) => analysis))).toEqual([
      "completed",
      "failed",
      "heuristic",
    ]);

    const transfers = done("transfer").map(({ transfer }) => transfer);
    expect(values(transfers.map(({ kind }) => kind))).toEqual(["blind", "warm"]);
    expect(values(transfers.map(({ fallback }) => fallback))).toEqual(
      ["end_call", "null", "return_to_assistant", "take_message"].sort(),
    );
    expect(
      values(transfers.flatMap(({ destinations }) => destinations.map(({ outcome }) => outcome))),
    ).toEqual(["answered", "busy", "failed", "no-answer", "refused", "voicemail"].sort());
  });

  it("has every channel, direction and trait", () => {
    expect(new Set(history.map(({ channel }) => channel))).toEqual(new Set(["voice", "chat", "fax"]));
    expect(new Set(history.map(({ direction }) => direction))).toEqual(
      new Set(["inbound", "outbound", "internal", "transit"]),
    );
    const traits = history.flatMap((one) =>
      Object.entries(one.traits).flatMap(([key, value]) => (value === undefined ? [] : [key])),
    );
    expect([...new Set(traits)].sort()).toEqual(
      [
        "accountIndex",
        "agentIndex",
        "callback",
        "customerPath",
        "expirySeconds",
        "initiate",
        "language",
        "metadata",
        "outcome",
        "pin",
        "record",
        "serviceNumber",
        "singleParty",
        "status",
        "trunk",
        "userData",
      ].sort(),
    );
  });

  it("speaks with accents, and leaves no blank unfilled", () => {
    const said = done("say").map(({ text }) => text);
    expect(said.some((text) => /[ñ¿é]/.test(text))).toBe(true);
    expect(said.some((text) => /[äöüß]/.test(text))).toBe(true);
    const reports = done("report").flatMap(({ summary, outcome }) => [summary, outcome]);
    expect([...said, ...reports].filter((text) => /[{}]/.test(text))).toEqual([]);
  });

  it("uses no number that could be somebody's", () => {
    const people = history.flatMap(({ from, to, steps }) => [
      from,
      to,
      ...steps.flatMap((step) =>
        step.do === "transfer" ? step.transfer.destinations.map((one) => one.to) : [],
      ),
    ]);
    const numbers = people.flatMap(({ number }) => (number === null ? [] : [number]));
    expect(numbers.filter((number) => !isFictionalNumber(number))).toEqual([]);
    const emails = people.flatMap(({ email }) => (email === null ? [] : [email]));
    expect(emails.filter((email) => !/@([a-z]+\.)?example\.(com|test)$/.test(email))).toEqual([]);
  });

  it("links both halves of a shared talk to each other, at the same time and by every means", () => {
    const byId = new Map(history.map((one) => [one.id, one]));
    const linked = history.filter(({ links }) => links.length > 0);
    for (const one of linked) {
      for (const { conversationId, by, value } of one.links) {
        const other = byId.get(conversationId)!;
        expect(other.provider).not.toBe(one.provider);
        expect(other.links).toContainEqual({ conversationId: one.id, by, value });
        expect(Math.abs(other.startedAt - one.startedAt)).toBeLessThan(300_000);
      }
    }
    expect(new Set(linked.flatMap(({ links }) => links.map(({ by }) => by)))).toEqual(
      new Set(["call-id", "parties", "transfer-target", "virtual-number", "user-data"]),
    );
  });

  it("keeps every scenario in a shorter history", () => {
    const short = createHistory({ seed: 1, now: NOW, days: 3 });
    expect(short[0]!.startedAt).toBeGreaterThanOrEqual(NOW - 3 * DAY_MS);
    expect(short.length).toBeGreaterThanOrEqual(SCENARIOS.length);
    expect(short.length).toBeLessThan(history.length);
  });
});
