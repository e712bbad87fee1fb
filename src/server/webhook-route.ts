/** `/webhooks/{connection}`: where providers send what happens (contract, "Webhooks"). */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Logger } from "../http/http-client.js";
import type { Inbox } from "../sync/inbox.js";

export interface WebhookRouteOptions {
  inbox: Pick<Inbox, "receive">;
  /** Where providers reach this gateway, without a trailing slash; null: nobody has said, and requests say it. */
  publicUrl: string | null;
  log: Logger;
}

/** Reports with whole transcripts are the largest (Speko reference §11.3). */
const MAX_DELIVERY_BYTES = 1024 * 1024;
/** Seconds. Providers that heed it come again soon. */
const RETRY_AFTER = 5;

/** Registers the route. Bodies are kept as they come, whatever they say they are: signatures cover their bytes. */
export async function registerWebhookRoute(
  app: FastifyInstance,
  options: WebhookRouteOptions,
): Promise<void> {
  const { inbox, publicUrl, log } = options;
  const types = new WeakMap<object, string>();

  async function answer(
    request: FastifyRequest<{ Params: { connection: string } }>,
    reply: FastifyReply,
  ): Promise<unknown> {
    const { connection } = request.params;
    const { method, url } = request.raw;
    const origin = publicUrl ?? `${request.protocol}://${request.host}`;
    try {
      const receipt = await inbox.receive(connection, {
        method: method === "GET" ? "GET" : "POST",
        url: `${origin}${url ?? ""}`,
        headers: { ...joined(request.headers), "content-type": types.get(request.raw) },
        body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
      });
      switch (receipt) {
        case "TAKEN":
          return await reply.code(200).send();
        case "REFUSED":
          return await reply.code(401).send();
        case "UNKNOWN":
          return reply.callNotFound();
      }
    } catch (error) {
      // It is not written down, so it must come again.
      log.warn({ err: error, connection }, "a webhook delivery could not be taken");
      return reply.code(503).header("retry-after", RETRY_AFTER).send();
    }
  }

  await app.register((scope, _, done) => {
    // A type that is none would be refused before anybody has looked at the signature.
    scope.addHook("onRequest", (request, _reply, next) => {
      const { headers } = request.raw;
      if (headers["content-type"] !== undefined) types.set(request.raw, headers["content-type"]);
      headers["content-type"] = "application/octet-stream";
      next();
    });
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, parsed) => parsed(null, body));
    // With a slash behind it too: whoever enters the address at a provider may well add one.
    for (const url of ["/webhooks/:connection", "/webhooks/:connection/"])
      scope.route<{ Params: { connection: string } }>({
        method: ["GET", "POST"],
        url,
        bodyLimit: MAX_DELIVERY_BYTES,
        exposeHeadRoute: false,
        handler: answer,
      });
    done();
  });
}

function joined(headers: FastifyRequest["headers"]): Record<string, string | undefined> {
  const one = (value: string | string[] | undefined) => (Array.isArray(value) ? value.join(",") : value);
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, one(value)]));
}
