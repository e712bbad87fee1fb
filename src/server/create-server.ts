/** HTTP: one Fastify instance with every route of the gateway. */
import Fastify, { type FastifyInstance } from "fastify";
import type { Gateway } from "../gateway/create-gateway.js";
import type { Logger } from "../http/http-client.js";
import { registerCrossOrigin } from "./cross-origin.js";
import { registerGraphqlRoute } from "./graphql-route.js";
import { registerHealthRoutes } from "./health-routes.js";
import { registerLive } from "./live/create-live.js";
import type { LiveLimits } from "./live/limits.js";
import { registerPlayground } from "./playground.js";
import { registerWebhookRoute, type WebhookRouteOptions } from "./webhook-route.js";

export interface ServerOptions extends Pick<WebhookRouteOptions, "inbox" | "publicUrl"> {
  gateway: Gateway;
  log: Logger;
  /** Whether GraphiQL is served, or from which folder. */
  playground: boolean | URL;
  auth: "required" | "open";
  /** What clients that stay connected may take. */
  limits: LiveLimits;
  now: () => number;
  /** Throws when the database does not answer. */
  ping(): Promise<void>;
}

export interface Server {
  readonly app: FastifyInstance;
  /** Starts to listen; answers the address, `http://127.0.0.1:4000`. Throws when the port is taken. */
  listen(host: string, port: number): Promise<string>;
  /** Stops accepting, waits for what is in flight, `patienceMs` at most. */
  drain(patienceMs: number): Promise<void>;
}

/** Bytes of a request: operations are text, and nobody writes more than a megabyte of it. */
const MAX_REQUEST_BYTES = 1024 * 1024;

/** Builds the server; nothing listens before `listen`. */
export async function createServer(options: ServerOptions): Promise<Server> {
  const { gateway, log, playground, ping } = options;
  const app = Fastify({ logger: false, bodyLimit: MAX_REQUEST_BYTES, forceCloseConnections: "idle" });
  // Before the routes: those that are there when a plugin is awaited keep the handler they had.
  app.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500)
      log.error({ err: error, method: request.method, route: request.routeOptions.url }, "request failed");
    const code = status >= 500 ? "INTERNAL_SERVER_ERROR" : "BAD_USER_INPUT";
    const message = status >= 500 ? "Internal server error" : error.message;
    return reply.code(status).send({ errors: [{ message, extensions: { code } }] });
  });
  // Operations come as JSON and nothing else, so a page from elsewhere cannot send one without being asked first.
  app.removeContentTypeParser("text/plain");
  registerCrossOrigin(app, options.auth);
  let draining = false;
  registerHealthRoutes(app, { accepting: () => !draining, ping });
  const folder = playground instanceof URL ? playground : undefined;
  const page = playground === false ? null : await registerPlayground(app, folder);
  const live = registerLive(app, options);
  registerGraphqlRoute(app, { ...gateway, playground: page, answerAsStream: live.answerAsStream });
  await registerWebhookRoute(app, options);

  return {
    app,
    async listen(host, port) {
      await app.listen({ host, port });
      const address = app.server.address();
      const bound = typeof address === "object" && address !== null ? address.port : port;
      return `http://${host.includes(":") ? `[${host}]` : host}:${bound}`;
    },
    async drain(patienceMs) {
      draining = true;
      live.leave();
      const patience = setTimeout(() => {
        live.terminate();
        app.server.closeAllConnections();
      }, patienceMs);
      patience.unref();
      await app.close();
      clearTimeout(patience);
    },
  };
}
