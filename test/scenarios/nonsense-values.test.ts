/** Values of the wrong type and words nobody documented: one field fails or says UNKNOWN, the row and the page stand. */
import { expect, it } from "vitest";
import { SANDBOX_PROVIDERS } from "../../src/sandbox/conversation.js";
import { startTestWorld } from "../support/gateway.js";

const READ = `query ($connections: [String!]) {
  sessions(first: 100, filter: { connections: $connections }, maxAge: 0) {
    nodes {
      id state startedAt endedAt durationSeconds members { id muted } interactions { id startedAt }
      ... on PlivoSession { duration createdTime } ... on SpekoSession { language createdAt }
      ... on EvoVoiceSession { dateCreated wasMissed } ... on PortsipSession { calls { startedAt talkingTime } }
    }
    sources { ok }
  }
}`;

interface Answer {
  sessions: { nodes: { id: string; state: string }[]; sources: { ok: boolean }[] };
}

it.each(SANDBOX_PROVIDERS)(
  "%s sends wrong types from the start: every session is there, each bad field says so",
  async (name) => {
    await using world = await startTestWorld({ sandbox: { days: 3 } });
    const before = await world.gateway.query<Answer>(READ, { connections: [name] });
    expect(before.errors).toEqual([]);
    await using strange = await startTestWorld({ sandbox: { days: 0 } });
    for (const one of world.sandbox.conversations.filter(({ provider }) => provider === name)) {
      strange.sandbox.begin(one);
      for (const step of one.steps) {
        const at = one.startedAt + step.at;
        if (at <= Date.now()) strange.sandbox.apply(one, step, at);
      }
    }
    strange.sandbox.servers[name].setFaults({ malformed: "wrong-types" });
    await strange.gateway.running.sync.look([name], 0, 10_000);
    const { data, errors } = await strange.gateway.query<Answer>(READ, { connections: [name] });
    expect(data?.sessions.nodes.length).toBeGreaterThan(0);
    expect(errors.length).toBeGreaterThan(0);
    expect(new Set(errors.map(({ extensions }) => extensions["code"]))).toEqual(
      new Set(["PROVIDER_BAD_RESPONSE"]),
    );
    expect(errors.every(({ path }) => path !== undefined && path.length > 3)).toBe(true);
  },
  60_000,
);

it.each(SANDBOX_PROVIDERS)(
  "%s uses words nobody documented: nothing fails, and nothing that ended comes back",
  async (name) => {
    await using world = await startTestWorld({ sandbox: { days: 3 } });
    const before = await world.gateway.query<Answer>(READ, { connections: [name] });
    world.sandbox.servers[name].setFaults({ unknownEnums: true });
    const { data, errors } = await world.gateway.query<Answer>(READ, { connections: [name] });
    expect(errors).toEqual([]);
    expect(data?.sessions.nodes.map(({ id }) => id)).toEqual(before.data?.sessions.nodes.map(({ id }) => id));
    const ended = new Set(["COMPLETED", "MISSED", "NO_ANSWER", "BUSY", "CANCELLED", "FAILED", "EXPIRED"]);
    const states = new Map(data?.sessions.nodes.map(({ id, state }) => [id, state]));
    for (const { id, state } of before.data?.sessions.nodes ?? []) {
      if (ended.has(state)) expect(ended.has(states.get(id) ?? "")).toBe(true);
    }
  },
  60_000,
);
