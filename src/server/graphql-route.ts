/** `/graphql` over HTTP: Apollo Server behind Fastify, through a layer thin enough to read in one go. */
import { HeaderMap, type ApolloServer, type HTTPGraphQLRequest } from "@apollo/server";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { GraphQLError } from "graphql";
import type { OperationContext } from "../context/context.js";
import { UnauthenticatedError } from "../errors/index.js";
import type { Credentials } from "../gateway/use-principal.js";
import type { AnswerAsStream } from "./live/event-stream-route.js";

export interface GraphqlRouteOptions {
  apollo: ApolloServer<OperationContext>;
  /** Makes the context of one operation. Throws for callers without rights. */
  contextFor(credentials: Credentials): OperationContext;
  /** The playground's page, or null when it is off. */
  playground: string | null;
  /** Answers requests that want an event stream. */
  answerAsStream: AnswerAsStream;
}

/** Registers GET and POST /graphql (contract, "HTTP"). */
export function registerGraphqlRoute(app: FastifyInstance, options: GraphqlRouteOptions): void {
  const { apollo, contextFor, playground, answerAsStream } = options;

  async function answer(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    if (playground !== null && request.method === "GET" && wantsHtml(request)) {
      await reply.type("text/html; charset=utf-8").send(playground);
      return;
    }
    const credentials = credentialsOf(request);
    if (await answerAsStream(request, reply, credentials)) return;
    const answer = await apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: toGraphqlRequest(request),
      context: () =>
        Promise.resolve()
          .then(() => contextFor(credentials))
          .catch(refuse),
    });
    reply.code(answer.status ?? 200);
    for (const [name, value] of answer.headers) reply.header(name, value);
    if (answer.body.kind === "complete") {
      await reply.send(answer.body.string);
      return;
    }
    reply.hijack();
    reply.raw.writeHead(answer.status ?? 200, Object.fromEntries(answer.headers));
    for await (const chunk of answer.body.asyncIterator) reply.raw.write(chunk);
    reply.raw.end();
  }

  app.route({ method: ["GET", "POST"], url: "/graphql", exposeHeadRoute: false, handler: answer });
  app.route({
    method: ["HEAD", "PUT", "PATCH", "DELETE"],
    url: "/graphql",
    handler: ({ method }, reply) => {
      const message = `${method} means nothing here: send operations with POST, or queries with GET.`;
      const errors = [{ message, extensions: { code: "BAD_USER_INPUT" } }];
      return reply.code(405).header("allow", "GET, POST, OPTIONS").send({ errors });
    },
  });
}

function credentialsOf({ headers }: FastifyRequest): Credentials {
  const apiKey = headers["x-api-key"];
  return { authorization: headers.authorization, apiKey: typeof apiKey === "string" ? apiKey : undefined };
}

/** Callers nobody knows get the status that HTTP has for it. */
function refuse(error: unknown): never {
  if (!(error instanceof UnauthenticatedError)) throw error;
  const http = { status: 401, headers: new HeaderMap([["www-authenticate", "Bearer"]]) };
  throw new GraphQLError(error.message, { extensions: { code: error.code, http } });
}

/** A browser's address bar, not a program: HTML comes before everything else that it accepts. */
function wantsHtml(request: FastifyRequest): boolean {
  const accept = request.headers.accept ?? "";
  return accept.includes("text/html") && !("query" in (request.query as object));
}

function toGraphqlRequest(request: FastifyRequest): HTTPGraphQLRequest {
  const headers = new HeaderMap();
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(", ") : value);
  }
  const queryStart = request.url.indexOf("?");
  return {
    method: request.method,
    headers,
    search: queryStart === -1 ? "" : request.url.slice(queryStart),
    body: request.body,
  };
}
