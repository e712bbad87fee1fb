import { Arg, Ctx, ID, Query, Resolver } from "type-graphql";
import { Transfer } from "../../schema/index.js";
import type { OperationContext } from "../../src/context/context.js";

@Resolver(() => Transfer)
export class TransferResolver {
  @Query(() => Transfer, {
    nullable: true,
    description:
      "One attempt to hand a session to somebody else. Null for an id that names none you may see.",
  })
  async transfer(
    @Arg("id", () => ID, { description: "The transfer's id in this graph." }) id: string,
    @Ctx() context: OperationContext,
  ): Promise<unknown> {
    const node = await context.nodeById(id);
    return node !== null && "transferTo" in node ? node : null;
  }
}
