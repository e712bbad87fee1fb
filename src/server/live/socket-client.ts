/** One WebSocket: what is written to it, how much of it may wait, and when it is closed. */
import type { WebSocket as ProtocolSocket } from "graphql-ws";
import { CloseCode } from "graphql-ws";
import type { GraphQLFormattedError } from "graphql";
import type { Duplex } from "node:stream";
import { Socket } from "node:net";
import type { WebSocket } from "ws";
import type { Principal } from "../../context/principal.js";
import type { Logger } from "../../http/http-client.js";
import { createBacklog } from "./backlog.js";
import { createEnding } from "./ending.js";
import { watchExpiry, type Expiry } from "./expiry.js";
import { nextFrames, nextPrefix, payloadGroups } from "./frames.js";
import { whyInvalid } from "./invalid-message.js";
import type { LiveLimits } from "./limits.js";
import type { LiveClient } from "./live-clients.js";
import type { OperationRequest, Operations, RunningOperation } from "./operations.js";

/** Close codes that the protocol leaves to WebSocket itself, and the one of the contract for slow clients. */
const GOING_AWAY = 1001;
const TOO_SLOW = 4429;

/** Errors of an operation as they go over the wire. */
export class OperationErrors extends Error {
  constructor(readonly errors: readonly GraphQLFormattedError[]) {
    super("the operation was refused");
  }
}

export interface SocketClient extends LiveClient {
  /** The connection as the protocol's library sees it. */
  readonly protocol: ProtocolSocket;
  /** The client has said who it is. */
  admit(principal: Principal, giveUpSeat: () => void): void;
  /** Starts an operation; its results go out by themselves. */
  start(id: string, request: OperationRequest): AsyncGenerator<never, void, void>;
  /** Closes, and ends everything that runs for the client at once. */
  shut(code: number, reason: string): void;
  /** Called once, when nothing more can be sent. */
  onShut: (code: number, reason: string) => void;
}

export interface SocketClientOptions {
  socket: WebSocket;
  /** The connection below it. */
  stream: Duplex;
  operations: Operations;
  limits: LiveLimits;
  log: Logger;
  now: () => number;
}

const TEXT = { binary: false, compress: false, fin: true } as const;
const NOTHING = Buffer.alloc(0);

