/** What a provider sends by itself, and what all of them do with it alike. */
import { createHash, timingSafeEqual } from "node:crypto";
import type { EpochMs, SessionSnapshot } from "../model/index.js";

/** A request to this gateway's own webhook route, signed as the provider signs. */
export interface WebhookProbe {
  method: "POST" | "GET";
  headers: Readonly<Record<string, string>>;
  body: string;
}

/** A request that came in on the webhook route, untouched. */
export interface WebhookDelivery {
  method: "POST" | "GET";
  /** As it was called from outside: scheme, host, port, path and query. */
  url: string;
  /** Names in lower case; several values of one name are joined by commas. */
  headers: Readonly<Record<string, string | undefined>>;
  body: Buffer;
}

/** Whether a delivery is the provider's own. */
export type WebhookVerdict =
  | {
      kind: "genuine";
      /** What it has again when it is sent again. */
      id: string;
      /** Of what it tells: another one under the same id is refused. */
      digest: string;
      /** What `read` needs of it. Holds no credentials and no signature. */
      message: string;
    }
  /** `reason`: for the log; names no value. */
  | { kind: "refused"; reason: string };

/** What a delivery tells. */
export interface WebhookNews {
  /** The session it is about, which is read again; null for news of nothing that is kept here. */
  about: { providerId: string; providerKey: string } | null;
  /** What can be taken from the delivery itself; null where it is no more than a hint. */
  snapshot: SessionSnapshot | null;
}

/** Takes what a provider sends by itself. Neither method makes a request. */
export interface WebhookReceiver {
  /** Called for every request, forged ones included: cheap, and in constant time where secrets are compared. */
  verify(delivery: WebhookDelivery): WebhookVerdict;
  /** Reads the `message` of a genuine delivery. Throws for one that cannot be read. */
  read(message: string, receivedAt: EpochMs): WebhookNews;
}

/** News of nothing that is kept here. */
export const NO_NEWS: WebhookNews = { about: null, snapshot: null };

/** @param reason for the log; names no value */
export function refused(reason: string): WebhookVerdict {
  return { kind: "refused", reason };
}

/** True when both are the same text. How long it takes says nothing of where they differ, nor of how long either is. */
export function isSameSecret(one: string, other: string): boolean {
  return timingSafeEqual(hash(one), hash(other));
}

/** A name for content: the same for the same content, whoever makes it. */
export function digestOf(content: string | Buffer): string {
  return hash(content).toString("base64url");
}

function hash(content: string | Buffer): Buffer {
  return createHash("sha256").update(content).digest();
}
