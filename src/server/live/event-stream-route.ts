/** `/graphql` with `Accept: text/event-stream`: who may, what is asked, and then the stream. */
import type { FastifyReply, FastifyRequest } from "fastify";
import { BadUserInputError, SwitchboardError, UnauthenticatedError } from "../../errors/index.js";
import type { Credentials } from "../../gateway/use-principal.js";
import type { Principal } from "../../context/principal.js";
import { streamWish } from "./accept.js";
import { openEventStream, type EventStreamOptions } from "./event-stream.js";
import type { OperationRequest } from "./operations.js";

export interface EventStreamRouteOptions extends EventStreamOptions {
  /** Throws `UnauthenticatedError`. */
  authenticate(credentials: Credentials): Principal | Promise<Principal>;
}

/** Answers a request as a stream if that is what it wants; false for all others. */
export type AnswerAsStream = (
  request: FastifyRequest,
  reply: FastifyReply,
  credentials: Credentials,
) => Promise<boolean>;

/** Builds the answering. */
export function createEventStreamRoute(options: EventStreamRouteOptions): AnswerAsStream {
  const { authenticate, operations, clients } = options;

  /** The operation of a request that is to be answered by a stream; null for one that is not. */
  function operationOf(request: FastifyRequest): OperationRequest | null {
    const wish = streamWish(request.headers.accept);
    if (wish === "no") return null;
    if (wish === "preferred") return readOperation(request);
    // Clients that accept everything they can read get JSON for what has one answer.
    const operation = tryRead(request);
    return operation !== null && operations.kindOf(operation) === "subscription" ? operation : null;
  }

  return async (request, reply, credentials) => {
    try {
      const operation = operationOf(request);
      if (operation === null) return false;
      const principal = await authenticate(credentials);
      const giveUpSeat = clients.seat(principal.name);
      if (giveUpSeat === null)
        return refuse(reply, 429, "RATE_LIMITED", "All connections of this principal are taken.");
      if (request.method === "GET" && operations.kindOf(operation) === "mutation") {
        giveUpSeat();
        return refuse(
          reply.header("allow", "POST"),
          405,
          "BAD_USER_INPUT",
          "A mutation has to be sent with POST.",
        );
      }
      reply.hijack();
      openEventStream(reply.raw, operation, principal, giveUpSeat, options);
      return true;
    } catch (error) {
      if (!(error instanceof SwitchboardError)) throw error;
      if (!(error instanceof UnauthenticatedError)) return refuse(reply, 400, error.code, error.message);
      return refuse(reply.header("www-authenticate", "Bearer"), 401, error.code, error.message);
    }
  };
}

async function refuse(reply: FastifyReply, status: number, code: string, message: string): Promise<true> {
  await reply.code(status).send({ errors: [{ message, extensions: { code } }] });
  return true;
}

function tryRead(request: FastifyRequest): OperationRequest | null {
  try {
    return readOperation(request);
  } catch {
    return null;
  }
}

/** Reads the request as GraphQL over HTTP has it. Throws `BadUserInputError`. */
function readOperation(request: FastifyRequest): OperationRequest {
  const given = (request.method === "GET" ? request.query : request.body) as Record<string, unknown> | null;
  if (typeof given !== "object" || given === null || Array.isArray(given))
    throw new BadUserInputError('The request must be a JSON object such as { "query": "…" }.');
  const { query = "", operationName = null } = given;
  if (query === "") throw new BadUserInputError("The request has no query.", ["query"]);
  if (typeof query !== "string") throw new BadUserInputError("query must be one text.", ["query"]);
  if (operationName !== null && typeof operationName !== "string")
    throw new BadUserInputError("operationName must be one text.", ["operationName"]);
  const inUrl = request.method === "GET";
  const variables = readObject(given, "variables", inUrl);
  const extensions = readObject(given, "extensions", inUrl);
  return { query, operationName, variables, extensions };
}

/** In a URL objects are JSON. */
function readObject(
  given: Record<string, unknown>,
  name: string,
  inUrl: boolean,
): Record<string, unknown> | null {
  let value: unknown = given[name] ?? null;
  if (inUrl && typeof value === "string") {
    try {
      value = JSON.parse(value);
    } catch {
      throw new BadUserInputError(`${name} must be JSON.`, [name]);
    }
  }
  if (value !== null && (typeof value !== "object" || Array.isArray(value)))
    throw new BadUserInputError(`${name} must be an object.`, [name]);
  return value as Record<string, unknown> | null;
}
