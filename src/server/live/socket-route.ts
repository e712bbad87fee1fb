/** `WS /graphql`: graphql-transport-ws. The states of the protocol are graphql-ws's; results go past it. */
import { parse, GraphQLError, type ExecutionArgs } from "graphql";
import { CloseCode, GRAPHQL_TRANSPORT_WS_PROTOCOL, makeServer } from "graphql-ws";
import type { IncomingMessage, Server as HttpServer } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer, type ServerOptions, type WebSocket } from "ws";
import type { Principal } from "../../context/principal.js";
import { UnauthenticatedError } from "../../errors/index.js";
import type { Credentials } from "../../gateway/use-principal.js";
import type { Logger } from "../../http/http-client.js";
import { MAX_MESSAGE_BYTES, type LiveLimits } from "./limits.js";
import type { LiveClients } from "./live-clients.js";
import type { Operations, OperationRequest } from "./operations.js";
import { mayConnect } from "./origin.js";
import { createSocketClient, OperationErrors, type SocketClient } from "./socket-client.js";

export interface SocketRouteOptions {
  auth: "required" | "open";
  /** Throws `UnauthenticatedError`. */
  authenticate(credentials: Credentials): Principal | Promise<Principal>;
  operations: Operations;
  clients: LiveClients;
  limits: LiveLimits;
  log: Logger;
  now: () => number;
}

/** What the library is told of each socket. */
interface Extra {
  client: SocketClient;
  /** Credentials of the request that opened the socket: programs can send headers. */
  headers: Credentials;
}

/** The library looks at a document only to see whether results are many; which operation it is, ours know. */
const PLACEHOLDER = parse("subscription { any }");

/** For whoever has sent none, or where nobody looks for them; there is room for 123 bytes. */
const NOBODY = 'Forbidden: credentials are needed: connectionParams { "authorization": "Bearer <key>" }';

/** Registers the route. Upgrades to other paths are refused. */
export function registerSocketRoute(http: HttpServer, options: SocketRouteOptions): void {
  const { auth, operations, clients, limits, log, now } = options;
  const protocol = createProtocol(options);
  // `closeTimeout` is newer than the library's types.
  const settings: ServerOptions & { closeTimeout: number } = {
    noServer: true,
    clientTracking: false,
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: false,
    closeTimeout: limits.closeMs,
    // An id can be used again as soon as it is completed; the library has to be through with the one before.
    allowSynchronousEvents: false,
    // A client of another protocol is let in, to be told by a close code what is wrong.
    handleProtocols: (offered) =>
      offered.has(GRAPHQL_TRANSPORT_WS_PROTOCOL)
        ? GRAPHQL_TRANSPORT_WS_PROTOCOL
        : (offered.values().next().value ?? false),
  };
  const sockets = new WebSocketServer(settings);

  http.on("upgrade", (request, stream, head) => {
    const path = request.url?.split("?", 1)[0];
    if (path !== "/graphql") return refuse(stream, "404 Not Found");
    if (!clients.accepting()) return refuse(stream, "503 Service Unavailable");
    if (!mayConnect(request.headers.origin, auth)) return refuse(stream, "403 Forbidden");
    // What is made for the socket must not hold on to the request.
    const headers = credentialsOf(request);
    sockets.handleUpgrade(request, stream, head, (socket) => opened(socket, stream, headers));
  });

  function opened(socket: WebSocket, stream: Duplex, headers: Credentials): void {
    const client = createSocketClient({ socket, stream, operations, limits, log, now });
    socket.once("close", clients.add(client));
    let closed: ReturnType<typeof protocol.opened> | null = null;
    client.onShut = (code, reason) => void closed?.(code, reason);
    closed = protocol.opened(client.protocol, { client, headers });
  }
}

function createProtocol({ authenticate, clients, limits }: SocketRouteOptions) {
  return makeServer<Record<string, unknown>, Extra>({
    connectionInitWaitTimeout: limits.connectionInitMs,
    async onConnect({ connectionParams, extra: { client, headers } }) {
      const credentials = credentialsAmong(connectionParams) ?? headers;
      try {
        const principal = await authenticate(credentials);
        const seat = clients.seat(principal.name);
        if (seat === null) {
          client.shut(CloseCode.TooManyInitialisationRequests, "Too many connections of this principal");
          return false;
        }
        client.admit(principal, seat);
        return true;
      } catch (error) {
        if (!(error instanceof UnauthenticatedError)) throw error;
        const isNobody = credentials.authorization === undefined && credentials.apiKey === undefined;
        client.shut(CloseCode.Forbidden, isNobody ? NOBODY : `Forbidden: ${error.message}`);
        return false;
      }
    },
    onSubscribe(context, id, payload) {
      if (Object.keys(context.subscriptions).length > limits.operationsPerSocket)
        return [tooMany(limits.operationsPerSocket)];
      const contextValue: Started = { client: context.extra.client, id, request: payload };
      // The schema is not looked at either: `subscribe` below does not execute.
      return { document: PLACEHOLDER, contextValue } as unknown as ExecutionArgs;
    },
    subscribe(args) {
      const { client, id, request } = args.contextValue as Started;
      return client.start(id, request);
    },
    onError: (_context, _id, _payload, errors) => errors.flatMap(toWire),
  });
}

interface Started {
  client: SocketClient;
  id: string;
  request: OperationRequest;
}

function toWire(error: GraphQLError) {
  const { originalError } = error;
  return originalError instanceof OperationErrors ? originalError.errors : [error.toJSON()];
}

function tooMany(limit: number): GraphQLError {
  return new GraphQLError(`There can be ${limit} operations at a time on one connection.`, {
    extensions: { code: "RATE_LIMITED" },
  });
}

/** Credentials among the connection parameters, in any case: people write them as the headers they know. */
function credentialsAmong(params: Record<string, unknown> | undefined): Credentials | null {
  const named = new Map(Object.entries(params ?? {}).map(([name, value]) => [name.toLowerCase(), value]));
  const text = (name: string) => {
    const value = named.get(name);
    return typeof value === "string" && value !== "" ? value : undefined;
  };
  const authorization = text("authorization");
  // Without a scheme it is the key itself.
  const bare =
    authorization !== undefined && !/\s/.test(authorization.trim()) ? authorization.trim() : undefined;
  const apiKey = text("x-api-key") ?? bare;
  if (apiKey !== undefined) return { apiKey };
  return authorization === undefined ? null : { authorization };
}

function credentialsOf({ headers }: IncomingMessage): Credentials {
  const apiKey = headers["x-api-key"];
  return { authorization: headers.authorization, apiKey: typeof apiKey === "string" ? apiKey : undefined };
}

function refuse(stream: Duplex, status: string): void {
  stream.on("error", () => stream.destroy());
  stream.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
