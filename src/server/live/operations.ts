/** Operations of clients that stay connected: whatever their kind, results come to a subscriber as text. */
import { HeaderMap, type ApolloServer } from "@apollo/server";
import { getOperationAST, parse, type GraphQLFormattedError } from "graphql";
import type { OperationContext } from "../../context/context.js";
import type { Principal } from "../../context/principal.js";
import { toClientError } from "../../errors/to-graphql-error.js";
import type { Logger } from "../../http/http-client.js";
import type { RunningSubscription, Subscribe, Subscriber } from "../../live/subscriber.js";

/** The body of a request, as GraphQL over HTTP has it. */
export interface OperationRequest {
  query: string;
  operationName?: string | null | undefined;
  variables?: Record<string, unknown> | null | undefined;
  extensions?: Record<string, unknown> | null | undefined;
}

export type OperationKind = "query" | "mutation" | "subscription";

export interface RunningOperation extends RunningSubscription {
  readonly kind: OperationKind;
}

export interface Operations {
  kindOf(request: OperationRequest): OperationKind;
  /**
   * Starts an operation. Queries and mutations call `next` and `complete` once each, and what refuses a request before
   * it runs calls `error`. Nothing is called before the answer, or after `stop`.
   */
  start(request: OperationRequest, principal: Principal, subscriber: Subscriber): RunningOperation;
}

export interface OperationsOptions {
  apollo: ApolloServer<OperationContext>;
  contextOf(principal: Principal): OperationContext;
  subscribe: Subscribe;
  log: Logger;
}

/** Documents whose kind is remembered, and how long they may be: thousands of clients send the same few. */
const REMEMBERED = { documents: 500, length: 16_384 };

/** Builds what runs operations. */
export function createOperations({ apollo, contextOf, subscribe, log }: OperationsOptions): Operations {
  const kinds = new Map<string, OperationKind>();

  function kindOf({ query, operationName }: OperationRequest): OperationKind {
    // No name is not an empty name, and a name from a client can hold anything.
    const key = `${operationName == null ? "" : JSON.stringify(operationName)}\n${query}`;
    const known = kinds.get(key);
    if (known !== undefined) return known;
    const kind = readKind(query, operationName);
    if (query.length <= REMEMBERED.length) {
      const oldest = kinds.size >= REMEMBERED.documents ? kinds.keys().next().value : undefined;
      if (oldest !== undefined) kinds.delete(oldest);
      kinds.set(key, kind);
    }
    return kind;
  }

  /** As over HTTP: the same pipeline, rights, errors and masks. The answer is text already. */
  async function answer(request: OperationRequest, principal: Principal, subscriber: Subscriber) {
    const { body } = await apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: {
        method: "POST",
        headers: new HeaderMap([["content-type", "application/json"]]),
        search: "",
        body: request,
      },
      context: () => Promise.resolve(contextOf(principal)),
    });
    if (body.kind !== "complete") throw new Error("an answer came in parts");
    const refused = refusal(body.string);
    if (refused !== null) return subscriber.error(refused);
    subscriber.next(body.string);
    subscriber.complete();
  }

  return {
    kindOf,
    start(request, principal, subscriber) {
      const kind = kindOf(request);
      let stopped = false;
      let running: RunningSubscription | null = null;
      const heard: Subscriber = {
        next: (...payloads) => void (stopped || subscriber.next(...payloads)),
        complete: () => void (stopped || ((stopped = true), subscriber.complete())),
        error: (errors) => void (stopped || ((stopped = true), subscriber.error(errors))),
        drained: () => subscriber.drained?.() ?? Promise.resolve(),
      };
      const begin = async () => {
        // Nothing is told from within `start`: whoever called it does not hold the operation yet.
        await Promise.resolve();
        if (stopped) return;
        if (kind !== "subscription") return answer(request, principal, heard);
        const { query, operationName = null, variables = null } = request;
        const result = await subscribe({ query, operationName, variables }, { principal }, heard);
        if ("errors" in result) return heard.error(result.errors);
        running = result;
        if (stopped) running.stop();
      };
      begin().catch((error: unknown) => {
        const { formatted, hidden } = toClientError({ message: "" }, error);
        if (hidden !== null) log.error({ err: hidden }, "an operation of a live client failed");
        heard.error([formatted]);
      });
      return {
        kind,
        stop() {
          stopped = true;
          running?.stop();
        },
      };
    },
  };
}

/** What cannot be read, or names no operation, runs as a query: the answer then says what is wrong with it. */
function readKind(query: string, operationName: string | null | undefined): OperationKind {
  if (!/subscription|mutation/.test(query)) return "query";
  try {
    return getOperationAST(parse(query, { noLocation: true }), operationName)?.operation ?? "query";
  } catch {
    return "query";
  }
}

/** The errors of an answer without `data`: the request was refused before anything ran. */
function refusal(text: string): readonly GraphQLFormattedError[] | null {
  if (!text.startsWith('{"errors"')) return null;
  const answer = JSON.parse(text) as { errors: GraphQLFormattedError[]; data?: unknown };
  return "data" in answer ? null : answer.errors;
}
