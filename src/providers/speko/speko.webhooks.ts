/** Speko's webhook deliveries, signed as Standard Webhooks (Speko reference §11.3). */
import { createHmac, randomUUID } from "node:crypto";
import type { EpochMs } from "../../model/index.js";
import type { WebhookProbe } from "../provider.js";

/** Secrets with it are base64 behind it; any other is used by its own bytes. */
const BASE64_PREFIX = "whsec_";

/** What a signature covers. */
export interface SignedDelivery {
  /** `webhook-id`. */
  id: string;
  /** `webhook-timestamp`: seconds since the epoch. */
  timestamp: number;
  /** The body as it is on the wire. */
  body: string;
}

/** The key that a configured secret stands for. */
export function toWebhookKey(secret: string): Buffer {
  return secret.startsWith(BASE64_PREFIX)
    ? Buffer.from(secret.slice(BASE64_PREFIX.length), "base64")
    : Buffer.from(secret, "utf8");
}

/** True unless a secret says of itself that it is base64 and is not: its key would be short, or none at all. */
export function isWebhookSecret(secret: string): boolean {
  return !secret.startsWith(BASE64_PREFIX) || /^whsec_(?=.)[A-Za-z0-9+/]+={0,2}$/.test(secret);
}

/** The value of `webhook-signature`: `v1,` and base64 of HMAC-SHA256 over id, time and body. */
export function signDelivery(secret: string, { id, timestamp, body }: SignedDelivery): string {
  const mac = createHmac("sha256", toWebhookKey(secret)).update(`${id}.${timestamp}.${body}`);
  return `v1,${mac.digest("base64")}`;
}

/** A delivery of a type that nothing here or at Speko knows, under an id of its own. */
export function toWebhookProbe(secret: string, now: EpochMs): WebhookProbe {
  const delivery = {
    id: `probe_${randomUUID()}`,
    timestamp: Math.floor(now / 1000),
    body: JSON.stringify({ type: "switchboard.probe" }),
  };
  return {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "webhook-id": delivery.id,
      "webhook-timestamp": String(delivery.timestamp),
      "webhook-signature": signDelivery(secret, delivery),
    },
    body: delivery.body,
  };
}
