/** Webhook deliveries as Speko signs them (Standard Webhooks), for benches. */
import { createHmac, randomUUID } from "node:crypto";

export const SECRET = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const KEY = Buffer.from(SECRET.slice("whsec_".length), "base64");

/** The headers of a delivery with this body. @param key another than the gateway's makes it a forged one */
export function signed(body, key = KEY) {
  const id = `msg_${randomUUID()}`;
  const time = String(Math.floor(Date.now() / 1_000));
  const mac = createHmac("sha256", key).update(`${id}.${time}.${body}`).digest("base64");
  const proof = { "webhook-id": id, "webhook-timestamp": time, "webhook-signature": `v1,${mac}` };
  return { "content-type": "application/json", ...proof };
}
