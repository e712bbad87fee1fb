/** A subscriber of one operation over either transport that can stop reading its connection, and be asked what it got. */
import { once } from "node:events";
import http from "node:http";
import { WebSocket } from "ws";

export const TRANSPORTS = ["WebSocket", "event stream"] as const;
export type Transport = (typeof TRANSPORTS)[number];

export interface LiveSubscriber<Data> extends Disposable {
  /** Results so far. */
  readonly heard: readonly Data[];
  /** Bytes of the longest result. */
  readonly longest: number;
  /** Stops reading what the connection brings; the operating system's buffers fill up. */
  pause(): void;
  resume(): void;
  /** How it ended: the close code, or `broken off` or `over` of an event stream. */
  readonly ended: Promise<number | "broken off" | "over">;
}

/** Subscribes at a gateway. Resolves when the operation has been sent. */
export function subscribeBy<Data>(
  transport: Transport,
  gatewayUrl: string,
  query: string,
  variables: object = {},
): Promise<LiveSubscriber<Data>> {
  const operation = { query, variables };
  return transport === "WebSocket"
    ? overSocket(`${gatewayUrl.replace("http", "ws")}/graphql`, operation)
    : asEvents(`${gatewayUrl}/graphql`, operation);
}

/** Keeps what was heard. */
function notes<Data>() {
  const heard: Data[] = [];
  let longest = 0;
  return {
    heard,
    longest: () => longest,
    take(text: string, data: Data) {
      longest = Math.max(longest, Buffer.byteLength(text));
      heard.push(data);
    },
  };
}

async function overSocket<Data>(url: string, operation: object): Promise<LiveSubscriber<Data>> {
  const socket = new WebSocket(url, ["graphql-transport-ws"]);
  const { heard, longest, take } = notes<Data>();
  const ended = new Promise<number>((resolve) => void socket.on("close", resolve));
  await once(socket, "open");
  socket.on("error", () => undefined);
  socket.send('{"type":"connection_init"}');
  await once(socket, "message");
  socket.on("message", (bytes: Buffer) => {
    const text = bytes.toString();
    const { type, payload } = JSON.parse(text) as { type: string; payload: { data: Data } };
    if (type === "next") take(text, payload.data);
    else if (type === "error") throw new Error(text);
  });
  socket.send(JSON.stringify({ id: "1", type: "subscribe", payload: operation }));
  return {
    ...{ heard, ended },
    get longest() {
      return longest();
    },
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    [Symbol.dispose]: () => socket.terminate(),
  };
}

async function asEvents<Data>(url: string, operation: object): Promise<LiveSubscriber<Data>> {
  const headers = { accept: "text/event-stream", "content-type": "application/json" };
  const request = http.request(url, { method: "POST", headers, agent: false });
  request.on("error", () => undefined);
  request.end(JSON.stringify(operation));
  const [response] = (await once(request, "response")) as [http.IncomingMessage];
  const { heard, longest, take } = notes<Data>();
  const ended = new Promise<"broken off" | "over">((resolve) => {
    response.on("error", () => undefined);
    response.on("close", () => resolve(response.complete ? "over" : "broken off"));
  });
  let rest = "";
  response.setEncoding("utf8");
  response.on("data", (piece: string) => {
    const events = (rest + piece).split("\n\n");
    rest = events.pop() ?? "";
    for (const event of events) {
      const data = /^data: (.*)$/m.exec(event)?.[1];
      if (data !== undefined) take(event, (JSON.parse(data) as { data: Data }).data);
    }
  });
  return {
    ...{ heard, ended },
    get longest() {
      return longest();
    },
    pause: () => void response.socket.pause(),
    resume: () => void response.socket.resume(),
    [Symbol.dispose]: () => response.destroy(),
  };
}
