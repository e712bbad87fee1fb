/** Signatures of callbacks (Plivo reference §13), by the vectors of Plivo's own SDK tests and the reference's. */
import { describe, expect, test } from "vitest";
import { signV3 } from "../../../src/providers/plivo/plivo.webhooks.js";
import { AUTH_TOKEN, connectPlivo } from "./connect-plivo.js";

const UUID = "3e82ae9d-2c78-4d85-b1a4-6eae7dbafb36";
const SDK = {
  authToken: "Y2Q2ZDgxZmY5YWRiOTI5YmQ1Njg0MTAxZWIyOTc4",
  nonce: "31627761595286130198",
  parameters: new URLSearchParams({
    Direction: "outbound",
    From: "19792014278",
    ALegUUID: UUID,
    ALegRequestUUID: UUID,
    CallUUID: UUID,
    RequestUUID: UUID,
    CallStatus: "in-progress",
    BillRate: "0.002",
    ParentAuthID: "MANWVLYTK4ZWU1YTY4QA",
    To: "sip:PlivoSignature382029104058171078704104@phone-qa.voice.plivodev.com",
    "SIP-H-To": "<sip:PlivoSignature382029104058171078704104@52.9.11.55;transport=udp>;tag=1",
    SessionStart: "2020-04-08 11:34:33.238707",
    Event: "StartApp",
  }),
};
const SDK_URL = "https://plivobin.non-prod.plivops.com/api/v1/validate_signature03.xml";

const MASKING = {
  authToken: "example_auth_token_for_docs",
  nonce: "12345678901234567890",
  parameters: new URLSearchParams({
    EventName: "SessionFirstPartyAnswer",
    EventTimestamp: "2024-01-03 13:36:02 +0000 UTC",
    SessionUUID: "4189591e-d004-4801-abdf-8893c15e5dcd",
    From: "12025550000",
    To: "12025551111",
    VirtualNumber: "12025552222",
    SequenceNumber: "1",
  }),
};
const HOOK = "https://hooks.example.com/plivo/session";

test.each([
  ["POST", `${SDK_URL}/?a=b&c=d`, "k7Pusd4OxCIjR5IfA9iedDNu/h/gbdYqdzG/MiYtd1c="],
  ["GET", `${SDK_URL}/?a=b&c=d`, "UBq8jAtd32wR8EK9VgxbBn4n5rpI/l1H9iN4WfSEHFQ="],
  ["POST", SDK_URL, "iAjE5QqI37mbkYe4w3jTMudqEzbDufdqi7sYwTu64e0="],
  ["GET", SDK_URL, "i/MQsaQSAd6fiKhOh2qeeeLHZ9faldADSb3/7+Akfbc="],
] as const)("V3 of the SDKs' %s %s", (method, url, signature) => {
  expect(signV3({ ...SDK, method, url })).toBe(signature);
});

test.each([
  [HOOK, "MJ0B9niveHdxKWzOMp6TMIEBpUKnuqhfwrCiXazFV4M="],
  [`${HOOK}#rt=5`, "MJ0B9niveHdxKWzOMp6TMIEBpUKnuqhfwrCiXazFV4M="],
  [`${HOOK}?tenant=7&env=prod`, "14gobua6qvfPQ4K4Gw4hOvpqS6pbxBWUOoSSXQmIg8g="],
])("V3 of a masking event posted to %s", (url, signature) => {
  expect(signV3({ ...MASKING, method: "POST", url })).toBe(signature);
});

test("V3 of a masking event that a GET carries in its URL", () => {
  const query = [...MASKING.parameters].map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("&");
  const url = `${HOOK}?tenant=7&${query}`;
  const parameters = new URLSearchParams();
  expect(signV3({ ...MASKING, method: "GET", url, parameters })).toBe(
    "3CnOEv0Iz/gXTAY1jpCDzNmyJ8qWSu2VnfHSmd+RoRc=",
  );
}); // prettier-ignore

describe("the probe", () => {
  const url = "https://gateway.example.com/webhooks/plivo?x=1";
  const { plivo } = connectPlivo("http://127.0.0.1:9");

  test("is a form about nobody's session, signed with the Auth Token for the address it goes to", () => {
    const probe = plivo.webhookProbe(url);
    expect(probe).toMatchObject({
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
    });
    const parameters = new URLSearchParams(probe?.body);
    expect(Object.fromEntries(parameters)).toEqual({
      EventName: "SwitchboardProbe",
      EventTimestamp: "2026-01-05 09:10:00 +0000 UTC",
      SessionUUID: "00000000-0000-0000-0000-000000000000",
      SequenceNumber: "1",
    });
    const nonce = probe?.headers["x-plivo-signature-v3-nonce"] ?? "";
    expect(nonce).toMatch(/^\d{20}$/);
    const signed = { method: "POST", parameters, nonce, authToken: AUTH_TOKEN } as const;
    expect(probe?.headers["x-plivo-signature-v3"]).toBe(signV3({ ...signed, url }));
    expect(probe?.headers["x-plivo-signature-v3"]).not.toBe(signV3({ ...signed, url: `${url}2` }));
    expect(JSON.stringify(probe)).not.toContain(AUTH_TOKEN);
  });

  test("is never the same twice", () => {
    const signatures = [1, 2].map(() => plivo.webhookProbe(url)?.headers["x-plivo-signature-v3"]);
    expect(signatures[0]).not.toBe(signatures[1]);
  });
});
