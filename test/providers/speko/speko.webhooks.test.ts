import { createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import { spekoModule } from "../../../src/providers/speko/speko.module.js";
import { signDelivery } from "../../../src/providers/speko/speko.webhooks.js";
import { connectSpeko, NOW } from "./speko-server.js";

/** Speko reference §11.3, the computed vectors. */
const SECRET = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const PLAIN = "plain-shared-secret";
const DELIVERY = {
  id: "msg_0001",
  timestamp: 1767225600,
  body: '{"type":"call.status","call_id":"call_0001","session_id":"call_0001","organization_id":"org_0001","agent_id":"agent_0001","direction":"outbound","status":"ended"}',
};

const KEYS: readonly [string, Buffer][] = [
  [SECRET, Buffer.from(Array.from({ length: 32 }, (_, index) => index))],
  [PLAIN, Buffer.from("plain-shared-secret")],
];

function probe(webhookSecrets?: readonly string[]) {
  const { connection } = connectSpeko(
    "http://127.0.0.1:9",
    webhookSecrets === undefined ? {} : { webhookSecrets },
  );
  return connection.webhookProbe("https://gateway.example.com/webhooks/speko");
}

describe("signature", () => {
  test.each([
    [SECRET, "v1,4v3Hy4xO4OCWXujs59R1WWWG61gQw2fNfRN+1SEioxw="],
    [PLAIN, "v1,9X55FSCa440QGfcTm69+lHqbYB0sh5M2LCJXnTbVVbg="],
  ])("with the secret %s is that of the reference", (secret, signature) => {
    expect(DELIVERY.body).toHaveLength(162);
    expect(signDelivery(secret, DELIVERY)).toBe(signature);
  });
});

describe("probe", () => {
  test.each(KEYS)("is signed with the first secret, now, over the body as it is: %s", (secret, key) => {
    const other = secret === SECRET ? PLAIN : SECRET;
    const found = probe([secret, other]);
    if (found === null) expect.fail("expected a probe");
    const { method, headers, body } = found;
    expect(method).toBe("POST");
    expect(headers["content-type"]).toBe("application/json");
    expect(JSON.parse(body)).toEqual({ type: "switchboard.probe" });
    expect(headers["webhook-timestamp"]).toBe(String(NOW / 1000));
    const signed = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
    const mac = createHmac("sha256", key).update(signed).digest("base64");
    expect(headers["webhook-signature"]).toBe(`v1,${mac}`);
  });

  test("has an id of its own each time, so that none is taken for a repetition", () => {
    expect(probe([SECRET])?.headers["webhook-id"]).not.toBe(probe([SECRET])?.headers["webhook-id"]);
  });

  test.each([[undefined], [[]]])("is null without a secret: %j", (secrets) => {
    expect(probe(secrets)).toBeNull();
  });
});

describe("configuration", () => {
  const check = (values: Record<string, string[]>) =>
    spekoModule.checkConfig?.({ apiKey: "sk_live_x", ...values });

  test.each([[SECRET], [PLAIN], [SECRET, PLAIN]])("secrets like %s are fine", (...webhookSecrets) => {
    expect(check({ webhookSecrets })).toEqual([]);
  });

  test.each(["whsec_", "whsec_not base64", "whsec_====", "whsec_a.b"])(
    "%s would sign with less than it looks like",
    (secret) => {
      const problems = check({ webhookSecrets: [PLAIN, secret] });
      expect(problems).toHaveLength(1);
      expect(problems?.[0]).toMatch(/^webhookSecrets \(SPEKO_WEBHOOK_SECRETS\)/);
      expect(problems?.[0]).not.toContain(PLAIN);
    },
  );

  test("an agent id has to fit into a path", () => {
    expect(check({ agentIds: ["agent_1", ".."] })?.[0]).toMatch(/^agentIds \(SPEKO_AGENT_IDS\)/);
  });
});
