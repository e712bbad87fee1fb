/** Which callbacks are taken, and what they are about (Plivo reference §12, §13). */
import { validateV3Signature } from "plivo";
import { describe, expect, test } from "vitest";
import type { WebhookDelivery } from "../../../src/providers/provider.js";
import { signV2, signV3 } from "../../../src/providers/plivo/plivo.webhooks.js";
import { AUTH_TOKEN, connectPlivo, createCommand, NOW, SESSION_ID } from "./connect-plivo.js";
import { startScriptedServer } from "../../support/scripted-server.js";

const URL_HERE = "https://gateway.example.com/webhooks/plivo";
const EVENT = {
  EventName: "SessionFirstPartyAnswer",
  EventTimestamp: "2026-01-05 09:10:00 +0000 UTC",
  SessionUUID: SESSION_ID.toUpperCase(),
  From: "12025550000",
  To: "12025551111",
  VirtualNumber: "12025552222",
  SequenceNumber: "1",
};
const NONCE = "12345678901234567890";
const { plivo } = connectPlivo("http://127.0.0.1:9");
const { plivo: lenient } = connectPlivo("http://127.0.0.1:9", { callbackSignatures: "v2" });

/** @param as what the signature says it is, where that is not what it is */
function post(
  event: Record<string, string> = EVENT,
  as: { token?: string; nonce?: string; url?: string; header?: string } = {},
): WebhookDelivery {
  const { token = AUTH_TOKEN, nonce = NONCE, url = URL_HERE, header = "x-plivo-signature-v3" } = as;
  const parameters = new URLSearchParams(event);
  const signature = signV3({ method: "POST", url, parameters, nonce, authToken: token });
  expect(validateV3Signature("POST", url, nonce, token, signature, event)).toBe(true);
  return {
    method: "POST",
    url: URL_HERE,
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      [header]: signature,
      "x-plivo-signature-v3-nonce": nonce,
    },
    body: Buffer.from(parameters.toString()),
  };
}

function verdict(delivery: WebhookDelivery, by = plivo) {
  const found = by.webhooks?.verify(delivery);
  if (found === undefined) throw new Error("expected a receiver");
  return found;
}
const genuine = (delivery: WebhookDelivery, by = plivo) => {
  const found = verdict(delivery, by);
  if (found.kind !== "genuine") throw new Error(found.reason);
  return found;
};

describe("V3", () => {
  test("of the owner, of the main account, and among several values", () => {
    const main = post(EVENT, { header: "x-plivo-signature-ma-v3" });
    const several = post();
    const signature = several.headers["x-plivo-signature-v3"] ?? "";
    const headers = { ...several.headers, "x-plivo-signature-v3": `${"A".repeat(43)}=, ${signature}` };
    for (const delivery of [post(), main, { ...several, headers }])
      expect(verdict(delivery).kind).toBe("genuine");
  });

  test("is about the session, which is read again", () => {
    const { message } = genuine(post());
    expect(plivo.webhooks?.read(message, NOW)).toEqual({
      about: { providerId: SESSION_ID.toUpperCase(), providerKey: SESSION_ID },
      snapshot: null,
    });
  });

  test("in JSON, and by GET in the URL", () => {
    const json = { ...post(), body: Buffer.from(JSON.stringify({ ...EVENT, SequenceNumber: 1 })) };
    const asJson = {
      ...json,
      headers: { ...json.headers, "content-type": "application/json; charset=utf-8" },
    };
    const url = `${URL_HERE}?tenant=7&${new URLSearchParams(EVENT).toString()}`;
    const parameters = new URLSearchParams();
    const signature = signV3({ method: "GET", url, parameters, nonce: NONCE, authToken: AUTH_TOKEN });
    const headers = { "x-plivo-signature-v3": signature, "x-plivo-signature-v3-nonce": NONCE };
    const asGet = { method: "GET", url, headers, body: Buffer.alloc(0) } as const;
    for (const delivery of [asJson, asGet])
      expect(plivo.webhooks?.read(genuine(delivery).message, NOW).about?.providerKey).toBe(SESSION_ID);
    expect(genuine(asJson).id).toBe(genuine(post()).id);
  });

  test("in JSON with numbers is signed as it is written", () => {
    const event = { ...EVENT, Amount: "0.10", Parts: "2.50" };
    const signed = post(event);
    const json = JSON.stringify(event).replace('"0.10"', "0.10").replace('"2.50"', "[2.50]");
    const headers = { ...signed.headers, "content-type": "application/json" };
    expect(genuine({ ...signed, headers, body: Buffer.from(json) }).id).toBe(genuine(signed).id);
  });

  test("of more than a callback can hold is refused before it is sorted", () => {
    expect(verdict(post({ ...EVENT, PlivoHangupCause: "x".repeat(20_000) })).kind).toBe("genuine");
    const large = post({ ...EVENT, PlivoHangupCause: "x".repeat(40_000) });
    expect(verdict(large)).toEqual({ kind: "refused", reason: "it is longer than any callback" });
  });

  test("an event that is sent again has the same id, another event another", () => {
    const { id, digest } = genuine(post());
    expect(genuine(post(EVENT, { nonce: "2" }))).toMatchObject({ id, digest });
    expect(genuine(post({ ...EVENT, SequenceNumber: "2" })).id).not.toBe(id);
  });

  test.each([
    ["another token", post(EVENT, { token: "another" })],
    ["another address", post(EVENT, { url: "https://other.example.com/webhooks/plivo" })],
    ["another query", { ...post(), url: `${URL_HERE}?a=b` }],
    ["another body", { ...post(), body: Buffer.from(new URLSearchParams({ ...EVENT, To: "1" }).toString()) }],
    ["another nonce", { ...post(), headers: { ...post().headers, "x-plivo-signature-v3-nonce": "2" } }],
    ["no nonce", { ...post(), headers: { ...post().headers, "x-plivo-signature-v3-nonce": undefined } }],
    ["no signature", { ...post(), headers: { "x-plivo-signature-v3-nonce": NONCE } }],
    [
      "an empty one",
      { ...post(), headers: { "x-plivo-signature-v3": " , ", "x-plivo-signature-v3-nonce": NONCE } },
    ],
    ["another verb", { ...post(), method: "GET" as const }],
  ])("%s is refused", (_, delivery) => {
    expect(verdict(delivery).kind).toBe("refused");
    expect(verdict(delivery, lenient).kind).toBe("refused");
  });
});

