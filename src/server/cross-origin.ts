/** `/graphql` and pages from other origins: who may, and what browsers are told of it. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { mayConnect } from "./live/origin.js";

/** How long a browser may remember the answer to a preflight, seconds. */
const REMEMBER_S = 3_600;

/**
 * Lets pages from elsewhere in where credentials decide (they are sent by the page itself, never by the browser), and
 * keeps them out in open mode, where looking at such a page would be enough. Answers preflights.
 */
export function registerCrossOrigin(app: FastifyInstance, auth: "required" | "open"): void {
  app.addHook("onRequest", async (request, reply) => {
    if (request.routeOptions.url !== "/graphql") return;
    const { origin } = request.headers;
    if (!mayCome(request, auth)) {
      const message = "Pages from elsewhere cannot connect to a gateway in open mode.";
      return reply.code(403).send({ errors: [{ message, extensions: { code: "FORBIDDEN" } }] });
    }
    if (origin === undefined) return;
    // On the response itself: event streams write their head past the framework.
    reply.raw.setHeader("access-control-allow-origin", auth === "open" ? origin : "*");
    if (auth === "open") reply.raw.setHeader("vary", "Origin");
  });

  app.options("/graphql", (request, reply) => answerPreflight(request, reply));
}

/**
 * Browsers say where a page is from in `Origin`, except for the simplest requests (an image, a script), which they mark
 * as `cross-site`. Programs send neither.
 */
function mayCome({ headers }: FastifyRequest, auth: "required" | "open"): boolean {
  if (auth !== "open") return true;
  if (headers.origin !== undefined) return mayConnect(headers.origin, auth);
  // A link from elsewhere to the playground is no request of the page it stands on.
  return headers["sec-fetch-site"] !== "cross-site" || headers["sec-fetch-mode"] === "navigate";
}

function answerPreflight({ headers }: FastifyRequest, reply: FastifyReply): FastifyReply {
  reply.code(204).header("allow", "GET, POST, OPTIONS");
  if (headers["access-control-request-method"] === undefined) return reply.send();
  const wanted = headers["access-control-request-headers"];
  reply.header("access-control-allow-methods", "GET, POST").header("access-control-max-age", REMEMBER_S);
  // A star would not stand for Authorization.
  if (typeof wanted === "string") reply.header("access-control-allow-headers", wanted);
  return reply.send();
}
