/** Reading `text/event-stream` (HTML standard, "Server-sent events"). */
import { StringDecoder } from "node:string_decoder";

/** One event as it came. */
export interface StreamedEvent {
  /** @default "message" */
  name: string;
  data: string;
}

/** Characters of an event that is not through yet. */
const MAX_PENDING = 4 * 1024 * 1024;

/**
 * The events of a body, those of one chunk together. Comments, ids and unknown fields are passed over; an event that the
 * body breaks off in is not told. Throws `RangeError` for an event without end.
 */
export async function* readEvents(body: AsyncIterable<Buffer>): AsyncGenerator<StreamedEvent[]> {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  let name = "";
  let data: string[] = [];
  let size = 0;
  for await (const chunk of body) {
    rest += decoder.write(chunk);
    // A carriage return at the end may be half of a line's end.
    const lines = rest.split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? "";
    const events: StreamedEvent[] = [];
    for (const line of lines) {
      if (line === "") {
        if (data.length > 0) events.push({ name: name === "" ? "message" : name, data: data.join("\n") });
        [name, data, size] = ["", [], 0];
        continue;
      }
      const colon = line.indexOf(":");
      const field = colon === -1 ? line : line.slice(0, colon);
      const value = colon === -1 ? "" : line.slice(colon + 1).replace(/^ /, "");
      if (field === "event") name = value;
      if (field === "data") data.push(value);
      size += line.length;
    }
    if (rest.length + size > MAX_PENDING) throw new RangeError("an event of the stream is too long");
    if (events.length > 0) yield events;
  }
}
