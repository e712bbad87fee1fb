import { hash } from "node:crypto";
import type { SessionSnapshot } from "../model/index.js";

/** Raised when merging comes to mean something else: whatever was taken in before is then taken in again. */
const MERGE_VERSION = "2";

/**
 * What a look tells, when it was taken aside, as a short text: two looks in a row with the same one teach nothing new,
 * and what is stored need not be read to know that.
 */
export function digestOf(snapshot: SessionSnapshot): string {
  const { observedAt: _, sectionsReadAt: __, ...told } = snapshot;
  return hash("sha256", `${MERGE_VERSION} ${JSON.stringify(told)}`, "base64url");
}
