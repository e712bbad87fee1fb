/**
 * What a database and JSON give back as it was given. Providers may send more: halves of surrogate pairs, NUL (which
 * PostgreSQL refuses in any text, and with it the whole transaction), numbers too large for a double, minus zero, keys
 * too long for an index. Stored as they are, they would come back changed and every look at the same payload would
 * count as news, or they would take all of their batch with them. Pure.
 */
import { createHash } from "node:crypto";
import type { SessionSnapshot } from "../model/index.js";

/** Longest text that is put into an index, in characters. Keys and addresses beyond it are made from free text. */
export const MAX_INDEXED_LENGTH = 256;

/** The snapshot with such things replaced; the snapshot itself where there are none. Members that are `undefined` go. */
export function toStorable(snapshot: SessionSnapshot): SessionSnapshot {
  const { members, interactions, transfers, recordings, events, ...rest } = clean(
    snapshot,
  ) as SessionSnapshot;
  return {
    ...rest,
    ...(members && { members: members.map(withShortKey) }),
    ...(interactions && {
      interactions: interactions.map((interaction) => {
        const { recordingKey } = interaction;
        return withShortKey({
          ...interaction,
          recordingKey: recordingKey === null ? null : shorten(recordingKey),
        });
      }),
    }),
    ...(transfers && { transfers: transfers.map(withShortKey) }),
    ...(recordings && { recordings: recordings.map(withShortKey) }),
    ...(events && { events: events.map(withShortKey) }),
  };
}

function withShortKey<Row extends { key: string }>(row: Row): Row {
  return row.key.length <= MAX_INDEXED_LENGTH ? row : { ...row, key: shorten(row.key) };
}

/** Its beginning, and a hash of the whole: two keys stay two. */
function shorten(key: string): string {
  if (key.length <= MAX_INDEXED_LENGTH) return key;
  const hash = createHash("sha256").update(key).digest("hex");
  return `${key.slice(0, MAX_INDEXED_LENGTH - hash.length - 1).toWellFormed()}#${hash}`;
}

function clean(value: unknown): unknown {
  // Nearly everything is fine as it is, and finding that out makes nothing new.
  if (isClean(value)) return value;
  if (typeof value === "string") return cleanText(value);
  // Adding zero makes minus zero plain zero.
  if (typeof value === "number") return Number.isFinite(value) ? value + 0 : null;
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(clean);
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]): [string, unknown][] =>
      member === undefined ? [] : [[cleanText(name), clean(member)]],
    ),
  );
}

function isClean(value: unknown): boolean {
  if (typeof value === "string") return isCleanText(value);
  if (typeof value === "number") return Number.isFinite(value) && !Object.is(value, -0);
  if (typeof value !== "object" || value === null) return true;
  if (Array.isArray(value)) return value.every(isClean);
  for (const name of Object.keys(value)) {
    const member: unknown = value[name as keyof typeof value];
    if (member === undefined || !isClean(member) || !isCleanText(name)) return false;
  }
  return true;
}

function isCleanText(text: string): boolean {
  return text.isWellFormed() && !text.includes("\0");
}

function cleanText(text: string): string {
  const wellFormed = text.isWellFormed() ? text : text.toWellFormed();
  return wellFormed.includes("\0") ? wellFormed.replaceAll("\0", "\ufffd") : wellFormed;
}
