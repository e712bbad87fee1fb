/** Deliveries as providers send them, for tests of what becomes of them. */
import { createHmac, randomUUID } from "node:crypto";

/** The secrets that a gateway under test has. */
export const WEBHOOK_SECRETS = {
  SPEKO_WEBHOOK_SECRETS: "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
  PORTSIP_WEBHOOK_TOKEN: "token-of-the-tenant",
} as const;

export interface SpekoDelivery {
  id?: string;
  /** Seconds since the epoch. */
  at?: number;
  secret?: string;
  /** What is sent where that is not what was signed. */
  sent?: string;
}

/** A request to the route of a Speko connection. */
export function spekoDelivery(event: object | string, given: SpekoDelivery = {}): RequestInit {
  const { id = `msg_${randomUUID()}`, at = Math.floor(Date.now() / 1000) } = given;
  const { secret = WEBHOOK_SECRETS.SPEKO_WEBHOOK_SECRETS } = given;
  const body = typeof event === "string" ? event : JSON.stringify(event);
  const key = Buffer.from(secret.replace("whsec_", ""), "base64");
  const mac = createHmac("sha256", key).update(`${id}.${at}.${body}`).digest("base64");
  return {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "webhook-id": id,
      "webhook-timestamp": String(at),
      "webhook-signature": `v1,${mac}`,
    },
    body: given.sent ?? body,
  };
}

/** A request to the route of a PortSIP connection. */
export function portsipDelivery(
  event: object,
  token: string = WEBHOOK_SECRETS.PORTSIP_WEBHOOK_TOKEN,
): RequestInit {
  return {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json; charset=utf-8" },
    body: JSON.stringify(event),
  };
}
