import type { ServerResponse } from "node:http";
import type { SandboxHttpAnswer } from "./sandbox-http.js";

/** What a proxy in front of a provider shows when the provider is down, with the wrong status. */
export const HTML_ERROR_PAGE =
  "<!doctype html><html><head><title>Service unavailable</title></head><body><h1>We'll be back soon</h1></body></html>";

/** The answer with the second half of its body missing. Valid HTTP: the length says what is really sent. */
export function truncateBody(answer: SandboxHttpAnswer): SandboxHttpAnswer {
  if (answer.body === null || answer.stream) return answer;
  const body = Buffer.from(answer.body);
  return { ...answer, body: body.subarray(0, Math.floor(body.length / 2)) };
}

const CHUNK_BYTES = 64 * 1024;

/**
 * Streams a JSON string of exactly `bytes` bytes without announcing its length, no faster than the client reads, and
 * stops when the client hangs up.
 */
export function writeOversized(response: ServerResponse, bytes: number): void {
  response.writeHead(200, { "content-type": "application/json" });
  const chunk = Buffer.alloc(CHUNK_BYTES, "x");
  let left = Math.max(0, bytes - 2);
  const pump = (): void => {
    while (left > 0 && !response.destroyed) {
      const size = Math.min(left, CHUNK_BYTES);
      left -= size;
      if (!response.write(chunk.subarray(0, size))) return void response.once("drain", pump);
    }
    if (!response.destroyed) response.end('"');
  };
  response.write('"');
  pump();
}
