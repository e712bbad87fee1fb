import { pipeline, type Readable } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";

/** What `readBody` can undo, for `Accept-Encoding`. */
export const ACCEPTED_ENCODINGS = "gzip, br";

/** The body is not what its headers say, or past the cap. Nothing of it is quoted. */
export class BodyError extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "BodyError";
  }
}

/**
 * Reads a body to its end as UTF-8. The cap counts decoded bytes while they arrive, so a small compressed body that
 * unfolds without end stops at the cap too. Throws `BodyError` for a body past the cap, an unknown encoding and broken
 * compression; rejects with the stream's own error when the connection fails. The stream is consumed or destroyed in
 * every case.
 */
export async function readBody(
  body: Readable,
  encoding: string | undefined,
  maxBytes: number,
): Promise<string> {
  const decoded = decode(body, encoding);
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    // Leaving the loop early destroys the stream, and with it the connection that would go on sending.
    for await (const chunk of decoded as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > maxBytes) throw new BodyError(`body is longer than ${maxBytes} bytes`);
      chunks.push(chunk);
    }
  } catch (error) {
    body.destroy();
    if (isCompressionError(error)) throw new BodyError("body is not compressed as it says", { cause: error });
    throw error;
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}

function decode(body: Readable, encoding: string | undefined): Readable {
  const decoder = createDecoder(encoding?.trim().toLowerCase() ?? "", body);
  if (decoder === null) return body;
  // The reader of the decoder sees the error; the callback only keeps it from being thrown a second time.
  return pipeline(body, decoder, () => undefined);
}

function createDecoder(encoding: string, body: Readable) {
  switch (encoding) {
    case "":
    case "identity":
      return null;
    case "gzip":
    case "x-gzip":
      return createGunzip();
    case "br":
      return createBrotliDecompress();
    case "deflate":
      return createInflate();
    default:
      // Nobody reads on, so nobody else hears that the stream was cut.
      body.on("error", () => undefined).destroy();
      throw new BodyError("body has an encoding that was not asked for");
  }
}

function isCompressionError(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  // zlib's own codes, and those of brotli, which Node spells `ERR__ERROR_FORMAT_PADDING_1` and the like.
  return code.startsWith("Z_") || code.startsWith("ERR__ERROR");
}
