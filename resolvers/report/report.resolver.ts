import { Arg, Ctx, FieldResolver, ID, Query, Resolver, Root } from "type-graphql";
import { Report, RequiresScope, Transcript } from "../../schema/index.js";
import type { OperationContext, ReportNode } from "../../src/context/context.js";

@Resolver(() => Report)
export class ReportResolver {
  @RequiresScope("transcripts:read")
  @Query(() => Report, {
    nullable: true,
    description: "What came of a session. Null while there is nothing to report. Scope `transcripts:read`.",
  })
  async report(
    @Arg("sessionId", () => ID, { description: "The session's id in this graph." }) sessionId: string,
    @Ctx() context: OperationContext,
  ): Promise<unknown> {
    const session = await context.sessions.byId(sessionId);
    return session === null ? null : context.fields.report(session);
  }

  @FieldResolver(() => Transcript, { nullable: true })
  transcript(@Root() report: ReportNode, @Ctx() context: OperationContext): unknown {
    return context.fields.transcript(report.session);
  }
}
