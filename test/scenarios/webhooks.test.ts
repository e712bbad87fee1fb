/** From something that happens at a provider to a stored session, by its webhook alone: nothing polls. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startSandbox, type Sandbox } from "../../src/sandbox/sandbox.js";
import type { Conversation, Step } from "../../src/sandbox/conversation.js";
import { startTestGateway, untilSynchronised, type TestGateway } from "../support/gateway.js";

let sandbox: Sandbox;
let gateway: TestGateway;

beforeAll(async () => {
  sandbox = await startSandbox({ traffic: null, days: 1 });
});
afterAll(() => sandbox.close());
beforeEach(async () => {
  gateway = await startTestGateway({
    environment: { ...sandbox.environment, ...sandbox.webhookEnvironment },
  });
  await untilSynchronised(gateway);
  for (const server of Object.values(sandbox.servers))
    server.deliverTo(`${gateway.url}/webhooks/${server.name}`);
});
afterEach(async () => {
  for (const server of Object.values(sandbox.servers)) server.deliverTo(null);
  await gateway[Symbol.asyncDispose]();
});

let made = 0;
function conversation(provider: "plivo" | "speko" | "portsip"): Conversation {
  made += 1;
  const person = (name: string, number: string, extension: string | null = null) => ({
    name,
    number,
    extension,
    email: null,
  });
  return {
    id: `webhooks/${provider}/${made}`,
    provider,
    channel: "voice",
    direction: provider === "portsip" ? "inbound" : "outbound",
    from: person("Ada", `+1202555${String(made).padStart(4, "0")}`),
    to: person("Ben", "+12125550160", provider === "portsip" ? "1001" : null),
    startedAt: Date.now(),
    steps: [],
    traits: provider === "portsip" ? { trunk: "main" } : {},
    links: [],
  };
}

/** When a connection's last webhook came. */
async function lastReceivedAt(connection: string): Promise<number> {
  const { data } = await gateway.query<{
    connections: { name: string; webhooks: { lastReceivedAt: string | null } | null }[];
  }>("{ connections { name webhooks { lastReceivedAt } } }");
  const inbox = data?.connections.find(({ name }) => name === connection)?.webhooks;
  return Date.parse(inbox?.lastReceivedAt ?? "1970-01-01");
}

/** What is stored of the newest session of a connection, without asking its provider. */
async function newest(connection: string): Promise<Record<string, unknown> | undefined> {
  const { data } = await gateway.query<{ sessions: { nodes: Record<string, unknown>[] } }>(
    `query ($of: [String!]) { sessions(first: 1, filter: { connections: $of }, orderBy: { field: STARTED_AT, direction: DESC }) {
      nodes { providerId state phase direction startedAt } } }`,
    { of: [connection] },
  );
  return data?.sessions.nodes[0];
}

const STEPS: Readonly<Record<string, readonly [Step, Record<string, unknown>][]>> = {
  plivo: [
    [{ at: 0, do: "ring", party: "to" }, { state: "IN_PROGRESS" }],
    [{ at: 0, do: "end", reason: "caller-hung-up" }, { phase: "ENDED" }],
  ],
  speko: [
    [
      { at: 0, do: "answer", party: "to" },
      { phase: "LIVE", state: "IN_PROGRESS" },
    ],
    [
      { at: 0, do: "end", reason: "caller-hung-up" },
      { phase: "ENDED", state: "COMPLETED" },
    ],
  ],
  portsip: [
    [
      { at: 0, do: "ring", party: "to" },
      { phase: "LIVE", direction: "INBOUND" },
    ],
    [
      { at: 0, do: "answer", party: "to" },
      { phase: "LIVE", state: "IN_PROGRESS" },
    ],
    [
      { at: 0, do: "end", reason: "caller-hung-up" },
      { phase: "ENDED", state: "COMPLETED" },
    ],
  ],
};

const LISTS = {
  plivo: /Session\/?\?/,
  speko: /\/v1\/(?:sessions|agents)/,
  portsip: /\/sessions\/?(?:\?|$)|started_at%20ge/,
} as const;

describe.each(["plivo", "speko", "portsip"] as const)("%s", (provider) => {
  it("each step is stored when its webhook comes", async () => {
    const before = await newest(provider);
    const talk = conversation(provider);
    sandbox.begin(talk);
    sandbox.servers[provider].forget();
    for (const [step, expected] of STEPS[provider] ?? []) {
      const steppedAt = Date.now();
      sandbox.apply(talk, step);
      await expect.poll(() => newest(provider), { timeout: 8_000, interval: 20 }).toMatchObject(expected);
      expect(await lastReceivedAt(provider)).toBeGreaterThanOrEqual(steppedAt);
      expect((await newest(provider))?.["providerId"]).not.toBe(before?.["providerId"]);
    }
    // The session itself was read, and no list.
    const asked = sandbox.servers[provider].requests
      .map(({ url }) => url)
      .filter((url) => !/auth|login/.test(url));
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.filter((url) => LISTS[provider].test(url))).toEqual([]);
  }, 30_000);
});
