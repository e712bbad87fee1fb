/** `next` messages as WebSocket frames: what is the same for everybody is encoded once, and each client's is one buffer. */

let lastText = "";
let lastBytes = Buffer.alloc(0);

/**
 * The bytes of a payload; nobody may write into them. A source hands the same text to one subscriber after the other: it
 * is encoded for the first.
 */
export function payloadBytes(text: string): Buffer {
  if (text !== lastText) {
    lastBytes = Buffer.from(text);
    lastText = text;
  }
  return lastBytes;
}

/** What stands before the payload in a `next` message of one operation. */
export function nextPrefix(id: string): Buffer {
  return Buffer.from(`{"id":${JSON.stringify(id)},"type":"next","payload":`);
}

const FINAL_TEXT = 0x81;
const CLOSING_BRACE = 0x7d;

/** A whole frame (RFC 6455, 5.2; servers do not mask): prefix, payload, closing brace. */
export function nextFrame(prefix: Buffer, payload: Buffer): Buffer {
  const length = prefix.length + payload.length + 1;
  const header = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  const frame = Buffer.allocUnsafe(header + length);
  frame[0] = FINAL_TEXT;
  if (header === 2) frame[1] = length;
  else if (header === 4) {
    frame[1] = 126;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = 127;
    // As many bytes as a string can have fit into 48 bits.
    frame.writeUInt16BE(0, 2);
    frame.writeUIntBE(length, 4, 6);
  }
  frame.set(prefix, header);
  frame.set(payload, header + prefix.length);
  frame[header + length - 1] = CLOSING_BRACE;
  return frame;
}
