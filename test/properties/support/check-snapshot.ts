/** What is true of every snapshot, whatever it was made from. */
import { expect } from "vitest";
import { parseGlobalId, toGlobalId, type IdKind, type SessionSnapshot } from "../../../src/model/index.js";
import type { ProviderModule } from "../../../src/providers/provider.js";

/** First and last moment that RFC 3339 can write with four digits of year. */
const FIRST_MS = -62_135_596_800_000;
const LAST_MS = 253_402_300_799_999;

const TIMES: ReadonlySet<string> = new Set([
  "startedAt", "answeredAt", "endedAt", "updatedAt", "createdAt", "completedAt", "at", "observedAt", "version",
]); // prettier-ignore

/** Members that hand on free-form JSON as it came. */
const FREE_FORM: ReadonlySet<string> = new Set([
  "raw", "metadata", "payload", "structuredData", "scheduledCallback", "applicationData", "pipelineConfig", "spanTree",
  "artifacts",
]); // prettier-ignore

/** Fails for a snapshot that could not be stored, shown or asked for again. */
export function checkSnapshot(
  snapshot: SessionSnapshot,
  { isProviderId, toProviderKey }: ProviderModule,
): void {
  expect(() => JSON.stringify(snapshot)).not.toThrow();
  checkValue(snapshot, "");
  expect(isProviderId(snapshot.providerId), "usable id").toBe(true);
  expect(toProviderKey(snapshot.providerId)).toBe(snapshot.providerKey);
  checkId("session", snapshot.providerId);
  for (const [kind, rows] of [
    ["member", snapshot.members],
    ["interaction", snapshot.interactions],
    ["transfer", snapshot.transfers],
    ["recording", snapshot.recordings],
    ["event", snapshot.events],
  ] as const) {
    for (const { key } of rows ?? []) checkId(kind, snapshot.providerId, key);
  }
}

function checkId(kind: IdKind, ...parts: string[]): void {
  const id = toGlobalId(kind, "one", ...parts.map((part) => part.toWellFormed()));
  // Longer ones are refused on purpose.
  if (id.length > 2048) return;
  expect(parseGlobalId(id)).toEqual({
    kind,
    connection: "one",
    parts: parts.map((part) => part.toWellFormed()),
  });
}

function checkValue(value: unknown, path: string): void {
  switch (typeof value) {
    case "number":
      expect(Number.isFinite(value), `${path} is finite`).toBe(true);
      return;
    case "string":
    case "boolean":
      return;
    case "object":
      if (value !== null) checkMembers(value, path);
      return;
    default:
      throw new Error(`${path} is ${typeof value}`);
  }
}

function checkMembers(value: object, path: string): void {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) checkValue(item, `${path}[${index}]`);
    return;
  }
  for (const [key, member] of Object.entries(value)) {
    if (member === undefined || FREE_FORM.has(key)) continue;
    if (TIMES.has(key)) checkTime(member, `${path}.${key}`);
    else checkValue(member, `${path}.${key}`);
  }
}

function checkTime(value: unknown, path: string): void {
  if (value === null) return;
  expect(Number.isInteger(value), `${path} is whole milliseconds`).toBe(true);
  expect(value, path).toBeGreaterThanOrEqual(FIRST_MS);
  expect(value, path).toBeLessThanOrEqual(LAST_MS);
}
