/** The graph, ready to answer: schema, executor, rights, and a context for each operation. */
import type { ApolloServer } from "@apollo/server";
import type { Commands } from "../commands/commands.js";
import type { ApiKey } from "../config/api-keys.js";
import type { OperationContext } from "../context/context.js";
import type { Principal } from "../context/principal.js";
import type { Logger } from "../http/http-client.js";
import { createOperationContext } from "../loaders/create-loaders.js";
import type { Subscribe } from "../live/subscriber.js";
import type { EpochMs } from "../model/index.js";
import type { Store } from "../store/store.js";
import type { Sync } from "../sync/sync.js";
import { createApollo } from "./create-apollo.js";
import { createSchema, providerFieldNames } from "./create-schema.js";
import { usePrincipal, type Authenticate, type Credentials } from "./use-principal.js";

export interface GatewayOptions {
  store: Store;
  sync: Sync;
  commands: Commands;
  log: Logger;
  now: () => EpochMs;
  auth: "required" | "open";
  apiKeys: readonly ApiKey[];
  introspection: boolean;
  /** ISO 3166 alpha-2, for numbers written without a country code. */
  defaultRegion: string;
  /** Regions of their own, by connection. */
  connections: readonly { name: string; defaultRegion: string }[];
}

export interface Gateway {
  readonly apollo: ApolloServer<OperationContext>;
  /** The context of one operation. Throws `UnauthenticatedError` for callers nobody knows. */
  contextFor(credentials: Credentials): OperationContext;
  /** Who the caller is. Throws `UnauthenticatedError` for callers nobody knows. */
  authenticate: Authenticate;
  /** The context of one operation of somebody who was authenticated before. */
  contextOf(principal: Principal): OperationContext;
  subscribe: Subscribe;
  stop(): Promise<void>;
}

/** Until the change feed is there. */
const NO_SUBSCRIPTIONS = {
  errors: [
    { message: "This graph has no subscriptions.", extensions: { code: "GRAPHQL_VALIDATION_FAILED" } },
  ],
};

/** Builds the gateway over a store and a sync. */
export async function createGateway(options: GatewayOptions): Promise<Gateway> {
  const { store, sync, commands, log, now, auth, apiKeys, introspection, defaultRegion } = options;
  const schema = createSchema();
  const names = providerFieldNames(schema);
  const connectionRegions = new Map(options.connections.map((own) => [own.name, own.defaultRegion]));
  const connections = sync.directory.all.map((state) => state.name);
  const authenticate = usePrincipal({ auth, apiKeys, connections });
  const contextOf = (principal: Principal) =>
    createOperationContext({
      principal,
      store,
      sync,
      commands,
      now,
      providerFieldNames: names,
      defaultRegion,
      connectionRegions,
    });
  const apollo = await createApollo({ schema, introspection, log });
  return {
    apollo,
    authenticate,
    contextOf,
    contextFor: (credentials) => contextOf(authenticate(credentials)),
    subscribe: () => Promise.resolve(NO_SUBSCRIPTIONS),
    stop: () => apollo.stop(),
  };
}
