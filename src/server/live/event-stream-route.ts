/** `/graphql` with `Accept: text/event-stream`: who may, what is asked, and then the stream. */
import type { FastifyReply, FastifyRequest } from "fastify";
import { BadUserInputError, SwitchboardError, UnauthenticatedError } from "../../errors/index.js";
import type { Credentials } from "../../gateway/use-principal.js";
import type { Principal } from "../../context/principal.js";
import { streamWish } from "./accept.js";
import { openEventStream, type EventStreamOptions } from "./event-stream.js";
import type { OperationRequest } from "./operations.js";
import { mayConnect } from "./origin.js";

export interface EventStreamRouteOptions extends EventStreamOptions {
  auth: "required" | "open";
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
  const { auth, authenticate, operations, clients } = options;

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
      if (!mayConnect(request.headers.origin, auth))
        return refuse(
          reply,
          403,
          "FORBIDDEN",
          "Pages from elsewhere cannot connect to a gateway in open mode.",
        );
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
      return refuse(reply, error instanceof UnauthenticatedError ? 401 : 400, error.code, error.message);
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
    throw new BadUserInputError("The request must be an object with a query.");
  const { query, operationName = null } = given;
  if (typeof query !== "string" || query === "")
    throw new BadUserInputError("query must be a text.", ["query"]);
  if (operationName !== null && typeof operationName !== "string")
    throw new BadUserInputError("operationName must be a text.", ["operationName"]);
  const variables = readObject(given, "variables");
  const extensions = readObject(given, "extensions");
  return { query, operationName, variables, extensions };
}

/** In a URL objects are JSON. */
function readObject(given: Record<string, unknown>, name: string): Record<string, unknown> | null {
  let value: unknown = given[name] ?? null;
  if (typeof value === "string") {
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
