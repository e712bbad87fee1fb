/** How clients reach a gateway: a WebSocket that carries any number of subscriptions, or an event stream that is one. */
import { WebSocket } from "ws";
import { openStream, posted } from "../../support/event-source.js";

/** What a client asks for. */
export interface Operation {
  query: string;
  variables: object;
}

/** An execution result, as it was sent. */
export interface Payload {
  data?: Record<string, unknown> | null;
  errors?: { message: string; extensions?: { code?: string } }[];
}

/** How a subscription ended. Code 0: no connection came about. */
export type Over =
  | { how: "complete" }
  | { how: "error"; errors: NonNullable<Payload["errors"]> }
  | { how: "closed"; code: number };

/** One subscription of one client. */
export interface Listening {
  next(payload: Payload): void;
  /** Called once; nothing comes after it. */
  over(over: Over): void;
}

/** A way to a gateway. */
export interface Wire {
  subscribe(operation: Operation, listening: Listening): void;
  /** Breaks it, as a network does: nobody is told. */
  cut(): void;
}

export interface SocketWire extends Wire {
  /** Nothing is read from now on. */
  pause(): void;
  resume(): void;
}

/** A WebSocket; what is asked for before it is open is asked for when it is. */
export function openSocketWire(url: string): SocketWire {
  const socket = new WebSocket(`${url.replace("http", "ws")}/graphql`, ["graphql-transport-ws"]);
  const listening = new Map<string, Listening>();
  const waiting: string[] = [];
  let isAcknowledged = false;
  let asked = 0;
  const send = (message: object) => {
    const text = JSON.stringify(message);
    if (isAcknowledged) socket.send(text);
    else waiting.push(text);
  };
  const end = (id: string, over: Over) => {
    const one = listening.get(id);
    listening.delete(id);
    one?.over(over);
  };
  socket.on("open", () => socket.send(JSON.stringify({ type: "connection_init" })));
  socket.on("error", () => undefined);
  socket.on("message", (data: Buffer) => {
    const message = JSON.parse(data.toString()) as { type: string; id: string; payload: never };
    if (message.type === "connection_ack") {
      isAcknowledged = true;
      for (const text of waiting.splice(0)) socket.send(text);
    } else if (message.type === "next") listening.get(message.id)?.next(message.payload);
    else if (message.type === "error") end(message.id, { how: "error", errors: message.payload });
    else if (message.type === "complete") end(message.id, { how: "complete" });
  });
  socket.on("close", (code) => {
    for (const id of [...listening.keys()]) end(id, { how: "closed", code: isAcknowledged ? code : 0 });
  });
  return {
    subscribe(payload, one) {
      if (socket.readyState >= WebSocket.CLOSING) return one.over({ how: "closed", code: 0 });
      const id = String((asked += 1));
      listening.set(id, one);
      send({ id, type: "subscribe", payload });
    },
    cut: () => socket.terminate(),
    pause: () => socket.pause(),
    resume: () => socket.resume(),
  };
}

/** An event stream. */
export function openStreamWire(url: string): Wire {
  let abort = () => undefined as void;
  let isCut = false;
  return {
    subscribe(operation, listening) {
      const read = async (): Promise<Over> => {
        const stream = await openStream(`${url}/graphql`, posted(operation)).catch(() => null);
        if (stream === null) return { how: "closed", code: 0 };
        abort = () => stream.abort();
        if (isCut) abort();
        if (stream.response.status !== 200) return { how: "closed", code: 0 };
        let refused: Payload["errors"];
        for (let event = await stream.next(); event !== null; event = await stream.next()) {
          if (event.event === "complete")
            return refused ? { how: "error", errors: refused } : { how: "complete" };
          const payload = JSON.parse(event.data) as Payload;
          // An error that ends the operation comes as a result without data, and `complete` behind it.
          if ("data" in payload) listening.next(payload);
          else refused = payload.errors ?? [];
        }
        return { how: "closed", code: 1001 };
      };
      read().then(
        (over) => listening.over(over),
        () => listening.over({ how: "closed", code: 1006 }),
      );
    },
    cut() {
      isCut = true;
      abort();
    },
  };
}
