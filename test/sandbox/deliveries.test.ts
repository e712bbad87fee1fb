/** What the sandbox's providers send by themselves, judged by the vendors' own clients and by the references. */
import { createHmac } from "node:crypto";
import { validateV3Signature } from "plivo";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Conversation, SandboxProviderName, Step } from "../../src/sandbox/conversation.js";
import { startSandbox, type Sandbox } from "../../src/sandbox/sandbox.js";
import { startScriptedServer, type ScriptedServer, type SeenRequest } from "../support/scripted-server.js";

let sandbox: Sandbox;
let receiver: ScriptedServer;
beforeEach(async () => {
  sandbox = await startSandbox({ traffic: null, days: 0 });
  receiver = await startScriptedServer((_, response) => void response.writeHead(200).end());
});
afterEach(async () => {
  await sandbox.close();
  await receiver[Symbol.asyncDispose]();
});

const person = (name: string, number: string) => ({ name, number, extension: null, email: null });
function begin(provider: SandboxProviderName, traits: Conversation["traits"] = {}): Conversation {
  const conversation: Conversation = {
    id: `deliveries/${provider}`,
    provider,
    channel: "voice",
    direction: "outbound",
    from: person("Ada", "+12025550150"),
    to: person("Ben", "+12125550160"),
    startedAt: Date.now(),
    steps: [],
    traits,
    links: [],
  };
  sandbox.begin(conversation);
  return conversation;
}

const STEPS: readonly Step[] = [
  { at: 0, do: "ring", party: "to" },
  { at: 0, do: "answer", party: "from" },
  { at: 0, do: "answer", party: "to" },
  { at: 0, do: "end", reason: "caller-hung-up" },
];
const play = (conversation: Conversation) => STEPS.forEach((step) => sandbox.apply(conversation, step));
const until = (count: number) => expect.poll(() => receiver.requests.length, { timeout: 5_000 }).toBe(count);

describe("plivo", () => {
  const token = () => sandbox.environment["PLIVO_AUTH_TOKEN"] ?? "";
  const isGenuine = ({ method, url, headers, body }: SeenRequest) =>
    validateV3Signature(
      method,
      receiver.url + url,
      String(headers["x-plivo-signature-v3-nonce"]),
      token(),
      String(headers["x-plivo-signature-ma-v3"]),
      Object.fromEntries(new URLSearchParams(body)),
    );

  test("calls back for each step, signed as the official client checks", async () => {
    sandbox.servers.plivo.deliverTo(`${receiver.url}/hook?tenant=7`);
    play(begin("plivo"));
    await until(4);
    expect(receiver.requests.map(isGenuine)).toEqual([true, true, true, true]);
    const told = receiver.requests.map(({ query, body, method }) =>
      Object.fromEntries(method === "GET" ? query : new URLSearchParams(body)),
    );
    expect(told.map(({ EventName }) => EventName).sort()).toEqual([
      "SessionFirstPartyAnswer",
      "SessionPartiesHangup",
      "SessionSecondPartyAnswer",
      "SessionSecondPartyRing",
    ]);
    const [session] = sandbox.servers.plivo.records()["session"] ?? [];
    for (const event of told) expect(event["SessionUUID"]).toBe(session?.["session_uuid"]);
    expect(told.map(({ SequenceNumber }) => SequenceNumber).sort()).toEqual(["1", "2", "3", "4"]);
  });

  test("calls nobody outside of this machine", async () => {
    sandbox.servers.plivo.deliverTo("https://hooks.example.com/plivo");
    play(begin("plivo"));
    sandbox.servers.plivo.deliverTo(receiver.url);
    const [record] = sandbox.servers.plivo.records()["session"] ?? [];
    expect(record?.["callback_url"]).toBe("https://hooks.example.com/plivo");
    expect(receiver.requests).toEqual([]);
  });
});

test("speko signs what it posts as Standard Webhooks, and posts again what was not taken", async () => {
  let refusals = 1;
  receiver.play((_, response) => void response.writeHead((refusals -= 1) >= 0 ? 503 : 204).end());
  sandbox.servers.speko.deliverTo(receiver.url);
  const call = begin("speko");
  sandbox.apply(call, { at: 0, do: "answer", party: "to" });
  await until(2);
  const secret = sandbox.webhookEnvironment["SPEKO_WEBHOOK_SECRETS"] ?? "";
  const key = Buffer.from(secret.replace("whsec_", ""), "base64");
  for (const { headers, body } of receiver.requests) {
    const signed = `${String(headers["webhook-id"])}.${String(headers["webhook-timestamp"])}.${body}`;
    const mac = createHmac("sha256", key).update(signed).digest("base64");
    expect(headers["webhook-signature"]).toBe(`v1,${mac}`);
    expect(JSON.parse(body)).toMatchObject({ type: "call.status", status: "active" });
  }
  const [first, second] = receiver.requests;
  expect(second?.headers["webhook-id"]).toBe(first?.headers["webhook-id"]);
});

test("portsip posts with the token of the tenant", async () => {
  sandbox.servers.portsip.deliverTo(receiver.url);
  play(begin("portsip"));
  await expect.poll(() => receiver.requests.length, { timeout: 5_000 }).toBeGreaterThan(2);
  const token = sandbox.webhookEnvironment["PORTSIP_WEBHOOK_TOKEN"];
  for (const { headers } of receiver.requests) expect(headers.authorization).toBe(`Bearer ${token}`);
});
