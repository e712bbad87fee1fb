/** Who follows one session is told, by the end, what a query finds afterwards: its timeline and its transcript, whole. */
import { createClient } from "graphql-ws";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { startTestWorld, untilSynchronised, type TestWorld } from "../support/gateway.js";

let world: TestWorld;
beforeAll(async () => {
  world = await startTestWorld({
    sandbox: { days: 2, traffic: { rate: 60, speed: 10 } },
    environment: { SWITCHBOARD_POLL_IDLE_MS: "500" },
  });
  await untilSynchronised(world.gateway);
}, 120_000);
afterAll(() => world[Symbol.asyncDispose]());

const TIMELINE = "subscription ($id: ID!) { timeline(sessionId: $id) { id } }";
const TRANSCRIPT = "subscription ($id: ID!) { transcript(sessionId: $id) { id } }";
const AFTERWARDS = `query ($id: ID!) {
  session(id: $id) { timeline(first: 100) { nodes { id } } transcript { entries(first: 100) { nodes { id } } } }
}`;

interface Afterwards {
  session: {
    timeline: { nodes: { id: string }[] } | null;
    transcript: { entries: { nodes: { id: string }[] } } | null;
  };
}

/** Everything that a subscription tells until it completes, each once. */
async function told(query: string, id: string): Promise<string[]> {
  const url = world.gateway.url.replace("http", "ws");
  const client = createClient({ url: `${url}/graphql`, webSocketImpl: WebSocket, retryAttempts: 0 });
  const ids = new Set<string>();
  try {
    for await (const { data, errors } of client.iterate<Record<string, { id: string }>>({
      query,
      variables: { id },
    })) {
      expect(errors).toBeUndefined();
      for (const value of Object.values(data ?? {})) ids.add(value.id);
    }
  } finally {
    await client.dispose();
  }
  return [...ids].sort();
}

async function compare(id: string): Promise<number> {
  const [timeline, transcript] = await Promise.all([told(TIMELINE, id), told(TRANSCRIPT, id)]);
  const { data, errors } = await world.gateway.query<Afterwards>(AFTERWARDS, { id });
  expect(errors).toEqual([]);
  const idsOf = (nodes: readonly { id: string }[] = []) => nodes.map((node) => node.id).sort();
  expect(timeline, id).toEqual(idsOf(data?.session.timeline?.nodes));
  expect(transcript, id).toEqual(idsOf(data?.session.transcript?.entries.nodes));
  return transcript.length;
}

async function sessions(filter: string): Promise<string[]> {
  const { data } = await world.gateway.query<{ sessions: { nodes: { id: string }[] } }>(
    `{ sessions(first: 6, filter: ${filter}) { nodes { id } } }`,
  );
  return data?.sessions.nodes.map(({ id }) => id) ?? [];
}

describe("one who follows a session", () => {
  it.each(["SPEKO", "EVO_VOICE"])(
    "that was over long ago is told all of it (%s)",
    async (provider) => {
      const before = new Date(Date.now() - 3_600_000).toISOString();
      const ids = await sessions(`{ providers: [${provider}], phases: [ENDED], startedBefore: "${before}" }`);
      expect(ids.length).toBeGreaterThan(3);
      const turns = await Promise.all(ids.map(compare));
      expect(Math.max(...turns)).toBeGreaterThan(0);
    },
    60_000,
  );

  it("that goes on is told what its provider writes down behind its end, too", async () => {
    let ids: string[] = [];
    await expect
      .poll(async () => (ids = await sessions("{ providers: [SPEKO], states: [IN_PROGRESS] }")), {
        timeout: 60_000,
      })
      .not.toEqual([]);
    await Promise.all(ids.map(compare));
  }, 150_000);
});
