/** Speko's webhook deliveries, signed as Standard Webhooks (Speko reference §11.3). */
import { createHmac, randomUUID } from "node:crypto";
import { parseJson } from "../../http/parse-json.js";
import type { EpochMs } from "../../model/index.js";
import {
  digestOf,
  isSameSecret,
  NO_NEWS,
  refused,
  type WebhookProbe,
  type WebhookReceiver,
} from "../webhooks.js";
import { readObject } from "../wire/index.js";

/** Secrets with it are base64 behind it; any other is used by its own bytes. */
const BASE64_PREFIX = "whsec_";

/** What a signature covers. */
export interface SignedDelivery {
  /** `webhook-id`. */
  id: string;
  /** `webhook-timestamp`: seconds since the epoch. */
  timestamp: number;
  /** The body as it is on the wire. */
  body: string | Buffer;
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
  const mac = createHmac("sha256", toWebhookKey(secret)).update(`${id}.${timestamp}.`).update(body);
  return `v1,${mac.digest("base64")}`;
}

/** A delivery of a type that nothing here or at Speko knows, under an id of its own. */
export function createSpekoProbe(secret: string, now: EpochMs): WebhookProbe {
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

/** How far its time may lie from ours, either way, milliseconds. */
const WINDOW_MS = 300_000;
/** Longer than any id of a delivery. */
const MAX_ID_LENGTH = 256;
/** Of our version, wherever they stand: the vendor separates them by commas, the standard by spaces. */
const SIGNATURES = /v1,[A-Za-z0-9+/]{43}=/g;
/** More than a rotation has; what follows is not looked at. */
const MAX_SIGNATURES = 10;

/** The one event whose answer would change a call, so that nobody should subscribe a gateway to it (§11.2). */
const ASKS = "call.pre_call";

/** What connects a receiver to its connection. */
export interface SpekoReceiverOptions {
  /** At least one; several during a rotation. */
  secrets: readonly string[];
  isProviderId(id: string): boolean;
  now: () => EpochMs;
}

/** Takes deliveries that one of the secrets has signed, less than five minutes ago. */
export function createSpekoReceiver({ secrets, isProviderId, now }: SpekoReceiverOptions): WebhookReceiver {
  return {
    verify({ method, headers, body }) {
      const id = headers["webhook-id"] ?? "";
      const time = headers["webhook-timestamp"] ?? "";
      if (method !== "POST") return refused("it is no POST");
      if (id === "" || id.length > MAX_ID_LENGTH || !/^\d{1,12}$/.test(time))
        return refused("its id or its time is missing");
      const timestamp = Number(time);
      if (Math.abs(now() - timestamp * 1000) > WINDOW_MS) return refused("its time is not now");
      const given = headers["webhook-signature"]?.match(SIGNATURES)?.slice(0, MAX_SIGNATURES) ?? [];
      // What is not signed at all costs no more than this.
      if (given.length === 0) return refused("it is not signed");
      const isSigned = secrets.some((secret) => {
        const own = signDelivery(secret, { id, timestamp, body });
        return given.some((signature) => isSameSecret(signature, own));
      });
      if (!isSigned) return refused("none of the secrets has signed it");
      return { kind: "genuine", id, digest: digestOf(body), message: body.toString("utf8") };
    },

    /**
     * Which call it is about. Payloads have no published schema: a delivery is a hint to read the call again (§11.2).
     * Events of other families come to the same endpoint, and mean nothing here.
     */
    read(message) {
      const event = readObject(parseJson(message), []);
      const type = event?.text("type") ?? "";
      const id = event?.text("session_id") ?? event?.text("call_id") ?? null;
      const isOurs = type.startsWith("call.") && type !== ASKS;
      if (!isOurs || id === null || !isProviderId(id)) return NO_NEWS;
      return { about: { providerId: id, providerKey: id }, snapshot: null };
    },
  };
}
