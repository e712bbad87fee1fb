/** Payloads as bytes. A source hands the same text to one subscriber after the other; it is encoded for the first. */

let lastText = "";
let lastBytes = Buffer.alloc(0);

/** The bytes of a payload; nobody may write into them. */
export function payloadBytes(text: string): Buffer {
  if (text !== lastText) {
    lastBytes = Buffer.from(text);
    lastText = text;
  }
  return lastBytes;
}
