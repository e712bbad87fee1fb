/**
 * A start for what is read from several tables and so not at one moment. The log's end is noted before and after: of the
 * changes in between, those that were seen already are not told again.
 */
import { hash } from "node:crypto";
import type { Place } from "./live.js";

export interface KnownPlace extends Place {
  /** False until what there is has been told. */
  hasBegun: boolean;
  /** What there is begins behind this. */
  afterIndex: number;
  /** What was told at the start, as it was then, for changes up to `until`. */
  known: ReadonlyMap<string, string>;
  until: number;
}

const NOTHING: ReadonlyMap<string, string> = new Map();

/** Before anything has been told. @param afterIndex what comes first lies behind this */
export function beginning(afterIndex = -1): KnownPlace {
  const key = `behind ${afterIndex}`;
  return { position: 0, isJoinable: false, key, hasBegun: false, afterIndex, known: NOTHING, until: 0 };
}

/** Behind the start. */
export function begun(position: number, until: number, known: ReadonlyMap<string, string>): KnownPlace {
  const isThrough = position >= until;
  return {
    position,
    isJoinable: isThrough,
    key: isThrough ? String(position) : null,
    hasBegun: true,
    afterIndex: -1,
    ...{ until, known: isThrough ? NOTHING : known },
  };
}

/** A record as it is, short. */
export function digest(record: object): string {
  return hash("sha1", JSON.stringify(record), "base64");
}
