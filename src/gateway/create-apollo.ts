/** Apollo Server as this gateway uses it: our schema, our executor, nothing that reaches out to a network. */
import { ApolloServer, type ApolloServerPlugin } from "@apollo/server";
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from "@apollo/server/plugin/disabled";
import { NoSchemaIntrospectionCustomRule, type GraphQLSchema } from "graphql";
import type { OperationContext } from "../context/context.js";
import { toClientError } from "../errors/to-graphql-error.js";
import type { Logger } from "../http/http-client.js";
import { useJit } from "./use-jit.js";

export interface ApolloOptions {
  schema: GraphQLSchema;
  /** Whether `__schema` and `__type` may be asked. */
  introspection: boolean;
  log: Logger;
}

/** Builds and starts the server. HTTP is the server room's: it calls `executeHTTPGraphQLRequest`. */
export async function createApollo({
  schema,
  introspection,
  log,
}: ApolloOptions): Promise<ApolloServer<OperationContext>> {
  const apollo = new ApolloServer<OperationContext>({
    gateway: useJit(schema),
    // The library's own refusal names an option of the library.
    introspection: true,
    validationRules: introspection ? [] : [NoSchemaIntrospectionCustomRule],
    includeStacktraceInErrorResponses: false,
    allowBatchedHttpRequests: false,
    persistedQueries: false,
    // Plain GET is part of GraphQL over HTTP. Credentials never come by themselves, and in open mode pages from elsewhere
    // are turned away before this (`server/cross-origin.ts`).
    csrfPrevention: false,
    plugins: PLUGINS,
    stopOnTerminationSignals: false,
    // The library's own way indents and ends with a newline, at a few per cent of the throughput.
    stringifyResult: (value) => JSON.stringify(value),
    formatError(formatted, error) {
      const { formatted: answer, hidden } = toClientError(formatted, error);
      if (hidden !== null) log.error({ err: hidden, path: formatted.path }, "an operation failed");
      return answer;
    },
    logger: {
      debug: (message) => log.debug({}, String(message)),
      info: (message) => log.info({}, String(message)),
      warn: (message) => log.warn({}, String(message)),
      error: (message) => log.error({}, String(message)),
    },
  });
  await apollo.start();
  return apollo;
}

const PLUGINS: ApolloServerPlugin<OperationContext>[] = [
  // Measured at a quarter to a half of the throughput, for hints nobody reads.
  ApolloServerPluginCacheControlDisabled(),
  ApolloServerPluginInlineTraceDisabled(),
  ApolloServerPluginUsageReportingDisabled(),
  ApolloServerPluginSchemaReportingDisabled(),
  ApolloServerPluginLandingPageDisabled(),
];