describe("V2", () => {
  test.each([
    ["https://answer.url", "ehV3IKhLysWBxC1sy8INm0qGoQYdYsHwuoKjsX7FsXc="],
    ["https://answer.url?a=b", "ehV3IKhLysWBxC1sy8INm0qGoQYdYsHwuoKjsX7FsXc="],
    ["https://answer.url/", "do1CXv+k99A6+B+eTcyqbxWlezFIxJ/1vz72787r37g="],
    ["https://answer.url:8000", "Gm7Z7AGBmf5JpSHrtUmeofrGyA4xV0ZiV0rH8JPXWGU="],
  ])("of the SDKs' %s", (url, signature) => {
    expect(signV2({ url, nonce: "12345", authToken: "my_auth_token" })).toBe(signature);
    expect(signV2({ url, nonce: "123456", authToken: "my_auth_token" })).not.toBe(signature);
    expect(signV2({ url, nonce: "12345", authToken: "my_auth_tokens" })).not.toBe(signature);
  });

  const old = (event = EVENT): WebhookDelivery => ({
    ...post(event),
    headers: {
      "x-plivo-signature-v2": signV2({ url: URL_HERE, nonce: NONCE, authToken: AUTH_TOKEN }),
      "x-plivo-signature-v2-nonce": NONCE,
    },
  });

  test("is taken only where that is configured, and never beside a V3 one", () => {
    expect(verdict(old()).kind).toBe("refused");
    expect(verdict(old(), lenient).kind).toBe("genuine");
    const both = {
      ...old(),
      headers: { ...old().headers, "x-plivo-signature-v3": "forged", "x-plivo-signature-v3-nonce": "1" },
    };
    expect(verdict(both, lenient).kind).toBe("refused");
  });

  test("does not cover the parameters: others under its nonce are something else under a used id", () => {
    const first = genuine(old(), lenient);
    const other = genuine(old({ ...EVENT, SessionUUID: "4189591e-d004-4801-abdf-8893c15e5dcd" }), lenient);
    expect(other.id).toBe(first.id);
    expect(other.digest).not.toBe(first.digest);
  });
});

test.each([
  "",
  "SessionUUID=",
  "SessionUUID=..%2F..",
  "EventName=X",
  "%00=%ff&&=",
  "SessionUUID=00000000-0000-0000-0000-000000000000",
])("nothing is read again for %j", (message) => {
  expect(plivo.webhooks?.read(message, NOW)).toEqual({ about: null, snapshot: null });
});

describe("new sessions", () => {
  test.each([
    ["have the route filled in", {}, { callback_url: URL_HERE }],
    [
      "have it for recordings too",
      { record: true },
      { callback_url: URL_HERE, record: true, recording_callback_url: URL_HERE },
    ],
    [
      "keep what their creator gave",
      {
        callbackUrl: "https://theirs.example.com/a",
        record: true,
        recordingCallbackUrl: "https://theirs.example.com/b",
      },
      {
        callback_url: "https://theirs.example.com/a",
        record: true,
        recording_callback_url: "https://theirs.example.com/b",
      },
    ],
  ])("%s", async (_, given, sent) => {
    await using server = await startScriptedServer((_request, response) => {
      response.writeHead(201, { "content-type": "application/json" });
      response.end(JSON.stringify({ session_uuid: SESSION_ID }));
    });
    await using told = connectPlivo(server.url, {}, 5_000, URL_HERE);
    const input = { firstParty: "+12025550100", secondParty: "+12025550101", ...given };
    await told.plivo.commands.send(createCommand(input), { timeoutMs: 5_000 });
    const body = JSON.parse(server.requests[0]?.body ?? "") as object;
    expect(body).toEqual({ first_party: "+12025550100", second_party: "+12025550101", ...sent });
  });
});
