/** Messages of a chat as the turns of its transcript (§4.2). Pure. */
import {
  parsePhoneNumber,
  type FieldProblem,
  type JsonValue,
  type TranscriptEntryRecord,
  type TranscriptSource,
} from "../../model/index.js";
import type { SessionReference } from "../provider.js";
import { readObject } from "../wire/index.js";
import { readValues } from "./evo-voice.values.js";
import { CHAT_TRANSCRIPT } from "./evo-voice.wire.js";

/**
 * Reads a chat's messages, oldest first: that order is not promised, and a turn is known by its place. A body without
 * messages is an empty chat; null when the body is no object at all.
 */
export function readTranscript(
  json: JsonValue,
  session: SessionReference,
  defaultRegion: string,
  problems: FieldProblem[],
): TranscriptEntryRecord[] | null {
  // A null answer is written as an empty body.
  const wire = readObject(json ?? {}, problems);
  if (wire === null) return null;
  const messages = readValues(wire, CHAT_TRANSCRIPT, { messages: ["transcript"] }).messages ?? [];
  const dated = messages.every(({ date }) => date !== null);
  const ordered = dated ? messages.toSorted((a, b) => (a.date ?? 0) - (b.date ?? 0)) : messages;
  return ordered.map(({ date, from, body, mediaUri, mediaContentType }, index) => ({
    index,
    providerId: null,
    source: toSource(from, session, defaultRegion),
    text: body ?? "",
    startedAt: date,
    endedAt: null,
    provider: null,
    model: null,
    metadata: null,
    fields: { from, mediaUri, mediaContentType },
  }));
}

/**
 * Messages do not say which side wrote them. The customer is the far end of the session, by its direction; anybody who
 * writes from our end of it, or from an address that is no telephone number, is one of ours.
 */
function toSource(from: string | null, session: SessionReference, defaultRegion: string): TranscriptSource {
  const { fromAddress, toAddress, destination } = session.fields;
  const start = spelling(fromAddress, defaultRegion);
  const end = spelling(toAddress, defaultRegion) ?? spelling(destination, defaultRegion);
  const ends = { INBOUND: [start, end], OUTBOUND: [end, start] } as const;
  const side =
    session.direction === "INBOUND" || session.direction === "OUTBOUND" ? ends[session.direction] : null;
  const writer = spelling(from, defaultRegion);
  if (side === null || writer === null) return "UNKNOWN";
  const [customer, ours] = side;
  if (writer === customer) return "USER";
  return writer === ours || !writer.startsWith("+") ? "AGENT" : "UNKNOWN";
}

/** Addresses are compared in E.164 where they are numbers. */
function spelling(address: JsonValue | undefined, defaultRegion: string): string | null {
  if (typeof address !== "string" || address === "") return null;
  return parsePhoneNumber(address, defaultRegion)?.e164 ?? address.toLowerCase();
}
