/**
 * Compiled execution. Apollo Server has no option for an executor; an object as its `gateway` is the supported way to
 * bring one. Each operation is compiled once and kept; what cannot be compiled runs on graphql-js.
 */
import type { ApolloServerOptionsWithGateway } from "@apollo/server";
import {
  execute,
  getOperationAST,
  GraphQLError,
  type DocumentNode,
  type ExecutionResult,
  type GraphQLSchema,
} from "graphql";
import { compileQuery, isCompiledQuery, type CompiledQuery } from "graphql-jit";
import type { OperationContext } from "../context/context.js";
import { createFillDefaults } from "./fill-defaults.js";

type GatewayInterface = ApolloServerOptionsWithGateway<OperationContext>["gateway"];
type GatewayExecutor = NonNullable<Awaited<ReturnType<GatewayInterface["load"]>>["executor"]>;

/** Compiled operations kept at most; the oldest go first. */
const MAX_COMPILED = 1_000;

/** Executes one operation; `rootValue` is what a subscription tells. */
export type Run = (
  contextValue: unknown,
  variables: Record<string, unknown>,
  rootValue?: unknown,
) => ExecutionResult | Promise<ExecutionResult>;

/** Builds the executor: document and operation name in, result out. */
export function createJitExecutor(schema: GraphQLSchema) {
  const runs = new Map<string, Run>();

  function interpret(document: DocumentNode, operationName: string | undefined): Run {
    return (contextValue, variableValues, rootValue) =>
      execute({ schema, document, rootValue, contextValue, variableValues, operationName });
  }

  function compile(document: DocumentNode, operationName: string | undefined): Run {
    let compiled: CompiledQuery | ExecutionResult;
    try {
      compiled = compileQuery(schema, document, operationName, { disablingCapturingStackErrors: true });
    } catch {
      // The compiler refuses some valid documents; the reference executor answers or explains them.
      return interpret(document, operationName);
    }
    if (!isCompiledQuery(compiled)) return interpret(document, operationName);
    const { query } = compiled;
    const operation = getOperationAST(document, operationName);
    const fillDefaults = operation && createFillDefaults(schema, operation);
    if (!fillDefaults)
      return (contextValue, variables, rootValue) => query(rootValue, contextValue, variables);
    return (contextValue, variables, rootValue) => query(rootValue, contextValue, fillDefaults(variables));
  }

  return (key: string, document: DocumentNode, operationName: string | undefined): Run => {
    const cacheKey = `${key}\n${operationName ?? ""}`;
    const known = runs.get(cacheKey);
    if (known !== undefined) return known;
    const run = compile(document, operationName);
    const oldest = runs.size >= MAX_COMPILED ? runs.keys().next().value : undefined;
    if (oldest !== undefined) runs.delete(oldest);
    runs.set(cacheKey, run);
    return run;
  };
}

/** The `gateway` that gives Apollo Server our schema and our executor. */
export function useJit(schema: GraphQLSchema): GatewayInterface {
  const prepare = createJitExecutor(schema);
  const executor: GatewayExecutor = async ({ queryHash, document, request, context, operation }) => {
    // Apollo Server answers once; what answers many times has transports of its own, which do not come by here.
    if (operation?.operation === "subscription") return refuseSubscription();
    if (operation !== undefined && !schema.getRootType(operation.operation))
      return refuseOperation(`This graph has no ${operation.operation}s.`);
    // Nothing of the document is meant. The compiler would take an empty name for none and run the first operation,
    // a mutation that came with GET included; the reference executor says what is wrong.
    if (operation === undefined)
      return execute({
        schema,
        document,
        operationName: request.operationName,
      }) as ReturnType<GatewayExecutor>;
    const run = prepare(queryHash, document, request.operationName);
    return explainVariables(await run(context, request.variables ?? {})) as Awaited<
      ReturnType<GatewayExecutor>
    >;
  };
  return {
    load: () => Promise.resolve({ executor }),
    onSchemaLoadOrUpdate(callback) {
      callback({ apiSchema: schema, coreSupergraphSdl: "" });
      return () => undefined;
    },
    stop: () => Promise.resolve(),
  };
}

/** Validation lets an operation pass that is not for this door, or has no root type; executors only fail on it. */
function refuseOperation(message: string): { errors: GraphQLError[] } {
  return { errors: [new GraphQLError(message, { extensions: { code: "GRAPHQL_VALIDATION_FAILED" } })] };
}

function refuseSubscription(): { errors: GraphQLError[] } {
  const message =
    "A subscription answers many times: open a WebSocket to this address (protocol graphql-transport-ws), or send the request with Accept: text/event-stream.";
  return {
    errors: [
      new GraphQLError(message, { extensions: { code: "GRAPHQL_VALIDATION_FAILED", http: { status: 400 } } }),
    ],
  };
}

/** The compiler reports variables that do not fit without a code; they are the client's to mend. */
export function explainVariables(result: ExecutionResult): ExecutionResult {
  if (result.data !== undefined || !result.errors?.every(({ message }) => message.startsWith('Variable "$')))
    return result;
  return {
    errors: result.errors.map(
      ({ message, nodes }) =>
        new GraphQLError(message, { nodes: nodes ?? null, extensions: { code: "BAD_USER_INPUT" } }),
    ),
  };
}
