import { afterEach, describe, expect, test } from "vitest";
import type { Inspection } from "../../../src/providers/provider.js";
import { sendJson, startScriptedServer, type Script } from "../../support/scripted-server.js";
import { connectSpeko, startSpeko, type SpekoServer } from "./speko-server.js";

let speko: SpekoServer | undefined;
afterEach(async () => {
  await speko?.[Symbol.asyncDispose]();
  speko = undefined;
});

type Answers = Readonly<Record<string, readonly [number, unknown]>>;

const WELL: Answers = {
  "/v1/organization": [200, { id: "org_1", name: "Trattoria" }],
  "/v1/sessions": [200, { entries: [], nextCursor: null }],
  "/v1/agents/agent_1/calls": [200, { calls: [], entries: [], next_cursor: null }],
  "/v1/webhooks": [200, { data: [toWebhook("https://gateway.example.com/sub/webhooks/speko")] }],
};

function toWebhook(url: string, events: readonly string[] = ["call.status", "call.report"]) {
  return { id: "we_1", name: "gateway", url, events };
}

function play(answers: Answers): Script {
  return (request, response) => {
    const [status, body] = answers[request.path] ?? [404, { error: "none", code: "NOT_FOUND" }];
    sendJson(response, body, status);
  };
}

async function inspect(
  answers: Answers,
  config: Parameters<typeof connectSpeko>[1] = { agentIds: ["agent_1"], webhookSecrets: ["secret"] },
): Promise<Inspection[]> {
  speko = await startSpeko(play({ ...WELL, ...answers }), config);
  return speko.connection.inspect();
}

const okOf = (rows: readonly Inspection[]) => Object.fromEntries(rows.map(({ what, ok }) => [what, ok]));

describe("doctor's look", () => {
  test("all is well, found out by reads alone", async () => {
    const rows = await inspect({});
    expect(okOf(rows)).toEqual({
      "read the organization": true,
      "list sessions": true,
      "list the calls of agent agent_1": true,
      webhook: true,
      "transfer and end calls, finalize reports": null,
    });
    expect(speko?.server.requests.map(({ method, url }) => `${method} ${url}`).sort()).toEqual([
      "GET /v1/agents/agent_1/calls?limit=1",
      "GET /v1/organization",
      "GET /v1/sessions?limit=1",
      "GET /v1/webhooks",
    ]);
    expect(rows[0]?.message).not.toContain("Trattoria");
  });

  test("a key that nobody knows fails row by row, and says what to do", async () => {
    const no = [401, { error: "Unauthorized", code: "UNAUTHORIZED" }] as const;
    const rows = await inspect(Object.fromEntries(Object.keys(WELL).map((path) => [path, no])));
    for (const row of rows.slice(0, 4)) {
      expect(row.ok).toBe(false);
      expect(row.message).toContain("API key");
    }
  });

  test("a server that cannot be reached is rows too", async () => {
    const server = await startScriptedServer(() => undefined);
    await server[Symbol.asyncDispose]();
    const { connection } = connectSpeko(server.url, { agentIds: ["agent_1"] });
    expect(okOf(await connection.inspect())).toMatchObject({
      "read the organization": false,
      "list sessions": false,
    });
    await connection.close();
  });

  test("one right that is missing is one row", async () => {
    const rows = await inspect({ "/v1/sessions": [403, { error: "Forbidden", code: "FORBIDDEN" }] });
    expect(okOf(rows)).toMatchObject({
      "read the organization": true,
      "list sessions": false,
      webhook: true,
    });
  });

  test("an agent that the organization does not have", async () => {
    const rows = await inspect({}, { agentIds: ["agent_1", "agent_x"] });
    expect(okOf(rows)).toMatchObject({
      "list the calls of agent agent_1": true,
      "list the calls of agent agent_x": false,
    });
    expect(rows.find(({ what }) => what.includes("agent_x"))?.message).toContain("SPEKO_AGENT_IDS");
  });

  test("a server without a page for the organization is no fault", async () => {
    expect(okOf(await inspect({ "/v1/organization": [404, {}] }))).toMatchObject({
      "read the organization": null,
    });
  });

  test.each<[string, readonly unknown[], boolean]>([
    ["none", [], false],
    ["another gateway's", [toWebhook("https://gateway.example.com/webhooks/speko2")], false],
    ["none that can be read", [null, { url: 7 }, { url: "nonsense" }], false],
    [
      "one that may change calls",
      [toWebhook("https://g.example.com/webhooks/speko", ["call.report", "call.pre_call"])],
      false,
    ],
    [
      "one that hears nothing of calls",
      [toWebhook("https://g.example.com/webhooks/speko", ["imessage.received"])],
      false,
    ],
    [
      "ours among others",
      [toWebhook("https://a.example.com/x"), toWebhook("https://g.example.com/webhooks/speko")],
      true,
    ],
    ["ours without its events", [{ url: "https://g.example.com/webhooks/speko" }], true],
  ])("webhooks: %s", async (_, data, ok) => {
    expect(okOf(await inspect({ "/v1/webhooks": [200, { data }] }))).toMatchObject({ webhook: ok });
  });

  test.each([403, 404])("webhooks that may not be listed (%i) cannot be told", async (status) => {
    expect(okOf(await inspect({ "/v1/webhooks": [status, {}] }))).toMatchObject({ webhook: null });
  });

  test("without a secret, webhooks are not looked for", async () => {
    const rows = await inspect({}, {});
    expect(okOf(rows)).toMatchObject({ webhook: null });
    expect(speko?.server.requests.map(({ path }) => path)).not.toContain("/v1/webhooks");
  });

  test("an aborted look rejects with its reason", async () => {
    speko = await startSpeko(play(WELL));
    const reason = new Error("enough");
    await expect(speko.connection.inspect({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});
