import type { GraphQLResolveInfo } from "graphql";
import { Args, Ctx, Info, Query, Resolver } from "type-graphql";
import { SessionStats, SessionStatsArgs } from "../../schema/index.js";
import type { OperationContext } from "../../src/context/context.js";
import { selectedFields } from "../shared/selection.js";

@Resolver(() => SessionStats)
export class SessionStatsResolver {
  @Query(() => [SessionStats], {
    description:
      "Figures on the sessions that are kept here. Groups without sessions are left out; without `groupBy` and `bucket` " +
      "there is exactly one. With `bucket`, sessions of which no start is known are groups of their own, whose `from` is " +
      "null. Ordered by `from`, then by the key's values in the order of `groupBy`, missing ones last. More than 10,000 " +
      "groups (each counts once for each currency) are refused. `OUTCOME` needs scope `transcripts:read`.",
  })
  sessionStats(
    @Args(() => SessionStatsArgs) args: SessionStatsArgs,
    @Ctx() context: OperationContext,
    @Info() info: GraphQLResolveInfo,
  ): unknown {
    return context.stats({ ...args, fields: selectedFields(info, [[]]) });
  }
}
