/** One event stream: GraphQL over SSE in distinct connections mode, where a connection is an operation. */
import type { ServerResponse } from "node:http";
import type { Principal } from "../../context/principal.js";
import type { Logger } from "../../http/http-client.js";
import { createBacklog } from "./backlog.js";
import { watchExpiry } from "./expiry.js";
import type { LiveLimits } from "./limits.js";
import type { LiveClients } from "./live-clients.js";
import type { OperationRequest, Operations } from "./operations.js";
import { payloadGroups } from "./frames.js";

export interface EventStreamOptions {
  operations: Operations;
  clients: LiveClients;
  limits: LiveLimits;
  log: Logger;
  now: () => number;
}

const HEADERS = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-cache",
  // Proxies that collect what they pass on would hold back every event.
  "x-accel-buffering": "no",
};

const COMMENT = ":\n\n";
/** Browsers pass over an event without data. */
const COMPLETE = "event: complete\ndata:\n\n";
const BEFORE = Buffer.from("event: next\ndata: ");
const AFTER = Buffer.from("\n\n");

/** Answers a request with a stream; it ends with the operation, or when the client leaves. */
export function openEventStream(
  response: ServerResponse,
  request: OperationRequest,
  principal: Principal,
  giveUpSeat: () => void,
  { operations, clients, limits, log, now }: EventStreamOptions,
): void {
  const { socket } = response;
  const backlog = createBacklog(
    {
      waitingBytes: () => response.writableLength,
      takenBytes: () => (socket?.bytesWritten ?? 0) - response.writableLength,
    },
    limits,
  );
  let open = true;

  function write(event: string | Buffer, count = 1): void {
    if (!open) return;
    if (backlog.isFull()) {
      log.info({ client: principal.name, ...backlog.describe() }, "a client that does not read is closed");
      return terminate();
    }
    response.write(event, backlog.added(count));
  }

  /** Whole events, each told with the text that makes it. */
  function writeNext(...texts: readonly string[]): void {
    for (const payloads of payloadGroups(texts)) {
      const events = Buffer.concat(payloads.flatMap((payload) => [BEFORE, payload, AFTER]));
      write(events, payloads.length);
    }
  }

  /** Without `complete` before it, a client comes back. */
  function end(): void {
    if (!open) return;
    close();
    response.end(() => socket?.end());
  }

  function finish(): void {
    write(COMPLETE);
    if (!open) return;
    close();
    response.end();
  }

  function terminate(): void {
    close();
    response.destroy();
  }

  function close(): void {
    if (!open) return;
    open = false;
    operation.stop();
    expiry.clear();
    backlog.release();
    giveUpSeat();
  }

  response.writeHead(200, HEADERS);
  response.write(COMMENT);
  response.on("close", () => {
    close();
    remove();
  });
  // What cannot be written any more ends in `close`.
  response.on("error", (error) =>
    log.debug({ err: error, client: principal.name }, "an event stream failed"),
  );

  const operation = operations.start(request, principal, {
    next(...payloads) {
      if (!expiry.passed()) writeNext(...payloads);
    },
    complete: finish,
    error(errors) {
      writeNext(JSON.stringify({ errors }));
      finish();
    },
    drained: backlog.drained,
  });
  const expiry = watchExpiry(principal, now, () => {
    const error = { message: "The credentials have expired.", extensions: { code: "UNAUTHENTICATED" } };
    writeNext(JSON.stringify({ errors: [error] }));
    finish();
  });
  const remove = clients.add({
    beat() {
      if (backlog.isStuck()) terminate();
      else write(COMMENT);
    },
    leave() {
      if (operation.kind === "subscription") end();
    },
    terminate,
  });
}
