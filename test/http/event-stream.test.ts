import { expect, it } from "vitest";
import { readEvents, type StreamedEvent } from "../../src/http/event-stream.js";

const BODY =
  ': a comment\r\nevent: status\r\ndata: {"a":\r\ndata: 1}\r\nid: 7\r\n\r\ndata:no space\n\nevent: empty\n\nevent: Grüße\ndata: – ü\n\ndata: cut off';

async function read(chunks: Buffer[]): Promise<StreamedEvent[]> {
  async function* body() {
    for (const chunk of chunks) yield await Promise.resolve(chunk);
  }
  const events: StreamedEvent[] = [];
  for await (const some of readEvents(body())) events.push(...some);
  return events;
}

const EVENTS = [
  { name: "status", data: '{"a":\n1}' },
  { name: "message", data: "no space" },
  { name: "Grüße", data: "– ü" },
];

it("reads events however they are cut into chunks", async () => {
  const bytes = Buffer.from(BODY);
  expect(await read([bytes])).toEqual(EVENTS);
  for (const size of [1, 2, 3, 7])
    expect(
      await read(
        Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
          bytes.subarray(i * size, (i + 1) * size),
        ),
      ),
    ).toEqual(EVENTS);
});

it("gives up on an event that does not end", async () => {
  await expect(read(Array.from({ length: 10 }, () => Buffer.alloc(1024 * 1024, "x")))).rejects.toThrow(
    RangeError,
  );
});
