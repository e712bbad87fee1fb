/** What becomes of sessions that somebody made through sandbox Plivo's API, and who is told of it. */
import { validateV3Signature } from "plivo";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startPlivoServer, type PlivoSandboxServer } from "../../src/sandbox/plivo/plivo-server.js";
import { startScriptedServer, type ScriptedServer } from "../support/scripted-server.js";

const START = Date.UTC(2026, 2, 1, 10);
let clock: number;
let receiver: ScriptedServer;
let server: PlivoSandboxServer;
beforeEach(async () => {
  clock = START;
  receiver = await startScriptedServer((_, response) => void response.writeHead(200).end());
});
afterEach(async () => {
  await server.close();
  await receiver[Symbol.asyncDispose]();
});

const start = async (havePeople: boolean) => {
  server = await startPlivoServer({ port: 0, host: "127.0.0.1", seed: 7, now: () => clock, havePeople });
};

const token = () => server.environment["PLIVO_AUTH_TOKEN"] ?? "";
async function api(method: string, path: string, body?: object): Promise<Record<string, unknown>> {
  const id = server.environment["PLIVO_AUTH_ID"];
  const response = await fetch(`${server.baseUrl}/v1/Account/${id}/Masking/Session/${path}`, {
    method,
    headers: {
      authorization: `Basic ${Buffer.from(`${id}:${token()}`).toString("base64")}`,
      "content-type": "application/json",
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  return (await response.json()) as Record<string, unknown>;
}

const create = async (given: object = {}) => {
  const parties = { first_party: "+12025550150", second_party: "+12125550160" };
  const made = await api("POST", "", { ...parties, callback_url: `${receiver.url}/hook?tenant=7`, ...given });
  return String(made["session_uuid"]);
};
/** The time, and somebody who asks, whereupon the sandbox notices. */
const pass = async (seconds: number, uuid: string) => {
  clock += seconds * 1000;
  return (await api("GET", uuid))["response"] as Record<string, unknown>;
};

/** Names of the events so far, by their numbers. */
function told(): string[] {
  const events = receiver.requests.map(({ query, body, method }) =>
    Object.fromEntries(method === "GET" ? query : new URLSearchParams(body)),
  );
  return events
    .sort((one, other) => Number(one["SequenceNumber"]) - Number(other["SequenceNumber"]))
    .map(({ EventName }) => EventName ?? "");
}
const untilTold = (...names: string[]) => expect.poll(told, { timeout: 10_000 }).toEqual(names);

describe("a session of the API", () => {
  test("is called back for what people do in it, signed with what the account has", async () => {
    await start(false);
    const uuid = await create({ callback_method: "GET" });
    server.happen(uuid, { do: "ring", party: "to" });
    server.happen(uuid, { do: "answer", party: "to" });
    server.happen(uuid, { do: "hangup", by: "from" });
    const names = ["SecondPartyRing", "SecondPartyAnswer", "FirstPartyHangup", "PartiesHangup"];
    await untilTold(...names.map((name) => `Session${name}`));
    for (const { method, url, headers } of receiver.requests) {
      const nonce = String(headers["x-plivo-signature-v3-nonce"]);
      const signature = String(headers["x-plivo-signature-v3"]);
      expect(validateV3Signature(method, receiver.url + url, nonce, token(), signature)).toBe(true);
    }
    await expect
      .poll(() => server.pushes.map(({ by, status }) => `${by} ${status}`))
      .toEqual(Array<string>(4).fill("webhook 200"));
    expect(await pass(1, uuid)).toMatchObject({ status: "active", interaction: [{ total_call_count: 2 }] });
  });

  test("tells that it has run out, when it has, and not when somebody has ended it", async () => {
    await start(false);
    const [extended, ended] = [await create({ session_expiry: 60 }), await create({ session_expiry: 60 })];
    await api("POST", extended, { session_expiry: 120 });
    await api("DELETE", ended);
    await pass(61, extended);
    expect(receiver.requests).toEqual([]);
    expect(await pass(60, extended)).toMatchObject({ status: "expired" });
    await untilTold("SessionTimeout");
    expect(receiver.requests[0]?.body).toContain(extended);
  });

  test("whose first party is rung in vain tells that the call is over", async () => {
    await start(false);
    const uuid = await create({ initiate_call_to_first_party: true, ring_timeout: 30 });
    expect(await pass(0, uuid)).toMatchObject({ status: "in-progress" });
    expect(await pass(30, uuid)).toMatchObject({ status: "active" });
    await untilTold("SessionPartiesHangup");
  });

  test("has people who pick up, talk and hang up, where there are any", async () => {
    await start(true);
    const callbacks = { recording_callback_url: receiver.url };
    const uuid = await create({ initiate_call_to_first_party: true, record: true, ...callbacks });
    expect(await pass(0, uuid)).toMatchObject({ status: "in-progress", total_call_count: 1 });
    expect(await pass(10, uuid)).toMatchObject({ status: "in-progress", total_call_count: 2 });
    expect(await pass(60, uuid)).toMatchObject({
      status: "active",
      interaction: [{ recording_resource_url: expect.any(String) as string }],
    });
    await untilTold(
      "SessionFirstPartyAnswer",
      "SessionSecondPartyRing",
      "SessionSecondPartyAnswer",
      "SessionSecondPartyHangup",
      "SessionPartiesHangup",
      "SessionRecordingCompleted",
    );
  });

  test("carries the signatures that the mode says, and no others", async () => {
    await start(false);
    for (const signatures of ["v2", "v3", "both"] as const) {
      server.setModes({ signatures });
      server.happen(await create(), { do: "ring", party: "to" });
    }
    await expect.poll(() => receiver.requests.length, { timeout: 10_000 }).toBe(3);
    const kinds = receiver.requests.map(({ headers }) =>
      ["v2", "v3"].filter((version) => headers[`x-plivo-signature-${version}`] !== undefined).join(),
    );
    expect(kinds.sort()).toEqual(["v2", "v2,v3", "v3"]);
  });
});
