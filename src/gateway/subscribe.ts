/**
 * Subscriptions: read and checked for each subscriber, executed once for all who have the same operation, variables and
 * rights. Whatever carries them to clients (WebSocket, SSE) is the server room's.
 */
import {
  createSourceEventStream, GraphQLError, type ExecutionResult, type GraphQLFormattedError, type GraphQLSchema,
} from "graphql"; // prettier-ignore
import type { OperationContext } from "../context/context.js";
import type { Principal } from "../context/principal.js";
import { DatabaseUnavailableError } from "../errors/index.js";
import { toClientError } from "../errors/to-graphql-error.js";
import type { Logger } from "../http/http-client.js";
import type { LiveSource, RunningSubscription, Subscriber } from "../live/live.js";
import type { ChannelOpening, LiveRoom } from "../live/room.js";
import { createOperationContext } from "../loaders/create-loaders.js";
import type { LoaderDependencies } from "../loaders/dependencies.js";
import { createStoredOnlySync } from "../loaders/stored-only.js";
import { createDocuments, type SubscriptionDocument } from "./subscription-documents.js";
import { explainVariables, type Run } from "./use-jit.js";

/** An operation as it comes from a client. */
export interface SubscriptionRequest {
  query: string;
  operationName?: string | null;
  variables?: Record<string, unknown> | null;
}

/** Refused before anything was told. */
export interface Refusal {
  errors: readonly GraphQLFormattedError[];
}

/** Begins a subscription; `subscriber` is told from then on. Never rejects. */
export type Subscribe = (
  request: SubscriptionRequest,
  context: { principal: Principal },
  subscriber: Subscriber,
) => Promise<Refusal | RunningSubscription>;

export interface LiveCounts {
  /** Who is subscribed, and how many of them are told something of their own. */
  readonly subscribers: number;
  readonly channels: number;
  /** Operations executed since the start, each for one thing that was told to however many. */
  readonly executions: number;
}

export interface SubscribeOptions {
  schema: GraphQLSchema;
  introspection: boolean;
  log: Logger;
  room: LiveRoom;
  prepare(key: string, document: SubscriptionDocument["document"], operationName: string | undefined): Run;
  dependenciesFor(principal: Principal): LoaderDependencies;
}

/** Builds it. */
export function createSubscribe(options: SubscribeOptions): { subscribe: Subscribe; live: LiveCounts } {
  const { schema, introspection, log, room, prepare, dependenciesFor } = options;
  const documents = createDocuments(schema, introspection);
  let executions = 0;

  function explain(thrown: unknown): readonly GraphQLFormattedError[] {
    const error =
      thrown instanceof GraphQLError
        ? thrown
        : new GraphQLError("failed", {
            originalError: thrown instanceof Error ? thrown : new Error(String(thrown)),
          });
    const { formatted, hidden } = toClientError(error.toJSON(), error);
    if (hidden !== null) log.error({ err: hidden, path: formatted.path }, "a subscription failed");
    return [formatted];
  }
  const explainAll = (errors: readonly GraphQLError[]) => errors.flatMap(explain);

  function serialise({ data, errors }: ExecutionResult): string {
    return JSON.stringify(errors === undefined ? { data } : { data, errors: explainAll(errors) });
  }

  /**
   * One thing as it is told. Whatever is wrong with it alone is told as its error, so that it does not hold up all that
   * comes behind it. Rejects when the database cannot be read: then it can be told later, and must not be told without.
   */
  async function tell(
    run: Run,
    context: OperationContext,
    variables: object,
    value: unknown,
  ): Promise<string> {
    try {
      const result = await run(context, { ...variables }, value);
      const trouble = result.errors?.find(
        ({ originalError }) => originalError instanceof DatabaseUnavailableError,
      );
      if (trouble?.originalError) throw trouble.originalError;
      return serialise(result);
    } catch (error) {
      if (error instanceof DatabaseUnavailableError) throw error;
      return JSON.stringify({ data: null, errors: explain(error) });
    }
  }

  /** How a channel executes: as stored, with what many changes need loaded together. */
  function openingOf(
    operation: SubscriptionDocument,
    variables: object,
    dependencies: LoaderDependencies,
  ): ChannelOpening {
    const { text, document, operationName } = operation;
    const run = prepare(text, document, operationName);
    const stored = { ...dependencies, sync: createStoredOnlySync(dependencies.sync), storedOnly: true };
    return {
      explain,
      async render(values) {
        const context = createOperationContext(stored);
        executions += values.length;
        return Promise.all(values.map((value) => tell(run, context, variables, value)));
      },
    };
  }

  async function begin(
    request: SubscriptionRequest,
    principal: Principal,
    subscriber: Subscriber,
  ): Promise<Refusal | RunningSubscription> {
    const operation = documents.read(request.query, request.operationName ?? undefined);
    if ("errors" in operation) return { errors: explainAll(operation.errors) };
    const variables = request.variables ?? {};
    const dependencies = dependenciesFor(principal);
    const context = createOperationContext(dependencies);
    context.live = await room.sourcesFor(dependencies, context);
    // Reads the variables and the arguments, asks for the rights, and calls the field.
    const found = await createSourceEventStream({
      ...{ schema, document: operation.document, contextValue: context, variableValues: variables },
      operationName: operation.operationName ?? null,
    });
    if (!(Symbol.asyncIterator in found)) return { errors: explainAll(explainVariables(found).errors ?? []) };
    const key = JSON.stringify([
      operation.text,
      operation.operationName,
      rightsOf(principal),
      operation.shared(variables),
    ]);
    const opening = openingOf(operation, variables, dependencies);
    return room.join(key, found as LiveSource, subscriber, opening);
  }

  return {
    subscribe: (request, { principal }, subscriber) =>
      begin(request, principal, subscriber).catch((error: unknown) => ({ errors: explain(error) })),
    live: {
      get subscribers() {
        return room.counts.subscribers;
      },
      get channels() {
        return room.counts.channels;
      },
      get executions() {
        return executions;
      },
    },
  };
}

/** Whoever may do and see the same is told the same. */
function rightsOf({ scopes, connections }: Principal): unknown {
  return [[...scopes].sort(), [...connections].sort()];
}
