import { Ctx, FieldResolver, Int, Resolver, Root } from "type-graphql";
import { SessionConnection, SourceStatus } from "../../schema/index.js";
import type { OperationContext, SessionPageResult } from "../../src/context/context.js";

@Resolver(() => SessionConnection)
export class SessionConnectionResolver {
  @FieldResolver(() => Int)
  totalCount(@Root() page: SessionPageResult, @Ctx() context: OperationContext): unknown {
    return context.pages.count(page.filter);
  }

  @FieldResolver(() => [SourceStatus])
  sources(@Root() page: SessionPageResult, @Ctx() context: OperationContext): unknown {
    return context.connections.sources(page.filter, page.missing);
  }
}
