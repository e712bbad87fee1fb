import { Ctx, FieldResolver, Float, Int, Query, Resolver, Root } from "type-graphql";
import {
  Capability, Connection, ConnectionHealth, DateTimeScalar, SourceError, WebhookInbox,
} from "../../schema/index.js"; // prettier-ignore
import type { ConnectionNode, OperationContext } from "../../src/context/context.js";

@Resolver(() => Connection)
export class ConnectionResolver {
  @Query(() => [Connection], {
    description: "The configured accounts that you may see, and how they are doing.",
  })
  connections(@Ctx() context: OperationContext): unknown {
    return context.connections.all();
  }

  @FieldResolver(() => ConnectionHealth)
  health(@Root() connection: ConnectionNode, @Ctx() context: OperationContext): unknown {
    return context.connections.health(connection);
  }

  @FieldResolver(() => [Capability])
  capabilities(@Root() { state }: ConnectionNode): unknown {
    return [...state.connection.module.capabilities];
  }

  @FieldResolver(() => DateTimeScalar, { nullable: true })
  lastSyncedAt(@Root() { state }: ConnectionNode): unknown {
    return state.lastSyncedAt;
  }

  @FieldResolver(() => DateTimeScalar, { nullable: true })
  coveredSince(@Root() { state }: ConnectionNode): unknown {
    return state.coveredSince;
  }

  @FieldResolver(() => Float, { nullable: true })
  lagSeconds(@Root() connection: ConnectionNode, @Ctx() context: OperationContext): unknown {
    return context.connections.lagSeconds(connection);
  }

  @FieldResolver(() => String)
  circuit(@Root() { state }: ConnectionNode): unknown {
    return state.connection.stats.circuit;
  }

  @FieldResolver(() => Float)
  requestsPerMinute(@Root() { state }: ConnectionNode): unknown {
    return state.connection.stats.requestsPerMinute;
  }

  @FieldResolver(() => SourceError, { nullable: true })
  lastError(@Root() { state }: ConnectionNode): unknown {
    return state.lastError ?? state.commandError;
  }

  @FieldResolver(() => WebhookInbox, { nullable: true })
  webhooks(@Root() connection: ConnectionNode, @Ctx() context: OperationContext): unknown {
    return context.connections.webhooks(connection);
  }

  @FieldResolver(() => Int)
  async sessionCount(@Root() { name }: ConnectionNode, @Ctx() context: OperationContext): Promise<unknown> {
    return (await context.connections.figures(name)).sessionCount;
  }

  @FieldResolver(() => Int)
  async liveCount(@Root() { name }: ConnectionNode, @Ctx() context: OperationContext): Promise<unknown> {
    return (await context.connections.figures(name)).liveCount;
  }
}
