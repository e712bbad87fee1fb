/** Everything that stays connected, in one piece: WebSockets, event streams, and their end. */
import type { FastifyInstance } from "fastify";
import type { Gateway } from "../../gateway/create-gateway.js";
import type { Logger } from "../../http/http-client.js";
import { createEventStreamRoute, type AnswerAsStream } from "./event-stream-route.js";
import type { LiveLimits } from "./limits.js";
import { createLiveClients } from "./live-clients.js";
import { createOperations } from "./operations.js";
import { registerSocketRoute } from "./socket-route.js";

export interface LiveOptions {
  gateway: Pick<Gateway, "apollo" | "authenticate" | "contextOf" | "subscribe">;
  auth: "required" | "open";
  limits: LiveLimits;
  log: Logger;
  now: () => number;
}

export interface Live {
  readonly answerAsStream: AnswerAsStream;
  /** Asks everybody to leave, and lets in nobody new. */
  leave(): void;
  /** Cuts off whoever is still there. */
  terminate(): void;
}

/** Registers `WS /graphql` and builds what answers with event streams. */
export function registerLive(app: FastifyInstance, { gateway, ...options }: LiveOptions): Live {
  const { authenticate } = gateway;
  const operations = createOperations({ ...gateway, log: options.log });
  const clients = createLiveClients(options.limits);
  const shared = { ...options, authenticate, operations, clients };
  registerSocketRoute(app.server, shared);
  return {
    answerAsStream: createEventStreamRoute(shared),
    leave: () => clients.leave(),
    terminate: () => clients.terminate(),
  };
}
