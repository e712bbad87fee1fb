/**
 * What a change did to what filters look at and no row of the log has room for: addresses, provider fields, words. A row
 * says how things were before it, of what it altered and of nothing else, so from what is stored now any earlier state can
 * be had by undoing, newest first. What is appended costs its name. Pure.
 */
import { createHash } from "node:crypto";
import type { JsonValue } from "../model/index.js";

/** Parts of a session that words are searched in: `session_search.part`, and the turns, which have rows of their own. */
export const PARTS = {
  session: "session",
  report: "report",
  member: (key: string) => `member:${key}`,
  event: (key: string) => `event:${key}`,
  turn: (index: number | string) => `turn:${index}`,
} as const;

/** Kinds of parts of which a session has many: what their names begin with. */
export type PartKind = "member:" | "event:" | "turn:";

/** Titles and names may be found by everybody; log lines, summaries and turns take `transcripts:read`. */
export const isOpenPart = (part: string): boolean => part === PARTS.session || part.startsWith("member:");

/** How things were before a change. What is absent was as it is after it. */
export interface ChangeUndo {
  /** Addresses, in lower case, that came with the change: none ever goes. */
  addresses?: readonly string[];
  /** Provider fields by name, as `toFieldMark` keeps them. */
  fields?: Readonly<Record<string, FieldMark>>;
  /** The texts of parts as they were; null for a part that was not there. */
  texts?: Readonly<Record<string, PartTexts | null>>;
  /** Kinds of parts of which there were none at all. */
  noneOf?: readonly PartKind[];
}

export type PartTexts = readonly (string | null | undefined)[];

/**
 * A provider field's value, as far as a filter can tell it from others: a scalar as it is, a long text as its hash in a
 * list, and an empty list for lists and objects, which equal nothing that a filter may name.
 */
export type FieldMark = string | number | boolean | null | readonly [hash: string] | readonly [];

/** From how many characters on a text is kept as a hash. */
const MAX_PLAIN = 100;

/** What is kept of a field's value. */
export function toFieldMark(value: JsonValue | undefined): FieldMark {
  if (value === null || value === undefined) return null;
  if (typeof value === "object") return [];
  return typeof value === "string" && value.length > MAX_PLAIN ? [hashOf(value)] : value;
}

/**
 * Whether a field that was kept as `mark` has the value that a filter names.
 * @param toText how the database spells scalars when it compares them (`Dialect.jsonScalar`)
 */
export function equalsMark(
  mark: FieldMark,
  wanted: string | number | boolean | null,
  toText: (value: string | number | boolean) => string,
): boolean {
  if (mark === null || wanted === null) return mark === wanted;
  if (typeof mark !== "object") return toText(mark) === toText(wanted);
  return mark.length === 1 && typeof wanted === "string" && mark[0] === hashOf(wanted);
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("base64url");
}

interface UndoText {
  a?: readonly string[];
  f?: Readonly<Record<string, FieldMark>>;
  x?: Readonly<Record<string, PartTexts | null>>;
  n?: readonly PartKind[];
}

/** As the log keeps it; null where nothing was altered. */
export function fromChangeUndo({ addresses, fields, texts, noneOf }: ChangeUndo): string | null {
  if (!addresses && !fields && !texts && !noneOf) return null;
  const text: UndoText = {
    ...(addresses && { a: addresses }),
    ...(fields && { f: fields }),
    ...(texts && { x: texts }),
    ...(noneOf && { n: noneOf }),
  };
  return JSON.stringify(text);
}

/** Reads it back. */
export function toChangeUndo(text: string): ChangeUndo {
  const { a, f, x, n } = JSON.parse(text) as UndoText;
  return {
    ...(a && { addresses: a }),
    ...(f && { fields: f }),
    ...(x && { texts: x }),
    ...(n && { noneOf: n }),
  };
}
