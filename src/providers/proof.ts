/** Comparing what only the provider can know. */
import { createHash, timingSafeEqual } from "node:crypto";

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
