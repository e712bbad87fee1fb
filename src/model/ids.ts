/**
 * Global ids: opaque to clients, URL-safe, stable, and self-describing to us. An id carries connection, kind and the
 * provider's own id, so it works on a gateway whose cache has never seen the thing it names.
 *
 * Wire form: base64url of `<kind>\n<connection>\n<part>[\n<part>]`. A newline cannot stand in a connection name or in
 * any session's id, so the parts need no escaping: whatever follows is a child's key, which may hold newlines, since
 * some are made of names that people chose.
 */

/** What an id can name, with the letter that stands for it. Letters are for ever: changing one breaks stored ids. */
const KIND_LETTERS = {
  session: "s",
  member: "m",
  interaction: "i",
  transfer: "t",
  transcriptEntry: "x",
  report: "r",
  recording: "f",
  event: "e",
  connection: "c",
  command: "d",
} as const;

export type IdKind = keyof typeof KIND_LETTERS;

/** How many parts follow the connection: children carry their session's provider id first. */
const PARTS: Record<IdKind, number> = {
  session: 1,
  member: 2,
  interaction: 2,
  transfer: 2,
  transcriptEntry: 2,
  report: 1,
  recording: 2,
  event: 2,
  connection: 0,
  command: 1,
};

const KIND_BY_LETTER = new Map<string, IdKind>(
  Object.entries(KIND_LETTERS).map(([kind, letter]) => [letter, kind as IdKind]),
);

/** A decoded global id. `parts[0]` is the session's provider id for a session and everything that hangs off one. */
export interface GlobalId {
  kind: IdKind;
  connection: string;
  parts: readonly string[];
}

/** Longest id that is looked at; longer ones cannot be ours. Provider ids stay far below. */
const MAX_ID_LENGTH = 2048;

/** Encodes a global id. Total: any strings make an id, if only the second part holds newlines. */
export function toGlobalId(kind: IdKind, connection: string, ...parts: string[]): string {
  return Buffer.from([KIND_LETTERS[kind], connection, ...parts].join("\n"), "utf8").toString("base64url");
}

/**
 * Decodes a global id, or answers null for anything that this code would not have produced itself (a foreign id, a
 * truncated one, a second spelling of a real one): one thing has one id.
 */
export function parseGlobalId(id: string): GlobalId | null {
  if (id.length === 0 || id.length > MAX_ID_LENGTH || !/^[A-Za-z0-9_-]+$/.test(id)) return null;
  const bytes = Buffer.from(id, "base64url");
  if (bytes.toString("base64url") !== id) return null;
  const text = bytes.toString("utf8");
  if (Buffer.from(text, "utf8").compare(bytes) !== 0) return null;
  const [letter = "", connection = "", ...lines] = text.split("\n");
  const kind = KIND_BY_LETTER.get(letter);
  if (kind === undefined || connection === "") return null;
  const parts = PARTS[kind] === 2 ? lines.slice(0, 1).concat(lines.slice(1).join("\n")) : lines;
  if (parts.length !== PARTS[kind]) return null;
  if (parts.some((part) => part === "")) return null;
  return { kind, connection, parts };
}
