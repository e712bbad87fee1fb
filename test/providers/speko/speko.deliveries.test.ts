/** Which deliveries are taken, and what they are about (Speko reference §11.2, §11.3). */
import { describe, expect, test } from "vitest";
import type { WebhookDelivery } from "../../../src/providers/provider.js";
import { spekoModule } from "../../../src/providers/speko/speko.module.js";
import { createSpekoReceiver, signDelivery } from "../../../src/providers/speko/speko.webhooks.js";

const SECRET = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const OLD_SECRET = "plain-shared-secret";
const AT = 1767225600;
const BODY =
  '{"type":"call.status","call_id":"call_0001","session_id":"call_0001","organization_id":"org_0001","agent_id":"agent_0001","direction":"outbound","status":"ended"}';
/** The reference's own vectors. */
const VECTOR = "v1,4v3Hy4xO4OCWXujs59R1WWWG61gQw2fNfRN+1SEioxw=";
const PLAIN_VECTOR = "v1,9X55FSCa440QGfcTm69+lHqbYB0sh5M2LCJXnTbVVbg=";
const OTHER = `v1,${"A".repeat(43)}=`;

function delivery(headers: Record<string, string | undefined> = {}, body = BODY): WebhookDelivery {
  return {
    method: "POST",
    url: "https://gateway.example.com/webhooks/speko",
    headers: {
      "webhook-id": "msg_0001",
      "webhook-timestamp": String(AT),
      "webhook-signature": VECTOR,
      ...headers,
    },
    body: Buffer.from(body),
  };
}

const isProviderId = (id: string) => spekoModule.isProviderId(id);
function verify(given: WebhookDelivery, { secrets = [SECRET], skewSeconds = 0 } = {}) {
  return createSpekoReceiver({ secrets, isProviderId, now: () => (AT + skewSeconds) * 1000 }).verify(given);
}

describe("is taken", () => {
  test.each([
    ["the reference's vector", delivery()],
    ["among several, by the standard's spaces", delivery({ "webhook-signature": `${OTHER} ${VECTOR} v2,x` })],
    ["among several, by the vendor's commas", delivery({ "webhook-signature": `${OTHER},${VECTOR}` })],
  ])("%s", (_, given) => {
    expect(verify(given)).toMatchObject({ kind: "genuine", id: "msg_0001", message: BODY });
  });

  test.each([-300, 300])("%i s from now", (skewSeconds) => {
    expect(verify(delivery(), { skewSeconds }).kind).toBe("genuine");
  });

  test("by any of the secrets while they are rotated, and no longer when the old one is gone", () => {
    const old = delivery({ "webhook-signature": PLAIN_VECTOR });
    expect(verify(old, { secrets: [SECRET, OLD_SECRET] }).kind).toBe("genuine");
    expect(verify(delivery(), { secrets: [OLD_SECRET, SECRET] }).kind).toBe("genuine");
    expect(verify(old).kind).toBe("refused");
  });

  test("over its bytes, be they text or not", () => {
    const body = Buffer.from([0x7b, 0xff, 0xfe, 0x00, 0x7d]);
    const signature = signDelivery(SECRET, { id: "msg_0001", timestamp: AT, body });
    const verdict = verify({ ...delivery({ "webhook-signature": signature }), body });
    expect(verdict.kind).toBe("genuine");
  });
});

describe("is refused", () => {
  test.each([
    ["another body", delivery({}, BODY.replace("ended", "failed"))],
    ["another id", delivery({ "webhook-id": "msg_0002" })],
    ["another time", delivery({ "webhook-timestamp": String(AT + 1) })],
    ["a time that is none", delivery({ "webhook-timestamp": "1767225600.0" })],
    ["no id", delivery({ "webhook-id": undefined })],
    ["an endless id", delivery({ "webhook-id": "m".repeat(257) })],
    ["no signature", delivery({ "webhook-signature": undefined })],
    ["another version", delivery({ "webhook-signature": VECTOR.replace("v1", "v2") })],
    ["another signature", delivery({ "webhook-signature": OTHER })],
    ["one that is cut", delivery({ "webhook-signature": VECTOR.slice(0, -2) })],
    ["a GET", { ...delivery(), method: "GET" as const }],
  ])("%s", (_, given) => {
    expect(verify(given).kind).toBe("refused");
  });

  test.each([-301, 301])("%i s from now", (skewSeconds) => {
    expect(verify(delivery(), { skewSeconds }).kind).toBe("refused");
  });

  test("with another secret", () => {
    expect(verify(delivery(), { secrets: ["whsec_AAAA"] }).kind).toBe("refused");
  });

  test("the real one behind a hundred others is not looked for", () => {
    const many = `${Array(100).fill(OTHER).join(" ")} ${VECTOR}`;
    expect(verify(delivery({ "webhook-signature": many })).kind).toBe("refused");
  });
});

describe("is about", () => {
  const { read } = createSpekoReceiver({ secrets: [SECRET], isProviderId, now: () => AT * 1000 });
  const about = (event: unknown) => read(JSON.stringify(event), AT * 1000).about?.providerId ?? null;

  test.each([
    [{ type: "call.status", session_id: "s1", call_id: "c1" }, "s1"],
    [{ type: "call.report", call_id: "c1" }, "c1"],
    [{ type: "call.something_new", session_id: "s1" }, "s1"],
    [{ type: "call.pre_call", session_id: "s1" }, null],
    [{ type: "imessage.received", session_id: "s1" }, null],
    [{ type: "call.status", session_id: ".." }, null],
    [{ type: "call.status", session_id: 7 }, "7"],
    [{ type: "switchboard.probe" }, null],
    [{ session_id: "s1" }, null],
    [[], null],
    [null, null],
  ])("%j: %j", (event, id) => {
    expect(about(event)).toBe(id);
  });

  test("what is no JSON cannot be read", () => {
    expect(() => read("{", 0)).toThrow();
  });
});
