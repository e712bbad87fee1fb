/** WSI, the PBX's WebSocket for events (PortSIP reference §6). */
import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { WebSocketServer, type WebSocket } from "ws";
import type { PushLog } from "../kit/push-log.js";
import type { PortsipBook } from "./portsip-book.js";
import { loginOf, type Login } from "./portsip-logins.js";
import type { Message } from "./portsip-messages.js";
import { createSubscription, maySubscribe, TOPICS, type Topic } from "./portsip-push.js";

export interface WsiOptions {
  server: Server;
  book: PortsipBook;
  /** Takes what is sent to subscribers, replies left out. */
  pushes: PushLog;
  now: () => number;
}

/** Where WSI is, and whether anybody is let in. */
export interface Wsi {
  /** Off: whoever is connected is thrown out, and nobody is let in. @default true */
  setOpen(isOpen: boolean): void;
  /** Moves it to a port of its own and any path, as 16.x has it (§6.1); answers the address. */
  moveToOwnPort(host: string): Promise<string>;
  close(): void;
}

/** Serves `/wsi` on the PBX's own port, as 22.0 and later do. */
export function serveWsi({ server, book, pushes, now }: WsiOptions): Wsi {
  let isOpen = true;
  const verifyClient = () => isOpen;
  const serve = (sockets: WebSocketServer) =>
    sockets.on("connection", (socket) => converse(socket, book, pushes, now));
  const throwOut = () => current.clients.forEach((socket) => socket.terminate());
  const stop = () => {
    throwOut();
    current.close();
  };
  let current = serve(new WebSocketServer({ server, path: "/wsi", verifyClient }));
  return {
    setOpen(value) {
      isOpen = value;
      if (!isOpen) throwOut();
    },
    async moveToOwnPort(host) {
      stop();
      current = serve(new WebSocketServer({ host, port: 0, verifyClient }));
      await once(current, "listening");
      return `ws://${host}:${(current.address() as AddressInfo).port}`;
    },
    close: stop,
  };
}

function converse(socket: WebSocket, book: PortsipBook, pushes: PushLog, now: () => number): void {
  let login: Login | null = null;
  const subscription = createSubscription(book);
  const send = (message: object) => socket.send(JSON.stringify(message));
  const push = (message: Message) => {
    pushes.note("socket", String(message["event_type"] ?? "snapshot"));
    send(message);
  };
  const stop = book.listen((event) => subscription.messages(event).forEach(push));
  socket.on("close", stop);
  socket.on("message", (data: Buffer) => {
    const message = readMessage(data);
    const { command } = message;
    const reply = (error?: string) =>
      send({
        command,
        id: "1",
        status: error === undefined ? 0 : -1,
        ...(error === undefined ? {} : { error }),
      });
    if (command === "auth") {
      // A second factor has no place here: the password is all there is.
      login = loginOf(message);
      return reply(login ? undefined : "invalid access token or credentials");
    }
    if (login === null) return reply("not authenticated");
    if (command !== "subscribe" && command !== "unsubscribe") return reply("unknown command");
    const topics = listOf(message["topics"]) ?? [];
    const known = TOPICS.filter((topic) => topics.includes(topic));
    // Topics of all tenants belong to the system's administrators.
    const refused = refusalOf(login, topics, known);
    if (refused !== null) return reply(refused);
    if (command === "unsubscribe") {
      for (const topic of known) subscription.remove(topic);
      return reply();
    }
    const [extensions, queues] = [listOf(message["extensions"]), listOf(message["queues"])];
    const scope = { ...(extensions && { extensions }), ...(queues && { queues }) };
    reply();
    for (const topic of known) subscription.add(topic, scope, now()).forEach(push);
  });
}

function refusalOf(login: Login, topics: readonly string[], known: readonly Topic[]): string | null {
  if (known.length < new Set(topics).size) return "unknown topic or permission denied";
  return known.every((topic) => maySubscribe(login, topic)) ? null : "permission denied";
}

function listOf(value: unknown): string[] | null {
  return Array.isArray(value) ? value.map(String) : null;
}

function readMessage(data: Buffer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(data.toString("utf8"));
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    // Answered as an unknown command.
    return {};
  }
}