/** Wraps a socket that was just opened. */
export function createSocketClient(options: SocketClientOptions): SocketClient {
  const { socket, stream, operations, limits, log, now } = options;
  const running = new Set<RunningOperation>();
  const backlog = createBacklog(
    {
      waitingBytes: () => stream.writableLength,
      takenBytes: () => (stream instanceof Socket ? stream.bytesWritten : 0) - stream.writableLength,
    },
    limits,
  );
  let open = true;
  let leaving = false;
  let heard = true;
  let principal: Principal | null = null;
  let expiry: Expiry | null = null;
  let giveUpSeat = () => undefined as void;
  let received = "";
  let receive: ((text: string) => Promise<void>) | null = null;

  function shut(code: number, reason: string): void {
    if (!open) return;
    open = false;
    for (const operation of running) operation.stop();
    running.clear();
    expiry?.clear();
    giveUpSeat();
    backlog.release();
    const said = shortened(reason);
    socket.close(code, said);
    client.onShut(code, said);
  }

  function shutSlow(): void {
    log.info({ client: principal?.name, ...backlog.describe() }, "a client that does not read is closed");
    shut(TOO_SLOW, "Reads too slowly: resume with the last cursor");
  }

  function write(message: string): void {
    if (!open) return;
    if (backlog.isFull()) return shutSlow();
    socket.send(message, TEXT, backlog.added());
  }

  /** Past the library's `send`, in one write instead of two; whole frames, so nothing comes in between. */
  function writeFrames(prefix: Buffer, payloads: readonly Buffer[]): void {
    const isIdle = stream.writableLength === 0;
    if (!isIdle && backlog.isFull()) return shutSlow();
    const frames = nextFrames(prefix, payloads);
    // Most clients have nothing waiting: then there is nothing to count, and no callback to be made.
    if (isIdle) return void stream.write(frames);
    stream.write(frames, backlog.added(payloads.length));
  }

  function drained(): Promise<void> {
    if (open && !backlog.hasRoom()) {
      // Something may be on its way that was not counted; this is through when it is.
      stream.write(NOTHING, backlog.added());
    }
    return backlog.drained();
  }

  function begin(id: string, request: OperationRequest, who: Principal): AsyncGenerator<never, void, void> {
    const prefix = nextPrefix(id);
    const ended = (): void => {
      running.delete(operation);
      // After the library has told the client of it, and in no case from within `start`.
      if (leaving) setImmediate(leaveIfIdle);
    };
    const ending = createEnding(() => {
      operation.stop();
      ended();
    });
    const operation = operations.start(request, who, {
      next(...texts) {
        if (expiry?.passed() === true) return;
        for (const payloads of payloadGroups(texts)) if (open) writeFrames(prefix, payloads);
      },
      complete() {
        ended();
        ending.end();
      },
      error(errors) {
        ended();
        ending.fail(new OperationErrors(errors));
      },
      drained,
    });
    running.add(operation);
    return ending.iterator;
  }

  function leaveIfIdle(): void {
    if ([...running].some(({ kind }) => kind !== "subscription")) return;
    shut(GOING_AWAY, "Going away");
  }

  socket.on("message", (data: Buffer, isBinary) => {
    heard = true;
    if (!open || receive === null) return;
    if (isBinary) return shut(CloseCode.BadRequest, "Invalid message received: text is expected");
    const text = data.toString();
    received = text;
    const handled = receive(text);
    received = "";
    handled.catch((error: unknown) => {
      // The library refuses by throwing what is well-formed and not the client's to send.
      if (error instanceof Error && error.message.startsWith("Unexpected message of type"))
        return shut(CloseCode.BadRequest, whyInvalid(text));
      log.error({ err: error }, "a message of a live client failed");
      shut(CloseCode.InternalServerError, "Internal server error");
    });
  });
  // Pongs are written without asking us; a client that pings and does not read must not make them pile up.
  socket.on("ping", () => void (open && backlog.isFull() && shutSlow()));
  socket.on("pong", () => void (heard = true));
  socket.on("error", (error) => log.debug({ err: error, client: principal?.name }, "a WebSocket failed"));
  socket.on("close", (code, reason) => shut(code, reason.toString()));

  const client: SocketClient = {
    protocol: {
      protocol: socket.protocol,
      send: write,
      // The library says that a message is invalid while it looks at it, and not why.
      close: (code = 1000, reason = "") =>
        shut(code, code === CloseCode.BadRequest ? whyInvalid(received) : reason),
      onMessage: (listener) => void (receive = listener),
    },
    admit(who, seat) {
      if (!open) return seat();
      principal = who;
      giveUpSeat = seat;
      expiry = watchExpiry(who, now, () =>
        shut(CloseCode.Forbidden, "Forbidden: the credentials have expired"),
      );
    },
    start(id, request) {
      // Whoever leaves answers nothing new: the client is about to be told to come back.
      const idle = () => createEnding(() => undefined).iterator;
      if (!open || leaving || principal === null || expiry?.passed() === true) return idle();
      return begin(id, request, principal);
    },
    shut,
    onShut: () => undefined,
    beat() {
      if (!open) return;
      const stuck = backlog.isStuck();
      if (!heard && stream.writableLength === 0) return socket.terminate();
      if (!heard && stuck) return shutSlow();
      heard = false;
      socket.ping();
    },
    leave() {
      leaving = true;
      for (const operation of running) if (operation.kind === "subscription") operation.stop();
      leaveIfIdle();
    },
    terminate: () => socket.terminate(),
  };
  return client;
}

/** A close frame has room for 123 bytes of reason. */
function shortened(reason: string): string {
  const bytes = Buffer.from(reason);
  return bytes.length <= 123
    ? reason
    : `${bytes
        .subarray(0, 119)
        .toString()
        .replace(/\uFFFD$/, "")}…`;
}
