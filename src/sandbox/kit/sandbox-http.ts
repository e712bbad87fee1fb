import { createServer, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import type { Server, ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Faults, SandboxRequest } from "../conversation.js";
import { CONTROL_PREFIX, answerControl } from "./control-routes.js";
import { createFaultPlan } from "./faults.js";
import { HTML_ERROR_PAGE, truncateBody, writeOversized } from "./broken-answers.js";

export interface SandboxHttpRequest {
  method: string;
  /** Raw path, still percent-encoded, without the query. */
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

export interface SandboxHttpAnswer {
  status: number;
  headers?: Record<string, string | string[]>;
  body: string | Buffer | null;
  /**
   * Takes the response over once the head is written: for event streams. `body` is not sent; whoever streams ends the
   * response and stops on its `close` event.
   */
  stream?(response: ServerResponse): void;
}

export interface SandboxHttpOptions {
  host: string;
  /** 0 picks a free port. */
  port: number;
  /** A throw becomes a 500 that carries the message: a bug of the sandbox, not a fault. */
  handle(request: SandboxHttpRequest): SandboxHttpAnswer | Promise<SandboxHttpAnswer>;
  /** Requests the faults leave alone unless `faults.path` names them, such as logins. @default none */
  isExempt?(request: SandboxHttpRequest): boolean;
  /** Clock of the request log, epoch ms. @default Date.now */
  now?(): number;
}

export interface SandboxHttp {
  /** `http://127.0.0.1:PORT`, no trailing slash. */
  readonly origin: string;
  /** For protocol upgrades; requests are answered here. */
  readonly server: Server;
  /** In order of arrival. An entry is there from the start; its status is 0 until the answer is written. */
  readonly requests: readonly SandboxRequest[];
  forget(): void;
  setFaults(faults: Faults): void;
  /** What is left of the faults. */
  readonly faults: Faults;
  /** Destroys every socket, upgraded ones too. */
  close(): Promise<void>;
}

/**
 * A real HTTP server that can misbehave on demand. Serializer faults (`malformed: "wrong-types"`, `unknownEnums`) are
 * the handler's to produce; every other member of `Faults` happens here, on the wire.
 */
export async function startSandboxHttp(options: SandboxHttpOptions): Promise<SandboxHttp> {
  const plan = createFaultPlan();
  const requests: SandboxRequest[] = [];
  const sockets = new Set<Socket>();
  const now = options.now ?? Date.now;

  const control = {
    get faults() {
      return plan.faults;
    },
    requests,
    setFaults: (faults: Faults) => plan.replace(faults),
    forget: () => void requests.splice(0),
  };

  const serve = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = message.url ?? "/";
    const isControl = url.startsWith(CONTROL_PREFIX);
    const entry: SandboxRequest = { method: message.method ?? "GET", url, status: 0, at: now() };
    if (!isControl) requests.push(entry);

    const request = await readRequest(message, url);
    if (isControl) return send(response, answerControl(request, control));

    const { action, latencyMs, truncate } = plan.take(request.path, options.isExempt?.(request) ?? false);
    if (action?.kind === "hang") return;
    if (action?.kind === "reset") return void message.socket.destroy();

    // Served before the delay: a client that gives up waiting has still made its change, as with the real thing.
    const answer = action ? null : await answerOf(options, request);
    await delay(latencyMs, response);
    if (response.destroyed) return;
    if (answer) {
      entry.status = answer.status;
      return send(response, truncate ? truncateBody(answer) : answer);
    }
    if (!action) return;
    switch (action.kind) {
      case "status":
        entry.status = action.status;
        return send(response, {
          status: action.status,
          headers: {
            "content-type": action.body?.startsWith("<") ? "text/html" : "application/json",
            ...(action.retryAfterSeconds === undefined
              ? {}
              : { "retry-after": `${action.retryAfterSeconds}` }),
          },
          body: action.body ?? JSON.stringify({ error: `sandbox fault ${action.status}` }),
        });
      case "oversized":
        entry.status = 200;
        return writeOversized(response, action.bytes);
      case "html":
        entry.status = 200;
        return send(response, {
          status: 200,
          headers: { "content-type": "text/html" },
          body: HTML_ERROR_PAGE,
        });
      case "empty":
        entry.status = 200;
        return send(response, { status: 200, headers: { "content-type": "application/json" }, body: null });
    }
  };

  const server = createServer((message, response) => {
    serve(message, response).catch((error: unknown) => {
      // Reached when the client went away in the middle of its own request; nobody is left to answer.
      response.destroy(error instanceof Error ? error : undefined);
    });
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  await listen(server, options.port, options.host);
  const { port } = server.address() as AddressInfo;

  return {
    origin: `http://${options.host.includes(":") ? `[${options.host}]` : options.host}:${port}`,
    server,
    requests,
    forget: control.forget,
    setFaults: control.setFaults,
    get faults() {
      return plan.faults;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

async function answerOf(
  options: SandboxHttpOptions,
  request: SandboxHttpRequest,
): Promise<SandboxHttpAnswer> {
  try {
    return await options.handle(request);
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { status: 500, headers: { "content-type": "text/plain" }, body: `Sandbox bug: ${text}` };
  }
}

async function readRequest(message: IncomingMessage, url: string): Promise<SandboxHttpRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  const mark = url.indexOf("?");
  return {
    method: message.method ?? "GET",
    path: mark < 0 ? url : url.slice(0, mark),
    query: new URLSearchParams(mark < 0 ? "" : url.slice(mark + 1)),
    headers: message.headers,
    body: Buffer.concat(chunks),
  };
}

function send(response: ServerResponse, answer: SandboxHttpAnswer): void {
  response.writeHead(answer.status, answer.headers);
  if (answer.stream) {
    response.flushHeaders();
    return answer.stream(response);
  }
  response.end(answer.body ?? undefined);
}

/** Resolves after `ms`, or as soon as the client has gone. */
function delay(ms: number, response: ServerResponse): Promise<void> {
  if (ms <= 0) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    response.once("close", done);
    function done(): void {
      clearTimeout(timer);
      response.off("close", done);
      resolve();
    }
  });
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
}
