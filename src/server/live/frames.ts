/** `next` messages as WebSocket frames: what is the same for everybody is encoded once, and each client's is one buffer. */

/** What is told in this turn of the event loop. */
const encoded = new Map<string, Buffer>();
const forget = () => encoded.clear();

/**
 * The bytes of a payload; nobody may write into them. A source hands the same texts to one subscriber after the other: they
 * are encoded for the first.
 */
export function payloadBytes(text: string): Buffer {
  const known = encoded.get(text);
  if (known !== undefined) return known;
  if (encoded.size === 0) setImmediate(forget);
  const bytes = Buffer.from(text);
  encoded.set(text, bytes);
  return bytes;
}

/** Bytes that are put together for one write; a payload that is longer goes by itself. */
const TOGETHER_BYTES = 65_536;

/** Payloads as they leave: together as long as they are short. */
export function payloadGroups(texts: readonly string[]): Buffer[][] {
  const groups: Buffer[][] = [];
  let room = 0;
  for (const text of texts) {
    const bytes = payloadBytes(text);
    const group = groups.at(-1);
    if (group === undefined || bytes.length > room) {
      groups.push([bytes]);
      room = TOGETHER_BYTES;
    } else group.push(bytes);
    room -= bytes.length;
  }
  return groups;
}

/** What stands before the payload in a `next` message of one operation. */
export function nextPrefix(id: string): Buffer {
  return Buffer.from(`{"id":${JSON.stringify(id)},"type":"next","payload":`);
}

const FINAL_TEXT = 0x81;
const CLOSING_BRACE = 0x7d;

/** Whole frames (RFC 6455, 5.2; servers do not mask), each of them prefix, payload, closing brace. */
export function nextFrames(prefix: Buffer, payloads: readonly Buffer[]): Buffer {
  let size = 0;
  for (const payload of payloads) {
    const length = prefix.length + payload.length + 1;
    size += headerLength(length) + length;
  }
  const frames = Buffer.allocUnsafe(size);
  let at = 0;
  for (const payload of payloads) {
    at = writeHeader(frames, at, prefix.length + payload.length + 1);
    frames.set(prefix, at);
    frames.set(payload, at + prefix.length);
    at += prefix.length + payload.length;
    frames[at++] = CLOSING_BRACE;
  }
  return frames;
}

const headerLength = (length: number) => (length < 126 ? 2 : length < 65_536 ? 4 : 10);

/** Answers where the message begins. */
function writeHeader(frames: Buffer, at: number, length: number): number {
  const header = headerLength(length);
  frames[at] = FINAL_TEXT;
  if (header === 2) frames[at + 1] = length;
  else if (header === 4) {
    frames[at + 1] = 126;
    frames.writeUInt16BE(length, at + 2);
  } else {
    frames[at + 1] = 127;
    // As many bytes as a string can have fit into 48 bits.
    frames.writeUInt16BE(0, at + 2);
    frames.writeUIntBE(length, at + 4, 6);
  }
  return at + header;
}
