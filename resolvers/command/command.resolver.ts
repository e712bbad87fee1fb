import { Arg, Ctx, ID, Query, Resolver } from "type-graphql";
import { Command } from "../../schema/index.js";
import type { OperationContext } from "../../src/context/context.js";

@Resolver(() => Command)
export class CommandResolver {
  @Query(() => Command, {
    nullable: true,
    description: "A recorded mutation and what became of it. Null for an id that names none you may see.",
  })
  async command(
    @Arg("id", () => ID, { description: "The command's id in this graph." }) id: string,
    @Ctx() context: OperationContext,
  ): Promise<unknown> {
    const node = await context.nodeById(id);
    return node !== null && "outcome" in node && "idempotencyKey" in node ? node : null;
  }
}
