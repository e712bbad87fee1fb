import { Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import { Interaction, Recording } from "../../schema/index.js";
import type { InteractionNode, OperationContext } from "../../src/context/context.js";

@Resolver(() => Interaction)
export class InteractionResolver {
  @FieldResolver(() => Recording, { nullable: true })
  recording(@Root() interaction: InteractionNode, @Ctx() context: OperationContext): unknown {
    return context.fields.interactionRecording(interaction);
  }
}
