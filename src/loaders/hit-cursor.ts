/** Cursors of searches: a place among the hits of one search, opaque to clients, checked when they come back. Pure. */
import { createHash } from "node:crypto";
import { BadUserInputError } from "../errors/index.js";
import type { SearchQuery } from "../model/index.js";

/** Where a walk through the hits stands. */
export interface HitPosition {
  /** The walk began when this was the latest hit: what is said later is not part of it. */
  until: number;
  /** Hits from here on are in order of score; those before it follow, latest first. */
  from: number;
  score: number;
  place: number;
}

/** The cursor of a hit. */
export function toHitCursor(query: SearchQuery, { until, from, score, place }: HitPosition): string {
  return Buffer.from(JSON.stringify([hashOf(query), until, from, score, place])).toString("base64url");
}

/** Reads a cursor back. Throws `BadUserInputError` for anything else, a cursor of another query included. */
export function parseHitCursor(cursor: string, query: SearchQuery): HitPosition {
  const [hash, ...numbers] = decode(cursor);
  const [until, from, score, place, ...rest] = numbers;
  const places = [until, from, place].every((value) => Number.isSafeInteger(value));
  if (!places || typeof score !== "number" || !(score >= 0 && score <= 1) || rest.length > 0)
    throw new BadUserInputError("after: expected a cursor that this field returned for the same query.", [
      "after",
    ]);
  if (hash !== hashOf(query))
    throw new BadUserInputError(
      "after: the cursor belongs to another query; expected one that this field returned for this query.",
      ["after"],
    );
  return { until: until as number, from: from as number, score, place: place as number };
}

function decode(cursor: string): unknown[] {
  if (cursor.length > 512 || !/^[A-Za-z0-9_-]+$/.test(cursor)) return [];
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
    return Array.isArray(parts) ? parts : [];
  } catch {
    // Not JSON: not one of ours. The caller says so.
    return [];
  }
}

function hashOf(query: SearchQuery): string {
  return createHash("sha256").update(JSON.stringify(query)).digest("base64url").slice(0, 12);
}
