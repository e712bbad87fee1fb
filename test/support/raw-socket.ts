/** A WebSocket without a client library on it: for what no well-behaved client does. */
import { once } from "node:events";
import { WebSocket, type ClientOptions } from "ws";

export interface RawSocket extends Disposable {
  readonly socket: WebSocket;
  send(message: object | string): void;
  /** The next message, in the order they came. */
  message(): Promise<Record<string, unknown>>;
  /** Resolves when the socket is closed. */
  readonly closed: Promise<{ code: number; reason: string }>;
}

/** Opens a socket; `connect` also says who it is and waits for the acknowledgement. */
export async function openSocket(
  url: string,
  options: ClientOptions = {},
  protocols: readonly string[] = ["graphql-transport-ws"],
): Promise<RawSocket> {
  const socket = new WebSocket(url, [...protocols], options);
  const messages: Record<string, unknown>[] = [];
  const waiting: ((message: Record<string, unknown>) => void)[] = [];
  socket.on("message", (data: Buffer) => {
    const message = JSON.parse(data.toString()) as Record<string, unknown>;
    const first = waiting.shift();
    if (first === undefined) messages.push(message);
    else first(message);
  });
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.on("close", (code, reason) => resolve({ code, reason: reason.toString() }));
  });
  await once(socket, "open");
  socket.on("error", () => undefined);
  return {
    socket,
    closed,
    send: (message) => socket.send(typeof message === "string" ? message : JSON.stringify(message)),
    message() {
      const first = messages.shift();
      return first === undefined
        ? new Promise((resolve) => void waiting.push(resolve))
        : Promise.resolve(first);
    },
    [Symbol.dispose]: () => socket.terminate(),
  };
}

/** Opens a socket and says who it is. */
export async function connect(url: string, payload?: object, options?: ClientOptions): Promise<RawSocket> {
  const raw = await openSocket(url, options);
  raw.send({ type: "connection_init", payload });
  const ack = await raw.message();
  if (ack["type"] !== "connection_ack") throw new Error(JSON.stringify(ack));
  return raw;
}
