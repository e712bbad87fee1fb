import { Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import { Recording } from "../../schema/index.js";
import type { OperationContext, RecordingNode } from "../../src/context/context.js";

@Resolver(() => Recording)
export class RecordingResolver {
  @FieldResolver(() => String, { nullable: true })
  url(@Root() recording: RecordingNode, @Ctx() context: OperationContext): unknown {
    return context.fields.recordingUrl(recording);
  }
}
