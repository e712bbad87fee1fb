import type { GraphQLResolveInfo } from "graphql";
import { Args, Ctx, FieldResolver, Info, Int, Query, Resolver, Root } from "type-graphql";
import { RequiresScope, SearchTranscriptsArgs, TranscriptHitConnection } from "../../schema/index.js";
import type { HitPage, OperationContext } from "../../src/context/context.js";
import { selectedFields } from "../shared/selection.js";

@Resolver(() => TranscriptHitConnection)
export class TranscriptSearchResolver {
  @RequiresScope("transcripts:read")
  @Query(() => TranscriptHitConnection, {
    description:
      "Turns in which all of what is searched for occurs, from what is kept here, over all connections. The latest 1,000 " +
      "are in order of how well they match, equal ones latest first; those further back follow, latest first. Scope " +
      "`transcripts:read`: without it the whole field fails.",
  })
  searchTranscripts(
    @Args(() => SearchTranscriptsArgs) args: SearchTranscriptsArgs,
    @Ctx() context: OperationContext,
    @Info() info: GraphQLResolveInfo,
  ): unknown {
    const sessionFields = selectedFields(info, [
      ["nodes", "session"],
      ["edges", "node", "session"],
    ]);
    return context.search.page({ ...args, sessionFields });
  }

  @FieldResolver(() => Int)
  totalCount(@Root() page: HitPage, @Ctx() context: OperationContext): unknown {
    return context.search.count(page.search);
  }
}
