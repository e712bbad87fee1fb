import { Args, Ctx, FieldResolver, Int, Resolver, Root } from "type-graphql";
import { Transcript, TranscriptEntriesArgs, TranscriptEntryConnection } from "../../schema/index.js";
import type { OperationContext, TranscriptNode } from "../../src/context/context.js";

@Resolver(() => Transcript)
export class TranscriptResolver {
  @FieldResolver(() => Int)
  entryCount(@Root() transcript: TranscriptNode, @Ctx() context: OperationContext): unknown {
    return context.fields.transcriptEntryCount(transcript.session);
  }

  @FieldResolver(() => String)
  text(@Root() transcript: TranscriptNode, @Ctx() context: OperationContext): unknown {
    return context.fields.transcriptText(transcript.session);
  }

  @FieldResolver(() => TranscriptEntryConnection)
  entries(
    @Root() transcript: TranscriptNode,
    @Args(() => TranscriptEntriesArgs) args: TranscriptEntriesArgs,
    @Ctx() context: OperationContext,
  ): unknown {
    return context.fields.transcriptEntries(transcript, args);
  }
}
