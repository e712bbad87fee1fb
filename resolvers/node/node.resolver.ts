import type { GraphQLResolveInfo } from "graphql";
import { Arg, Ctx, ID, Info, Query, Resolver } from "type-graphql";
import { Node } from "../../schema/index.js";
import type { OperationContext } from "../../src/context/context.js";
import { selectedFields } from "../shared/selection.js";

@Resolver()
export class NodeResolver {
  @Query(() => Node, {
    nullable: true,
    description: "Anything that has an id in this graph. Null for an id that names nothing you may see.",
  })
  node(
    @Arg("id", () => ID, { description: "An id from this graph." }) id: string,
    @Ctx() context: OperationContext,
  ): unknown {
    return context.nodeById(id);
  }

  @Query(() => [Node], {
    nullable: "items",
    description:
      "Several of them, in the order of the ids; null in place of each that names nothing you may see. At most 500.",
  })
  nodes(
    @Arg("ids", () => [ID], { description: "Ids from this graph." }) ids: string[],
    @Ctx() context: OperationContext,
    @Info() info: GraphQLResolveInfo,
  ): unknown {
    return context.nodesById(ids, selectedFields(info, [[]]));
  }
}
