/** Reads an object of the wire by its table: typed values, null for what is unset or unreadable. */
import { isJsonObject, LATEST_MS, parseTimestamp, type EpochMs, type JsonObject } from "../../model/index.js";
import type { WireObject } from "../wire/index.js";
import type { MemberType, Shape } from "./evo-voice.wire.js";

type Value<T> = T extends "text"
  ? string | null
  : T extends "time" | "integer"
    ? number | null
    : T extends "boolean"
      ? boolean | null
      : T extends "texts"
        ? string[] | null
        : T extends "map"
          ? JsonObject | null
          : T extends Shape
            ? Values<T>[] | null
            : never;

/** What reading a shape gives, under the wire's own names. Times are epoch milliseconds. */
export type Values<S extends Shape> = { [K in keyof S["members"]]: Value<S["members"][K]> };

/** Graph fields that are null when a member cannot be read, where they are more than the member's own name. */
export type GraphFields = Readonly<Record<string, readonly string[]>>;

/**
 * Reads every member that the table names. A value of the wrong type is null and leaves a problem that names the graph
 * fields it feeds; inside a list these are the element's.
 */
export function readValues<S extends Shape>(
  wire: WireObject,
  shape: S,
  graphFields: GraphFields = {},
): Values<S> {
  const read = (key: string, type: MemberType) => readMember(wire, key, type, graphFields[key] ?? [key]);
  const entries = Object.entries(shape.members).map(([key, type]) => [key, read(key, type)] as const);
  // The table's keys and types are what the mapped type is made from.
  return Object.fromEntries(entries) as Values<S>;
}

function readMember(wire: WireObject, key: string, type: MemberType, fields: readonly string[]) {
  switch (type) {
    case "text":
      return wire.string(key, fields);
    case "time":
      return readTime(wire, key, fields);
    case "boolean":
      return wire.boolean(key, fields);
    case "integer":
      return wire.integer(key, fields);
    case "texts":
      return wire.strings(key, fields);
    case "map":
      return wire.object(key, fields)?.source ?? null;
    default:
      return readList(wire, key, type, fields);
  }
}

function readList(wire: WireObject, key: string, shape: Shape, fields: readonly string[]) {
  const rows = wire.objects(key, fields);
  const value = wire.json(key);
  if (!Array.isArray(value) && !isJsonObject(value)) return null;
  return rows.map((row) => readValues(row, shape));
}

/** The zero of a .NET date, which some serializers write for "unset" (§1). */
const UNSET: EpochMs = -62_135_596_800_000;

function readTime(wire: WireObject, key: string, fields: readonly string[]): EpochMs | null {
  const time = wire.timestamp(key, fields, parseEvoVoiceDate);
  return time === UNSET ? null : time;
}

/**
 * Reads both spellings of a date (Q16): RFC 3339, and `/Date(ms)/` whose offset, if it has one, is for show only: the
 * milliseconds count from the epoch in UTC. Null for anything else, and outside the years 1 to 9999.
 */
export function parseEvoVoiceDate(text: string): EpochMs | null {
  const dotNet = /^\/Date\((-?\d{1,15})(?:[+-]\d{4})?\)\/$/.exec(text.trim());
  if (dotNet !== null) {
    const ms = Number(dotNet[1]);
    return ms < UNSET || ms > LATEST_MS ? null : ms;
  }
  return text.trim().startsWith("0001-01-01") ? UNSET : parseTimestamp(text);
}
